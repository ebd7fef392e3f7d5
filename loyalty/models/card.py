"""Cards that hold points."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fields import PointsField


class LoyaltyCard(models.Model):
    """A card of one kind of points: a member's card, a gift card, an e-wallet.

    `code_key` is the code without case, spaces and dashes. `points` is the stored balance:
    the sum of the card's history, kept by the ledger and by nothing else. `debt` is what is
    owed when points were taken back that had been spent: points = left on active lots - debt.
    `sequence` and `last_hash` are the head of the card's journal.
    """

    loyalty_program = models.ForeignKey(
        "loyalty.LoyaltyProgram",
        on_delete=models.PROTECT,
        related_name="cards",
        db_index=False,  # card_by_program serves
    )
    partner = models.ForeignKey(
        "loyalty.Partner", on_delete=models.PROTECT, related_name="cards", null=True, blank=True
    )
    shared_with = models.ManyToManyField(
        "loyalty.Partner", related_name="shared_cards", blank=True, verbose_name=_("shared with")
    )
    code = models.CharField(_("code"), max_length=64)
    code_key = models.CharField(max_length=64, editable=False)
    points = PointsField(_("balance"), default=0, editable=False)
    debt = PointsField(_("owed"), default=0, editable=False)
    sequence = models.BigIntegerField(default=0, editable=False)
    last_hash = models.BinaryField(default=b"", editable=False)
    active = models.BooleanField(_("active"), default=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        """Constraints and indexes. Every check is read anew by each statement that writes."""

        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ["-id"]
        permissions = [("adjust_points", "Can correct points by hand")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "loyalty_program"],
                condition=models.Q(active=True, partner__isnull=False),
                name="one_active_card_per_partner_and_program",
            ),
            models.UniqueConstraint(fields=["code_key"], name="one_card_per_code"),
            models.CheckConstraint(
                name="card_balance_not_below_its_debt",
                condition=models.Q(debt__gte=0, points__gte=0 - models.F("debt")),
            ),
        ]
        indexes = [models.Index(fields=["loyalty_program", "id"], name="card_by_program")]

    def __str__(self) -> str:
        return self.code
