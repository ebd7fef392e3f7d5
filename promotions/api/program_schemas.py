"""The shapes of programs and coupons, for the OpenAPI document.

Bodies are read by `promotions/programs/body.py`, which is what decides; a test keeps the two alike.
"""

from collections.abc import Sequence

from rest_framework import serializers

from access.serializers import DecimalString, ReferenceField, Shape
from jobs.api.jobs import JobShape
from promotions import labels
from promotions.engine.terms import MAX_PENDING_DAYS


def choice(choices: Sequence[tuple[str, object]], **options: object) -> serializers.ChoiceField:
    """Return a closed list of words."""
    words = [word for word, _label in choices]
    return serializers.ChoiceField(choices=words, **options)  # type: ignore[arg-type]


def references(help_text: str) -> serializers.ListField:
    """Return a list of references."""
    return serializers.ListField(child=ReferenceField(), required=False, help_text=help_text)


class FilterShape(Shape):
    """Products by SKU, category path or tag; all empty: every product."""

    products = references("SKUs or ids.")
    categories = references("Paths such as `Drinks > Coffee`, or ids; children are included.")
    tags = serializers.ListField(child=serializers.CharField(max_length=64), required=False)


class RuleShape(FilterShape):
    """When points are made, and how many."""

    id = serializers.IntegerField(
        required=False, help_text="The rule to replace; without, the one at this position."
    )
    minimum_amount = DecimalString(required=False)
    minimum_qty = DecimalString(required=False)
    membership = ReferenceField(required=False, allow_null=True)
    reward_point_mode = choice(labels.POINT_MODES, required=False)
    reward_point_amount = DecimalString(required=False)
    code = serializers.CharField(required=False, allow_null=True, max_length=64)


class DiscountShape(FilterShape):
    """Percent, money, or money per point."""

    mode = choice(labels.DISCOUNT_MODES)
    value = DecimalString()
    applies_to = choice(labels.APPLIES_TO, required=False)
    max_amount = DecimalString(required=False, allow_null=True)


class FreeProductShape(Shape):
    """Units that cost nothing."""

    products = serializers.ListField(child=ReferenceField())
    qty = DecimalString(required=False)
    placement = choice(labels.PLACEMENTS, required=False)


class SpecialPriceShape(FilterShape):
    """A price for each unit."""

    price = DecimalString()
    max_qty = DecimalString(required=False, allow_null=True)


class SlotShape(FilterShape):
    """One place of a set."""

    qty = DecimalString()


class SpecialSetShape(Shape):
    """A set for one price."""

    slots = SlotShape(many=True)
    price = DecimalString()
    max_sets = serializers.IntegerField(required=False, allow_null=True)


class StepShape(Shape):
    """From this quantity or amount on, this percent."""

    percent = DecimalString()


# `from` is a word of Python, so the field is declared by hand.
StepShape._declared_fields["from"] = DecimalString(required=False)


class StepsShape(FilterShape):
    """Discounts one after the other, or the highest step reached."""

    mode = choice(labels.STEPS_MODES)
    by = choice(labels.STEPS_BY, required=False)
    steps = StepShape(many=True)


class BonusPointsShape(Shape):
    """Bonus points: one of the two."""

    amount = DecimalString(required=False, allow_null=True)
    multiplier = DecimalString(required=False, allow_null=True)


class RewardShape(Shape):
    """What points buy: the one field group of its type."""

    id = serializers.IntegerField(
        required=False, help_text="The reward to replace; without, the one at this position."
    )
    reward_type = choice(labels.REWARD_TYPES, required=False)
    required_points = DecimalString(required=False)
    description = serializers.CharField(required=False, allow_null=True, max_length=200)
    discount = DiscountShape(required=False, allow_null=True)
    product = FreeProductShape(required=False, allow_null=True)
    special_price = SpecialPriceShape(required=False, allow_null=True)
    special_set = SpecialSetShape(required=False, allow_null=True)
    steps = StepsShape(required=False, allow_null=True)
    points = BonusPointsShape(required=False, allow_null=True)


