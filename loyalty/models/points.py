"""The points ledger: operations, lots and the journal. Written by `loyalty/ledger.py` alone."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Abs
from django.db.models.lookups import Exact, GreaterThan
from django.utils.translation import gettext_lazy as _

from core.fields import PointsField

KIND_CHOICES = [
    ("earn", _("Earned")),
    ("redeem", _("Redeemed")),
    ("expire", _("Expired")),
    ("transfer", _("Transferred")),
    ("adjust", _("Adjusted")),
    ("reverse", _("Reversed")),
]
STATE_CHOICES = [
    ("active", _("Active")),
    ("depleted", _("Depleted")),
    ("expired", _("Expired")),
]


class PointOperation(models.Model):
    """One thing done to one card, once: the idempotency key is unique for ever.

    `request_digest` tells a replay from another request with the same key. `requested_points`
    is what was asked and `points` what it did to the card, both signed as the card saw them;
    `expired_points` of the request had expired already. `balance_before` and `balance_after`
    are what could be spent at that time. `reversed_points` is how much of it was undone so far.
    `pushed_until`: until when it, an activity, kept the points that live by activity.
    """

    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        on_delete=models.PROTECT,
        related_name="operations",
        db_index=False,  # operation_by_card_and_time serves
        db_constraint=False,  # cards with operations cannot be deleted: a trigger
    )
    kind = models.CharField(_("kind"), max_length=16, choices=KIND_CHOICES)
    idempotency_key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    requested_points = PointsField(_("points asked"))
    points = PointsField(_("points"))
    expired_points = PointsField(_("expired"), default=0)
    balance_before = PointsField(_("balance before"))
    balance_after = PointsField(_("balance after"))
    reversed_points = PointsField(_("reversed"), default=0)
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversals",
        db_index=False,  # operation_reversals serves
        db_constraint=False,  # operations cannot be deleted: a trigger
    )
    origin = models.CharField(_("origin"), max_length=255)
    transaction_time = models.DateTimeField(_("time"))
    pushed_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("point operation")
        verbose_name_plural = _("point operations")
        constraints = [
            models.UniqueConstraint(
                fields=["idempotency_key"], name="one_effect_per_idempotency_key"
            ),
            models.CheckConstraint(
                name="operation_reversed_at_most_whole",
                condition=models.Q(reversed_points__gte=0)
                & models.Q(reversed_points__lte=Abs("points")),
            ),
        ]
        indexes = [
            models.Index(fields=["card", "transaction_time"], name="operation_by_card_and_time"),
            models.Index(
                fields=["reverses"],
                condition=models.Q(reverses__isnull=False),
                name="operation_reversals",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


class PointMove(models.Model):
    """One lot of points, consumed first-expired-first-out.

    What is left on it is the sum of its rows in the journal, until a sweep takes it: then
    `expired_by` is the sweep's operation. `expired_point` of it expired. It can be spent from
    `available_from` on and before `expiration_date`. `expires_when_inactive`: activity on the
    card pushes the expiry out.
    """

    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        on_delete=models.PROTECT,
        related_name="moves",
        db_index=False,  # move_active_first_expired; lots that are empty are found by the journal
        db_constraint=False,  # cards with operations cannot be deleted: a trigger
    )
    operation = models.ForeignKey(
        PointOperation,
        on_delete=models.PROTECT,
        related_name="moves",
        db_index=False,  # an operation's lots are found by its journal rows
        db_constraint=False,  # operations cannot be deleted: a trigger
    )
    expired_by = models.ForeignKey(
        PointOperation,
        on_delete=models.PROTECT,
        null=True,
        related_name="expired_moves",
        db_index=False,
        db_constraint=False,
    )
    membership_product = models.ForeignKey(
        "loyalty.MembershipProduct",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,  # levels are never deleted on a hot path
        db_constraint=False,  # as in the journal
    )
    gain_date = models.DateTimeField(_("gained"))
    available_from = models.DateTimeField(_("can be spent from"))
    expiration_date = models.DateTimeField(_("expires"), null=True)
    expires_when_inactive = models.BooleanField(default=False)
    initial_point = PointsField(_("points gained"))
    remaining_point = PointsField(_("points left"))
    expired_point = PointsField(_("points expired"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=STATE_CHOICES, default="active")
    origin = models.CharField(_("origin"), max_length=255)

    class Meta:
        """Constraints; the partial indexes are on the state, so partial consumption stays HOT."""

        verbose_name = _("lot of points")
        verbose_name_plural = _("lots of points")
        constraints = [
            models.CheckConstraint(
                name="move_remaining_between_zero_and_initial",
                condition=models.Q(remaining_point__gte=0)
                & models.Q(remaining_point__lte=models.F("initial_point")),
            ),
            models.CheckConstraint(
                name="move_active_exactly_when_something_is_left",
                condition=Exact(
                    GreaterThan(models.F("remaining_point"), 0),
                    Exact(models.F("state"), models.Value("active")),
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["card", "expiration_date", "gain_date", "id"],
                condition=models.Q(state="active"),
                name="move_active_first_expired",
            ),
            models.Index(
                fields=["expiration_date", "id"],
                condition=models.Q(state="active", expiration_date__isnull=False),
                name="move_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining_point}/{self.initial_point}"


class ExpiryNotice(models.Model):
    """That a member was told, so many days before, that points of a card expire then: once."""

    card = models.ForeignKey("loyalty.LoyaltyCard", on_delete=models.CASCADE, related_name="+")
    expiration_date = models.DateTimeField()
    days_before = models.PositiveSmallIntegerField()

    class Meta:
        """Constraints."""

        constraints = [
            models.UniqueConstraint(
                fields=["card", "expiration_date", "days_before"], name="one_notice_of_an_expiry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days_before} days before {self.expiration_date}"


class PointHistory(models.Model):
    """The append-only journal: one row per lot touched, chained by hash on each card.

    A row without a lot moves the card's debt, minus makes it, plus pays it; but one of kind
    `expire` is a sweep's, for all lots of one level that name its operation.
    """

    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        on_delete=models.PROTECT,
        related_name="history",
        db_index=False,  # history_sequence_has_no_doubles serves
        db_constraint=False,  # the operation has one
        verbose_name=_("card"),
    )
    sequence = models.BigIntegerField()
    # Foreign keys in the database would be checked at every commit of a till; triggers that let
    # nobody delete an operation or a lot cost nothing until somebody tries.
    operation = models.ForeignKey(
        PointOperation, on_delete=models.PROTECT, related_name="history", db_constraint=False
    )
    move = models.ForeignKey(
        PointMove,
        on_delete=models.PROTECT,
        null=True,
        related_name="history",
        db_index=False,  # a lot's rows are found by its card
        db_constraint=False,
    )
    kind = models.CharField(_("kind"), max_length=16, choices=KIND_CHOICES)
    points_amount = PointsField(_("points"))
    points_balance = PointsField(_("balance after"))
    transaction_time = models.DateTimeField(_("time"))
    origin = models.CharField(_("origin"), max_length=255)
    # No foreign keys in the database on the two levels: they are copied from rows that have
    # one, and checking them would make every writer share a row lock on the same few levels.
    membership_product = models.ForeignKey(
        "loyalty.MembershipProduct",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    status_membership_product = models.ForeignKey(
        "loyalty.MembershipProduct",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    hash = models.BinaryField()

    class Meta:
        """Constraints and indexes. Few indexes: every row is written on a hot path."""

        verbose_name = _("point movement")
        verbose_name_plural = _("point movements")
        constraints = [
            models.UniqueConstraint(
                fields=["card", "sequence"], name="history_sequence_has_no_doubles"
            ),
        ]
        indexes = [BrinIndex(fields=["transaction_time"], name="history_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.points_amount}"
