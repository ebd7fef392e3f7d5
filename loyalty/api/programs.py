"""REST: kinds of points."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.json import answer
from access.permissions import allow
from access.serializers import Body, PointsField
from access.views import ApiView
from core.numbers import plain
from loyalty.api import shapes
from loyalty.api.instants import query_instant
from loyalty.api.lookups import find_loyalty_program
from loyalty.domain.terms import CapPeriod, Expiry, RoundUp
from loyalty.liability import liability
from loyalty.services.upsert_loyalty_program import (
    EARN_ON,
    NEGATIVE_BALANCE,
    upsert_loyalty_program,
)


class LoyaltyProgramBody(Body):
    """A kind of points; what is left out has its default."""

    name = serializers.CharField(max_length=120)
    unit = serializers.CharField(max_length=40, required=False)
    point_decimals = serializers.IntegerField(min_value=0, max_value=4, required=False)
    expiry = serializers.ChoiceField([one.value for one in Expiry], required=False)
    expiry_length = serializers.IntegerField(
        min_value=0, max_value=36_600, required=False, help_text="Days or months, by the expiry."
    )
    expiry_round_up = serializers.ChoiceField([one.value for one in RoundUp], required=False)
    expiry_month = serializers.IntegerField(
        min_value=1, max_value=12, required=False, allow_null=True, help_text="Calendar expiry."
    )
    expiry_day = serializers.IntegerField(
        min_value=1, max_value=31, required=False, allow_null=True, help_text="Calendar expiry."
    )
    expiry_notice_days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=366),
        max_length=5,
        required=False,
        help_text="At how many days before expiry the event PointsExpiring is due.",
    )
    pending_days = serializers.IntegerField(min_value=0, max_value=3660, required=False)
    negative_balance = serializers.ChoiceField(sorted(NEGATIVE_BALANCE), required=False)
    earn_on = serializers.ChoiceField(sorted(EARN_ON), required=False)
    earning_cap = PointsField(required=False, allow_null=True)
    earning_cap_period = serializers.ChoiceField([one.value for one in CapPeriod], required=False)
    time_zone = serializers.CharField(max_length=64, required=False)


class LiabilityView(ApiView):
    """What is owed in points of one kind."""

    permission_classes = (allow(Role.MARKETING, Role.MANAGER),)

    @extend_schema(
        operation_id="read_liability",
        tags=["cards and points"],
        summary="Read what is owed in points as of any instant, and when it expires",
        parameters=[
            OpenApiParameter("at", datetime, description="With time zone; left out: now."),
        ],
        responses=shapes.LiabilityShape,
    )
    def get(self, request: Request, ref: str) -> HttpResponse:
        """Tell what members hold, what they owe, and the schedule of expiry by month."""
        program = find_loyalty_program(ref)
        found = liability(program.pk, query_instant(request, "at") or timezone.now())
        return answer(
            {
                "loyalty_program": program.ref,
                "at": found.at,
                "spendable": plain(found.spendable),
                "pending": plain(found.pending),
                "debt": plain(found.debt),
                "on_unusable_cards": plain(found.on_unusable_cards),
                "expiring": [
                    {"month": one.month, "points": plain(one.points)} for one in found.expiring
                ],
            }
        )


class LoyaltyProgramView(ApiView):
    """One kind of points."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="save_loyalty_program",
        tags=["cards and points"],
        summary="Make or change a kind of points",
        request=LoyaltyProgramBody,
        responses={200: shapes.SavedShape, 201: shapes.SavedShape},
    )
    def put(self, request: Request, ref: str) -> HttpResponse:
        """Make the kind of points with this reference, or set its terms."""
        saved = upsert_loyalty_program(ref=ref, **LoyaltyProgramBody.read(request))
        body = {"id": saved.loyalty_program_id, "ref": saved.ref, "created": saved.created}
        return answer(body, 201 if saved.created else 200)
