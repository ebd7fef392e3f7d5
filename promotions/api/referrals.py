"""REST: the code by which a member brings new customers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.json import answer
from access.permissions import EVERYONE, allow
from access.serializers import DecimalString, Shape
from access.views import ApiView
from core.numbers import plain
from loyalty.api.lookups import find_partner
from promotions.models import Referral
from promotions.models.referral import STATUS_CHOICES
from promotions.services.give_referral_code import give_referral_code

# What a member wants to see; the rest is for reports.
_LAST = 100


class ReferralShape(Shape):
    """A new customer under the code. `points` are the reward's, `coupon` its code once given."""

    program = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[word for word, _label in STATUS_CHOICES])
    referred_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    points = DecimalString()
    coupon = serializers.CharField(allow_null=True)


class ReferralCodeShape(Shape):
    """A member's code, with the last hundred referrals under it, the newest first."""

    partner = serializers.CharField()
    code = serializers.CharField()
    referrals = ReferralShape(many=True)


class ReferralCodeView(ApiView):
    """The code of one member."""

    permission_classes = (allow(*EVERYONE),)

    @extend_schema(
        operation_id="read_referral_code",
        tags=["members"],
        summary="Read a member's referral code; it is made on first asking",
        responses=ReferralCodeShape,
    )
    def get(self, request: Request, ref: str) -> HttpResponse:
        """Tell the code and what became of those who came with it."""
        partner = find_partner(ref, self.caller)
        given = give_referral_code(partner_ref=partner.pk, at=timezone.now())
        made = Referral.objects.filter(referrer=partner).select_related("coupon", "points_moved")
        return answer(
            {
                "partner": partner.ref,
                "code": given.code,
                "referrals": [_present(one) for one in made.order_by("-id")[:_LAST]],
            }
        )


def _present(one: Referral) -> dict[str, Any]:
    points = one.points_moved.points if one.points_moved else one.card_points
    return {
        "program": one.program_id,
        "status": one.status,
        "referred_at": one.referred_at,
        "due_at": one.due_at,
        "points": plain(points),
        "coupon": one.coupon.code if one.coupon else None,
    }
