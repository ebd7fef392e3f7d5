"""The points ledger: operations, lots and the journal. Written by `loyalty/ledger.py` alone."""

from django.db import models
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

    `request_digest` tells a replay from another request with the same key. `points` is signed
    as the card saw it. `reversed_points` is how much of it was undone so far.
    """

    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="operations"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=KIND_CHOICES)
    idempotency_key = models.CharField(max_length=255, unique=True)
    request_digest = models.CharField(max_length=64)
    points = PointsField(_("points"))
    balance_after = PointsField(_("balance after"))
    reversed_points = PointsField(_("reversed"), default=0)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals"
    )
    origin = models.CharField(_("origin"), max_length=255)
    transaction_time = models.DateTimeField(_("time"))

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("point operation")
        verbose_name_plural = _("point operations")
        indexes = [models.Index(fields=["card", "id"], name="operation_by_card")]
        constraints = [
            models.CheckConstraint(
                name="operation_reversed_at_most_whole",
                condition=models.Q(reversed_points__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


class PointMove(models.Model):
    """One lot of points, consumed first-expired-first-out."""

    card = models.ForeignKey("loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="moves")
    operation = models.ForeignKey(PointOperation, on_delete=models.PROTECT, related_name="moves")
    membership_product = models.ForeignKey(
        "loyalty.MembershipProduct", on_delete=models.PROTECT, null=True, related_name="+"
    )
    gain_date = models.DateTimeField(_("gained"))
    available_from = models.DateTimeField(_("can be spent from"))
    expiration_date = models.DateTimeField(_("expires"), null=True)
    initial_point = PointsField(_("points gained"))
    remaining_point = PointsField(_("points left"))
    state = models.CharField(_("state"), max_length=8, choices=STATE_CHOICES, default="active")
    origin = models.CharField(_("origin"), max_length=255)

    class Meta:
        """Constraints; the partial index is on the state, so that partial consumption stays HOT."""

        verbose_name = _("lot of points")
        verbose_name_plural = _("lots of points")
        constraints = [
            models.CheckConstraint(
                name="move_remaining_between_zero_and_initial",
                condition=models.Q(remaining_point__gte=0)
                & models.Q(remaining_point__lte=models.F("initial_point")),
            ),
            models.CheckConstraint(
                name="move_depleted_exactly_when_nothing_is_left",
                condition=models.Q(state="depleted", remaining_point=0)
                | models.Q(state="expired", remaining_point=0)
                | models.Q(state="active", remaining_point__gt=0),
            ),
        ]
        indexes = [
            models.Index(
                fields=["card", "expiration_date", "gain_date", "id"],
                condition=models.Q(state="active"),
                name="move_active_first_expired",
            ),
            models.Index(
                fields=["expiration_date"],
                condition=models.Q(state="active", expiration_date__isnull=False),
                name="move_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining_point}/{self.initial_point}"


class PointHistory(models.Model):
    """The append-only journal: one row per lot touched, chained by hash on each card."""

    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="history"
    )
    sequence = models.BigIntegerField()
    operation = models.ForeignKey(PointOperation, on_delete=models.PROTECT, related_name="history")
    move = models.ForeignKey(
        PointMove, on_delete=models.PROTECT, null=True, related_name="history"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=KIND_CHOICES)
    points_amount = PointsField(_("points"))
    points_balance = PointsField(_("balance after"))
    transaction_time = models.DateTimeField(_("time"))
    origin = models.CharField(_("origin"), max_length=255)
    membership_product = models.ForeignKey(
        "loyalty.MembershipProduct", on_delete=models.PROTECT, null=True, related_name="+"
    )
    status_membership_product = models.ForeignKey(
        "loyalty.MembershipProduct", on_delete=models.PROTECT, null=True, related_name="+"
    )
    hash = models.BinaryField()

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("point history")
        verbose_name_plural = _("point history")
        constraints = [
            models.UniqueConstraint(
                fields=["card", "sequence"], name="history_sequence_has_no_doubles"
            ),
        ]
        indexes = [
            models.Index(fields=["card", "transaction_time"], name="history_by_card_and_time"),
            models.Index(fields=["transaction_time"], name="history_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points_amount}"
