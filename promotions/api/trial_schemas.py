"""The shapes of trials, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from access.serializers import DecimalString, Shape
from promotions.api.order_schemas import ExplanationShape, OrderAnswer, OrderBody
from promotions.api.program_schemas import ProgramBody


class TrialCouponBody(Shape):
    """A coupon or card of the program, as if it had been issued."""

    points = DecimalString(
        required=False,
        allow_null=True,
        help_text="Left out: what the cheapest reward costs; a gift card or e-wallet must say.",
    )


class TrialBody(OrderBody):
    """A basket to try a program on."""

    draft = ProgramBody(required=False, help_text="Changes that are not saved.")
    alone = serializers.BooleanField(
        required=False, help_text="Without the other programs in force."
    )
    coupon = TrialCouponBody(required=False, allow_null=True)


class VerdictShape(ExplanationShape):
    """What became of the program that was tried."""

    reason = serializers.CharField(allow_null=True, help_text="A word of the closed list.")
    missing_amount = DecimalString(allow_null=True)
    missing_qty = DecimalString(allow_null=True)


class TrialAnswer(Shape):
    """The receipt the basket would get, with its trace, and why."""

    program = VerdictShape()
    receipt = OrderAnswer()
    explanation = ExplanationShape(many=True)
