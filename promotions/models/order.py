"""Committed orders and what was decided about them."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField, PointsField, QuantityField
from promotions import labels


class Order(models.Model):
    """A committed order; `ref` is the till's own and its idempotency key.

    `evaluation` holds the inputs of the decision (cart, wallet, instant) and the Decision with
    its trace, so that the order can be explained and decided again from what it stored,
    together with the program versions of `catalog_version`. `decided_total`: what was decided for
    an offline sale whose till had charged something else; what it charged is the total.
    """

    ref = models.CharField(_("reference"), max_length=64)
    request_digest = models.CharField(max_length=64, editable=False)
    pos_config = models.ForeignKey(
        "promotions.PosConfig", on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    partner = models.ForeignKey(
        "loyalty.Partner",
        on_delete=models.PROTECT,
        null=True,
        related_name="orders",
        db_index=False,
    )
    status = models.CharField(
        _("status"), max_length=16, choices=labels.ORDER_STATUSES, default="committed"
    )
    ordered_at = models.DateTimeField(_("sold at"))
    committed_at = models.DateTimeField(_("committed at"), db_default=Now())
    currency = models.CharField(_("currency"), max_length=3)
    subtotal = MoneyField(_("subtotal"))
    discount_total = MoneyField(_("discount"))
    total = MoneyField(_("total"))
    amount_due = MoneyField(_("amount due"))
    decided_total = MoneyField(_("total decided"), null=True, blank=True)
    refund_total = MoneyField(_("refunded"), default=0)
    optimal = models.BooleanField(default=True)
    catalog_version = models.BigIntegerField()
    evaluation = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        """Constraints and indexes. Foreign keys whose index another one begins with have none."""

        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["ref"], name="one_order_per_ref"),
            models.CheckConstraint(
                name="order_adds_up",
                condition=models.Q(
                    total=models.F("subtotal") - models.F("discount_total"),
                    discount_total__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="order_refunds_at_most_its_total",
                condition=models.Q(refund_total=0) | models.Q(refund_total__lte=models.F("total")),
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "ordered_at"], name="order_by_partner"),
            models.Index(fields=["pos_config", "ordered_at"], name="order_by_pos"),
            models.Index(fields=["ordered_at"], name="order_by_time"),
        ]

    def __str__(self) -> str:
        return self.ref


class OrderLine(models.Model):
    """One line as it was sold and decided; `refunded` is what returns gave back so far."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line_id = models.CharField(max_length=64)
    product = models.ForeignKey(
        "promotions.Product", on_delete=models.PROTECT, related_name="order_lines", db_index=False
    )
    sku = models.CharField(_("SKU"), max_length=64)
    qty = QuantityField(_("quantity"))
    unit_price = MoneyField(_("unit price"))
    subtotal = MoneyField(_("subtotal"))
    discount = MoneyField(_("discount"))
    total = MoneyField(_("total"))
    returned_qty = QuantityField(_("returned"), default=0)
    refunded = MoneyField(_("refunded"), default=0)

    class Meta:
        """Constraints and indexes."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "line_id"], name="line_id_once_per_order"),
            models.CheckConstraint(
                name="line_returned_at_most_sold",
                condition=models.Q(returned_qty__gte=0)
                & models.Q(returned_qty__lte=models.F("qty")),
            ),
        ]
        indexes = [models.Index(fields=["product", "order"], name="line_by_product")]

    def __str__(self) -> str:
        return f"{self.qty} x {self.sku}"


class AppliedReward(models.Model):
    """One reward taken by an order: a discount, free units, points or a payment.

    `place` is its turn in the order of application, payments last. `reward_id` is the reward's
    id inside the version. Points came from `card`, from `coupon`,
    or (neither) from points that existed for this order only. `given_back_at`: when nothing of
    it was left after a return, and its code and its use were given back.
    """

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="rewards", db_index=False
    )
    program = models.ForeignKey(
        "promotions.PromotionProgram",
        on_delete=models.PROTECT,
        related_name="applied_rewards",
        db_index=False,
    )
    version = models.ForeignKey(
        "promotions.ProgramVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place = models.PositiveSmallIntegerField()
    reward_id = models.BigIntegerField()
    reward_type = models.CharField(max_length=20, choices=labels.REWARD_TYPES)
    description = models.CharField(max_length=200)
    is_payment = models.BooleanField(default=False)
    amount = MoneyField(_("amount"))
    points_cost = PointsField(_("points"))
    times = models.PositiveIntegerField(default=1)
    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    coupon = models.ForeignKey(
        "promotions.Coupon",
        on_delete=models.PROTECT,
        null=True,
        related_name="uses",
        db_index=False,
    )
    given_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        """Indexes."""

        ordering = ["order_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["order", "place"], name="place_once_per_order"),
        ]
        indexes = [
            models.Index(fields=["program", "order"], name="applied_by_program"),
            models.Index(
                fields=["coupon"],
                condition=models.Q(coupon__isnull=False),
                name="applied_by_coupon",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class LineDiscount(models.Model):
    """The share of one applied reward that fell on one line."""

    line = models.ForeignKey(
        OrderLine, on_delete=models.CASCADE, related_name="discounts", db_index=False
    )
    reward = models.ForeignKey(AppliedReward, on_delete=models.CASCADE, related_name="shares")
    amount = MoneyField()

    class Meta:
        """Constraints."""

        constraints = [
            models.UniqueConstraint(
                fields=["line", "reward"], name="one_share_per_line_and_reward"
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)
