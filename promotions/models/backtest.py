"""Back-tests: what a draft would have done to orders of the past, kept for those who asked."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField, PointsField


class Backtest(models.Model):
    """A draft, as it was when it was asked for, over the orders of some days.

    `definition`: the draft as publishing would have made it. `keeps_dates`: its own first and last
    day hold, else it runs all the time. `shows_code`: as if every customer had shown its code or a
    coupon. `last_order_id`: orders that came later do not belong to it. `result`: the sums, once
    all orders are decided.
    """

    program = models.ForeignKey(
        "promotions.PromotionProgram",
        on_delete=models.PROTECT,
        related_name="backtests",
        verbose_name=_("program"),
    )
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="+")
    definition = models.JSONField()
    date_from = models.DateField(_("from"))
    date_to = models.DateField(_("to"))
    pos_config = models.ForeignKey(
        "promotions.PosConfig", on_delete=models.PROTECT, null=True, related_name="+"
    )
    keeps_dates = models.BooleanField(default=False)
    shows_code = models.BooleanField(default=False)
    last_order_id = models.BigIntegerField()
    result = models.JSONField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for"))

    class Meta:
        """Names and order."""

        verbose_name = _("back-test")
        verbose_name_plural = _("back-tests")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk}"


class BacktestChunk(models.Model):
    """Some orders of a back-test that follow each other, decided in one transaction.

    The orders after (`after_at`, `after_id`) up to (`upto_at`, `upto_id`). `figures`: their sums,
    None until they are decided.
    """

    backtest = models.ForeignKey(Backtest, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    after_at = models.DateTimeField()
    after_id = models.BigIntegerField()
    upto_at = models.DateTimeField()
    upto_id = models.BigIntegerField()
    orders = models.PositiveIntegerField()
    figures = models.JSONField(null=True)

    class Meta:
        """Constraints."""

        constraints = [
            models.UniqueConstraint(
                fields=["backtest", "number"], name="chunk_number_once_per_backtest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.backtest_id}/{self.number}"


class BacktestOrder(models.Model):
    """An order that the draft would have changed. `hit`: it would have got something by it.

    `counted`: it is one more use of the draft, not merely of what the draft gave out before.
    `given`: what the draft itself takes off or gives. `points`: how many more points of the
    draft's kind the customer would hold after it.
    """

    backtest = models.ForeignKey(
        Backtest, on_delete=models.CASCADE, related_name="orders", db_index=False
    )
    order = models.ForeignKey(
        "promotions.Order", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    partner_id = models.BigIntegerField(null=True)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    hit = models.BooleanField()
    counted = models.BooleanField(db_default=True)
    given = MoneyField()
    discount_before = MoneyField()
    discount_after = MoneyField()
    total_before = MoneyField()
    total_after = MoneyField()
    points = PointsField()

    class Meta:
        """Constraints."""

        constraints = [
            models.UniqueConstraint(fields=["backtest", "order"], name="order_once_per_backtest"),
        ]

    def __str__(self) -> str:
        return f"{self.backtest_id}: {self.order_id}"
