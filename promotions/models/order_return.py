"""Returns and cancellations of orders."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField, QuantityField

KIND_CHOICES = [("return", _("Return")), ("cancel", _("Cancellation"))]


class OrderReturn(models.Model):
    """Goods brought back, or the whole order called off; `summary` is the answer to the till."""

    order = models.ForeignKey("promotions.Order", on_delete=models.PROTECT, related_name="returns")
    kind = models.CharField(_("kind"), max_length=8, choices=KIND_CHOICES, default="return")
    returned_at = models.DateTimeField(_("at"))
    refund = MoneyField(_("refund"))
    summary = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        """Indexes."""

        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["id"]
        indexes = [models.Index(fields=["returned_at"], name="return_by_time")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.refund}"


class OrderReturnLine(models.Model):
    """Units of one line that came back, and what was refunded for them."""

    order_return = models.ForeignKey(OrderReturn, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        "promotions.OrderLine", on_delete=models.PROTECT, related_name="return_lines"
    )
    qty = QuantityField()
    refund = MoneyField()

    def __str__(self) -> str:
        return f"{self.qty}: {self.refund}"
