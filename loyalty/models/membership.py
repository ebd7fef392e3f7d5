"""Levels, who holds which, and the path between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField

WINDOW_CHOICES = [
    ("lifetime", _("Lifetime")),
    ("rolling_months", _("The last months")),
    ("calendar_year", _("This calendar year")),
]
DOWNGRADE_CHOICES = [
    ("one_level", _("One level down")),
    ("earned_level", _("To the level earned")),
]


class MembershipProduct(models.Model):
    """A level that can be bought or earned: Silver, Gold."""

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    rank = models.PositiveIntegerField(_("rank"), default=0, help_text=_("Higher is better."))

    class Meta:
        """Names."""

        verbose_name = _("membership level")
        verbose_name_plural = _("membership levels")
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A partner's time at a level.

    `membership_stop` is when the term ends (None: it does not); `closed_at` is when the
    membership was replaced or ended, and only one of a partner is not closed.
    """

    partner = models.ForeignKey(
        "loyalty.Partner", on_delete=models.CASCADE, related_name="memberships"
    )
    membership_product = models.ForeignKey(
        MembershipProduct,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("level"),
    )
    membership_start = models.DateTimeField(_("start"))
    membership_stop = models.DateTimeField(_("stop"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    class Meta:
        """Constraints."""

        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["-membership_start", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_membership_per_partner",
            ),
            models.CheckConstraint(
                name="membership_stops_after_it_starts",
                condition=models.Q(membership_stop__isnull=True)
                | models.Q(membership_stop__gte=models.F("membership_start")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.membership_product_id}"


class MembershipLevelPath(models.Model):
    """How a level is reached and kept: spending of at least `threshold` in the window."""

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    membership_product = models.ForeignKey(
        MembershipProduct, on_delete=models.CASCADE, related_name="paths"
    )
    threshold = MoneyField(_("threshold"))
    sequence = models.PositiveIntegerField(_("sequence"), default=10)
    is_upgradable = models.BooleanField(_("may be reached by upgrade"), default=True)
    is_downgradable = models.BooleanField(_("may be lost by downgrade"), default=True)
    window = models.CharField(
        _("window"), max_length=16, choices=WINDOW_CHOICES, default="rolling_months"
    )
    window_months = models.PositiveIntegerField(_("months of the window"), default=12)
    term_months = models.PositiveIntegerField(
        _("months a membership lasts"), default=12, help_text=_("0: for ever.")
    )
    grace_days = models.PositiveIntegerField(_("grace days after the term"), default=0)
    downgrade_to = models.CharField(
        _("downgrade"), max_length=16, choices=DOWNGRADE_CHOICES, default="earned_level"
    )

    class Meta:
        """Constraints."""

        verbose_name = _("level path")
        verbose_name_plural = _("level paths")
        ordering = ["sequence", "id"]
        constraints = [
            models.CheckConstraint(
                name="level_path_threshold_not_negative", condition=models.Q(threshold__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.ref
