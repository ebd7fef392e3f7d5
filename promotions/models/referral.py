"""Members who bring members: one code each, and what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import PointsField

STATUS_CHOICES = [
    ("pending", _("Waits")),
    ("rewarded", _("Rewarded")),
    ("withdrawn", _("Withdrawn")),
]


class ReferralCode(models.Model):
    """A member's own code for new customers; `code_key` is the normalised code."""

    partner = models.OneToOneField(
        "loyalty.Partner",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="referral_code",
        verbose_name=_("member"),
    )
    code = models.CharField(_("code"), max_length=64)
    code_key = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)

    class Meta:
        """Constraints."""

        verbose_name = _("referral code")
        verbose_name_plural = _("referral codes")
        constraints = [
            models.UniqueConstraint(fields=["code_key"], name="one_referral_code_per_key"),
        ]

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """A new customer's first order under a member's code, and the member's reward for it.

    `card_points` go on the referrer's card of `loyalty_program`, `coupon_points` on a coupon of
    the program, both at `due_at` at the earliest; then `points_moved` or `coupon` says where they
    went. A return of the order withdraws the referral.
    """

    program = models.ForeignKey(
        "promotions.PromotionProgram", on_delete=models.PROTECT, related_name="referrals"
    )
    order = models.ForeignKey(
        "promotions.Order", on_delete=models.PROTECT, related_name="referrals", db_index=False
    )
    referrer = models.ForeignKey(
        "loyalty.Partner", on_delete=models.PROTECT, related_name="referrals_made"
    )
    friend = models.ForeignKey(
        "loyalty.Partner", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(_("status"), max_length=10, choices=STATUS_CHOICES, default="pending")
    referred_at = models.DateTimeField(_("referred"))
    due_at = models.DateTimeField(_("reward due"))
    closed_at = models.DateTimeField(_("rewarded or withdrawn"), null=True)
    loyalty_program = models.ForeignKey(
        "loyalty.LoyaltyProgram", on_delete=models.PROTECT, null=True, related_name="+"
    )
    card_points = PointsField(_("points"), default=0)
    coupon_points = PointsField(_("points of the coupon"), default=0)
    points_moved = models.OneToOneField(
        "promotions.OrderPoints", on_delete=models.PROTECT, null=True, related_name="+"
    )
    coupon = models.OneToOneField(
        "promotions.Coupon", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """Constraints and indexes. An order called off leaves its customer as new as before."""

        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "program"], name="one_referral_per_order"),
            models.UniqueConstraint(
                fields=["friend", "program"],
                condition=~models.Q(status="withdrawn"),
                name="one_referral_per_friend",
            ),
            models.CheckConstraint(
                name="nobody_refers_themselves",
                condition=~models.Q(referrer=models.F("friend")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(status="pending"), name="referral_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} > {self.friend_id}: {self.status}"
