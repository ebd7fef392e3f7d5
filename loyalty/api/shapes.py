"""The shapes of answers, for the OpenAPI document."""

from rest_framework import serializers

from access.serializers import DecimalString, Shape
from loyalty.models.points import KIND_CHOICES


class MembershipShape(Shape):
    """The level a member holds."""

    membership_product = serializers.CharField()
    name = serializers.CharField()
    rank = serializers.IntegerField()
    membership_start = serializers.DateTimeField()
    membership_stop = serializers.DateTimeField(allow_null=True)


class HeldMembershipShape(Shape):
    """A member and the level held; null: none."""

    partner = serializers.CharField()
    membership = MembershipShape(allow_null=True)


class PartnerShape(Shape):
    """A member."""

    id = serializers.IntegerField()
    ref = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class HeldCardShape(Shape):
    """An active card of a member, with what can be spent now."""

    code = serializers.CharField()
    loyalty_program = serializers.CharField()
    balance = DecimalString()
    expires_at = serializers.DateTimeField(allow_null=True)


class PartnerWithCardsShape(PartnerShape):
    """A member with level and cards."""

    membership = MembershipShape(allow_null=True)
    cards = HeldCardShape(many=True)


class MembershipChangeShape(Shape):
    """What a change of level did; lots_carried: lots of points that went over to it."""

    partner = serializers.CharField()
    from_membership_product = serializers.CharField(allow_null=True)
    membership_product = serializers.CharField(allow_null=True)
    membership_stop = serializers.DateTimeField(allow_null=True)
    lots_carried = serializers.IntegerField()
    changed = serializers.BooleanField()


class SavedShape(Shape):
    """A thing that was set up; created: it is new."""

    id = serializers.IntegerField()
    ref = serializers.CharField()
    created = serializers.BooleanField()


class CardShape(Shape):
    """A card."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    loyalty_program = serializers.CharField()
    partner = serializers.CharField(allow_null=True)
    active = serializers.BooleanField()
    expires_at = serializers.DateTimeField(allow_null=True)


class CardWithBalanceShape(CardShape):
    """A card with what can be spent now."""

    balance = DecimalString()


class BalanceShape(Shape):
    """A card's points as of an instant; next_change_at: when time alone changes the balance."""

    card = serializers.CharField()
    at = serializers.DateTimeField()
    balance = DecimalString()
    pending = DecimalString()
    debt = DecimalString()
    next_change_at = serializers.DateTimeField(allow_null=True)


class HistoryRowShape(Shape):
    """One row of a card's journal."""

    sequence = serializers.IntegerField()
    operation = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind for kind, _label in KIND_CHOICES])
    points = DecimalString()
    balance = DecimalString()
    at = serializers.DateTimeField()
    origin = serializers.CharField()


class PointsMovedShape(Shape):
    """What an operation did to the card: plus onto it, minus off it.

    balance_before, balance_after: what could be spent. expired: what of the request had expired
    already. withheld: what an earning cap or the floor at zero cut off.
    """

    operation = serializers.IntegerField()
    card = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind for kind, _label in KIND_CHOICES])
    points = DecimalString()
    balance_before = DecimalString()
    balance_after = DecimalString()
    expired = DecimalString()
    withheld = DecimalString()


class ReceivedShape(Shape):
    """What another card got."""

    operation = serializers.IntegerField()
    card = serializers.CharField()
    points = DecimalString()


class PointsTransferredShape(PointsMovedShape):
    """What a transfer did to the card they came from, and what the other card got."""

    to = ReceivedShape()


class ExpiringMonthShape(Shape):
    """Points whose last good day lies in that month; null: they never expire."""

    month = serializers.DateField(allow_null=True)
    points = DecimalString()


class LiabilityShape(Shape):
    """What members hold of a kind of points; debt: what they owe. Blocked cards apart."""

    loyalty_program = serializers.CharField()
    at = serializers.DateTimeField()
    spendable = DecimalString()
    pending = DecimalString()
    debt = DecimalString()
    on_unusable_cards = DecimalString()
    expiring = ExpiringMonthShape(many=True)
