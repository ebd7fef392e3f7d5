"""The shapes of order requests and answers, for the OpenAPI document.

Bodies are read by `promotions/orders/request.py`, which is what decides; a test keeps them alike.
"""

from rest_framework import serializers


def decimal(**options: object) -> serializers.CharField:
    """Return a decimal string."""
    return serializers.CharField(help_text="Decimal as a string.", **options)  # type: ignore[arg-type]


class Shape(serializers.Serializer):  # type: ignore[type-arg]
    """A JSON object that is only described."""


class LineBody(Shape):
    """A line of a basket."""

    line_id = serializers.CharField(required=False, max_length=64)
    sku = serializers.CharField(max_length=64)
    qty = decimal()
    unit_price = decimal(required=False, allow_null=True)


class ClaimBody(Shape):
    """A reward to take."""

    program = serializers.CharField(help_text="Reference or id.")
    reward = serializers.IntegerField()
    points = decimal(required=False, allow_null=True)
    product = serializers.CharField(required=False, allow_null=True)
    times = serializers.IntegerField(required=False, allow_null=True)


class OrderBody(Shape):
    """A basket to quote."""

    ref = serializers.CharField(required=False, allow_null=True, max_length=64)
    pos_config = serializers.CharField(help_text="Reference or id.")
    partner = serializers.CharField(required=False, allow_null=True, help_text="Reference or id.")
    at = serializers.DateTimeField(required=False, allow_null=True)
    codes = serializers.ListField(child=serializers.CharField(), required=False)
    claims = ClaimBody(many=True, required=False)
    lines = LineBody(many=True)
    expected_total = decimal(required=False, allow_null=True)


class CommitBody(OrderBody):
    """An order to commit."""

    ref = serializers.CharField(max_length=64)


class LineDiscountShape(Shape):
    """What one reward took from one line."""

    program = serializers.IntegerField()
    reward = serializers.IntegerField()
    amount = decimal()


class LineAnswer(Shape):
    """A line after all rewards."""

    line_id = serializers.CharField()
    sku = serializers.CharField()
    qty = decimal()
    unit_price = decimal()
    subtotal = decimal()
    discount = decimal()
    total = decimal()
    discounts = LineDiscountShape(many=True)


class RewardAnswer(Shape):
    """A reward taken."""

    program = serializers.IntegerField()
    program_name = serializers.CharField()
    reward = serializers.IntegerField()
    reward_type = serializers.CharField()
    description = serializers.CharField()
    amount = decimal()
    points_cost = decimal()
    card = serializers.CharField(allow_null=True)


class FreeItemAnswer(Shape):
    """Units the customer may take on top."""

    program = serializers.IntegerField()
    reward = serializers.IntegerField()
    sku = serializers.CharField()
    qty = decimal()


class PointsAnswer(Shape):
    """What happened to one card."""

    loyalty_program = serializers.CharField()
    card = serializers.CharField(allow_null=True)
    balance_before = decimal()
    earned = decimal()
    spent = decimal()
    balance_after = decimal()


class CodeAnswer(Shape):
    """What became of an entered code."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=["applied", "rejected"])
    reason = serializers.CharField(allow_null=True)
    program = serializers.IntegerField(allow_null=True)


class ClaimableAnswer(Shape):
    """A reward that could be claimed."""

    program = serializers.IntegerField()
    program_name = serializers.CharField()
    reward = serializers.IntegerField()
    description = serializers.CharField()
    required_points = decimal()
    available_points = decimal()
    products = serializers.ListField(child=serializers.CharField())


class HintAnswer(Shape):
    """What is missing for a program."""

    program = serializers.IntegerField()
    program_name = serializers.CharField()
    reason = serializers.CharField()
    missing_amount = decimal(required=False)
    missing_qty = decimal(required=False)
    product_ids = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="The products that would do, where the program lists them and they are few.",
    )


class CouponIssuedAnswer(Shape):
    """A coupon or gift card made by the order."""

    program = serializers.IntegerField()
    code = serializers.CharField()
    points = decimal()
    expires_at = serializers.DateTimeField(allow_null=True)


class PaymentAnswer(Shape):
    """An amount paid by gift card or e-wallet."""

    program = serializers.IntegerField()
    reward = serializers.IntegerField()
    card = serializers.CharField()
    amount = decimal()
    points = decimal()


class ExplanationShape(Shape):
    """What became of one program, in words of the active language."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    outcome = serializers.CharField(help_text="applied, offered or passed_over")
    why = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())


class OrderAnswer(Shape):
    """A decision about an order."""

    ref = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    currency = serializers.CharField()
    subtotal = decimal()
    discount_total = decimal()
    total = decimal()
    lines = LineAnswer(many=True)
    rewards = RewardAnswer(many=True)
    free_items = FreeItemAnswer(many=True)
    points = PointsAnswer(many=True)
    codes = CodeAnswer(many=True)
    claimable = ClaimableAnswer(many=True)
    refused_claims = HintAnswer(many=True)
    hints = HintAnswer(many=True)
    coupons_issued = CouponIssuedAnswer(many=True)
    payments = PaymentAnswer(many=True)
    amount_due = decimal()
    optimal = serializers.BooleanField()
    catalog_version = serializers.IntegerField()
    trace = serializers.ListField(child=serializers.DictField(), required=False)
    explanation = ExplanationShape(many=True, required=False)


class ReturnLineBody(Shape):
    """Units of one line."""

    line_id = serializers.CharField()
    qty = decimal()


class ReturnBody(Shape):
    """Goods brought back."""

    lines = ReturnLineBody(many=True)


class ReturnLineAnswer(Shape):
    """The refund of one line."""

    line_id = serializers.CharField()
    sku = serializers.CharField()
    qty = decimal()
    refund = decimal()


class ReturnPointsAnswer(Shape):
    """What a return did to one card."""

    loyalty_program = serializers.CharField()
    card = serializers.CharField()
    taken_back = decimal()
    given_back = decimal()
    balance_after = decimal()


class ReturnCouponAnswer(Shape):
    """What a return did to one coupon."""

    code = serializers.CharField()
    what = serializers.ChoiceField(choices=["revived", "withdrawn", "partly_used", "already_used"])


class ReturnReferralAnswer(Shape):
    """What a return did to the reward of whoever referred the customer."""

    program = serializers.IntegerField()
    what = serializers.ChoiceField(choices=["withdrawn", "partly_used", "already_used"])


class ReturnAnswer(Shape):
    """A return that was carried out. `spent`: paid for gift cards and top-ups that came back
    spent, by this and all returns before; it is not refunded.
    """

    order = serializers.CharField()
    status = serializers.CharField()
    currency = serializers.CharField()
    refund = decimal()
    refund_to_cards = decimal()
    refund_due = decimal()
    refund_total = decimal()
    clawback = decimal()
    spent = decimal()
    lines = ReturnLineAnswer(many=True)
    points = ReturnPointsAnswer(many=True)
    coupons = ReturnCouponAnswer(many=True)
    referrals = ReturnReferralAnswer(many=True)


# `return` is a word of Python, so the field is declared by hand.
ReturnAnswer._declared_fields["return"] = serializers.IntegerField(help_text="Id of the return.")


class StoredOrderAnswer(OrderAnswer):
    """A committed order with its returns."""

    returns = ReturnAnswer(many=True)
