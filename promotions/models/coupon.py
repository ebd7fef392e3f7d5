"""Coupons: codes that hold points of one program."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fields import PointsField


class Coupon(models.Model):
    """A coupon. `points` is what is left of `initial_points`; `code_key` is the normalised code."""

    program = models.ForeignKey(
        "promotions.PromotionProgram",
        on_delete=models.PROTECT,
        related_name="coupons",
        verbose_name=_("program"),
    )
    code = models.CharField(_("code"), max_length=64)
    code_key = models.CharField(max_length=64, editable=False)
    initial_points = PointsField(_("points issued"), default=1)
    points = PointsField(_("points left"), default=1)
    partner = models.ForeignKey(
        "loyalty.Partner",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="coupons",
        verbose_name=_("member"),
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        "promotions.Order",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="coupons_issued",
        verbose_name=_("issued by"),
    )
    batch = models.ForeignKey(
        "promotions.CouponBatch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="coupons",
        db_index=False,  # the index below leaves out the coupons of no batch
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        """Constraints and indexes."""

        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["code_key"], name="one_coupon_per_code"),
            models.CheckConstraint(
                name="coupon_points_between_zero_and_issued",
                condition=models.Q(points__gte=0)
                & models.Q(points__lte=models.F("initial_points")),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "id"], name="coupon_by_program"),
            models.Index(
                fields=["batch", "id"],
                condition=models.Q(batch__isnull=False),
                name="coupon_by_batch",
            ),
        ]

    def __str__(self) -> str:
        return self.code
