"""Batches of codes that a job issues."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import PointsField


class CouponBatch(models.Model):
    """`count` codes of a program with the same terms. They are issued by its job."""

    program = models.ForeignKey(
        "promotions.PromotionProgram",
        on_delete=models.PROTECT,
        related_name="batches",
        verbose_name=_("program"),
    )
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(_("codes"))
    prefix = models.CharField(_("beginning"), max_length=24, blank=True)
    points = PointsField(_("points on each"))
    partner = models.ForeignKey(
        "loyalty.Partner", on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("good until"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for"))

    class Meta:
        """Constraints."""

        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="batch_has_codes_with_points",
                condition=models.Q(count__gt=0) & models.Q(points__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class IssuedCard(models.Model):
    """A gift card that a batch issued; coupons name their batch themselves."""

    batch = models.ForeignKey(CouponBatch, on_delete=models.PROTECT, related_name="cards")
    card = models.OneToOneField("loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.card_id}"
