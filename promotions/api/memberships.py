"""REST: a member's level, evaluated by what they spent."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.idempotency import KEY_PARAMETER, answer_once
from access.permissions import allow
from access.serializers import Body, DecimalString, Shape
from access.views import ApiView
from core.numbers import plain
from loyalty.api.lookups import find_partner
from loyalty.domain.levels import Outcome
from loyalty.models import MembershipLevelPath, MembershipProduct
from loyalty.services.evaluate_membership import MembershipEvaluation
from promotions.services.evaluate_member import evaluate_member


class EvaluateBody(Body):
    """Whether to do what the evaluation comes to; left out, it is only told."""

    apply = serializers.BooleanField(default=False)


class FigureShape(Shape):
    """What was spent in a level's window against its threshold.

    counts_from: null counts from the beginning. missing: what is left to spend.
    """

    level_path = serializers.CharField()
    membership_product = serializers.CharField()
    counts_from = serializers.DateTimeField(allow_null=True)
    spent = DecimalString()
    threshold = DecimalString()
    missing = DecimalString()
    reached = serializers.BooleanField()


class EvaluationShape(Shape):
    """What a member's level should be, and the numbers that decided it, lowest level first.

    membership_stop: of the membership held now. applied: something was changed.
    """

    partner = serializers.CharField()
    at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=[one.value for one in Outcome])
    from_membership_product = serializers.CharField(allow_null=True)
    membership_product = serializers.CharField(allow_null=True)
    membership_stop = serializers.DateTimeField(allow_null=True)
    applied = serializers.BooleanField()
    figures = FigureShape(many=True)


class EvaluateView(ApiView):
    """Evaluating a member's level."""

    permission_classes = (allow(Role.MARKETING),)

    @extend_schema(
        operation_id="evaluate_membership",
        tags=["members"],
        summary="Tell which level a member's spending earns, and change it if asked",
        parameters=[KEY_PARAMETER],
        request=EvaluateBody,
        responses={200: EvaluationShape},
    )
    def post(self, request: Request, ref: str) -> HttpResponse:
        """Compare the member's orders with the level paths."""
        apply = EvaluateBody.read(request)["apply"]
        partner = find_partner(ref, self.caller)

        def evaluate() -> dict[str, object]:
            done = evaluate_member(partner_id=partner.pk, at=timezone.now(), apply=apply)
            return {"partner": partner.ref, **_present(done)}

        return answer_once(request, 200, evaluate)


def _present(done: MembershipEvaluation) -> dict[str, object]:
    products = dict(MembershipProduct.objects.values_list("pk", "ref"))
    paths = dict(MembershipLevelPath.objects.values_list("pk", "ref"))
    return {
        "at": done.at,
        "outcome": done.outcome,
        "from_membership_product": products.get(done.from_product_id or 0),
        "membership_product": products.get(done.to_product_id or 0),
        "membership_stop": done.membership_stop,
        "applied": done.applied,
        "figures": [
            {
                "level_path": paths[one.path_id],
                "membership_product": products[one.product_id],
                "counts_from": one.counts_from,
                "spent": plain(one.spent),
                "threshold": plain(one.threshold),
                "missing": plain(max(one.threshold - one.spent, Decimal(0))),
                "reached": one.reached,
            }
            for one in done.figures
        ],
    }