class WindowShape(Shape):
    """A weekly window in the store's time zone; it may cross midnight."""

    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6),
        required=False,
        help_text="0 = Monday; none: every day.",
    )
    start = serializers.CharField(required=False, help_text="HH:MM")
    end = serializers.CharField(required=False, help_text="HH:MM, not included.")


class ProgramBody(Shape):
    """Changes to a program: only what is given changes; a list replaces the list."""

    ref = serializers.CharField(required=False, allow_null=True, max_length=64)
    name = serializers.CharField(required=False, max_length=200)
    program_type = choice(labels.PROGRAM_TYPES, required=False)
    trigger = choice(labels.TRIGGERS, required=False)
    applies_on = choice(labels.APPLIES_ON, required=False)
    active = serializers.BooleanField(required=False)
    loyalty_program = ReferenceField(required=False, allow_null=True)
    currency = serializers.CharField(required=False, allow_null=True, max_length=3)
    date_from = serializers.CharField(
        required=False, allow_null=True, help_text="Instant or date; a date begins the day."
    )
    date_to = serializers.CharField(
        required=False, allow_null=True, help_text="Instant or date; a date ends the day."
    )
    pos_configs = references("References or ids; none: all.")
    schedule = WindowShape(many=True, required=False, allow_null=True)
    sequence = serializers.IntegerField(required=False, allow_null=True)
    stacking = choice(labels.STACKING, required=False)
    exclusion_group = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=64,
        help_text="Left out: `order` for a discount on the whole order; null: none.",
    )
    limit_usage = serializers.IntegerField(required=False, allow_null=True)
    limit_per_partner = serializers.IntegerField(required=False, allow_null=True)
    budget = DecimalString(required=False, allow_null=True)
    pending_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_PENDING_DAYS,
        help_text="Of a referral: days until whoever referred is rewarded; 0: at once.",
    )
    rules = RuleShape(many=True, required=False)
    rewards = RewardShape(many=True, required=False)
    publish = serializers.BooleanField(
        required=False, write_only=True, help_text="Publish it too; all or nothing."
    )


class NewProgramBody(ProgramBody):
    """A new program; what is left out comes from the preset of its type."""

    name = serializers.CharField(max_length=200)
    program_type = choice(labels.PROGRAM_TYPES)


class ProgramShape(ProgramBody):
    """A program's draft, and what is in force of it."""

    id = serializers.IntegerField()
    state = choice(labels.STATES)
    in_review = serializers.BooleanField(help_text="The draft waits for somebody to look at it.")
    version = serializers.IntegerField(allow_null=True, help_text="The version in force.")
    unpublished_changes = serializers.BooleanField(
        help_text="Publishing now would make a new version."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CouponsBody(Shape):
    """Codes to issue: so many new ones, or these."""

    count = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    prefix = serializers.CharField(
        required=False, allow_null=True, max_length=24, help_text="In front of generated codes."
    )
    codes = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    points = DecimalString(required=False, allow_null=True)
    partner = ReferenceField(required=False, allow_null=True)
    expires_at = serializers.CharField(
        required=False, allow_null=True, help_text="Instant or date; a date ends the day."
    )


class CouponsIssuedShape(Shape):
    """Codes that were issued."""

    program = serializers.IntegerField()
    count = serializers.IntegerField()
    codes = serializers.ListField(child=serializers.CharField())
    points = DecimalString()
    partner = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class CouponBatchStartedShape(Shape):
    """A batch of codes that a job issues."""

    program = serializers.IntegerField()
    batch = serializers.IntegerField()
    count = serializers.IntegerField()
    points = DecimalString()
    partner = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    job = JobShape()


class CouponShape(Shape):
    """A coupon; gift cards and e-wallets are cards of their loyalty program."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    points = DecimalString()
    initial_points = DecimalString()
    partner = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(choices=["usable", "used_up", "expired", "withdrawn"])
    created_at = serializers.DateTimeField()
