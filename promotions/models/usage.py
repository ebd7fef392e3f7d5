"""Counters of programs that have a limit or a budget; programs without have no row to queue for."""

from django.db import models

from core.fields import MoneyField


class ProgramUsage(models.Model):
    """How often a program was used and what it gave, over all customers."""

    program = models.OneToOneField(
        "promotions.PromotionProgram",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="usage",
    )
    times = models.BigIntegerField(default=0)
    amount = MoneyField(default=0)

    class Meta:
        """Constraints."""

        constraints = [
            models.CheckConstraint(
                name="usage_not_negative",
                condition=models.Q(times__gte=0) & models.Q(amount__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.times}"


class PartnerUsage(models.Model):
    """How often one customer used a program that is limited per customer."""

    program = models.ForeignKey(
        "promotions.PromotionProgram", on_delete=models.CASCADE, related_name="partner_usage"
    )
    partner = models.ForeignKey("loyalty.Partner", on_delete=models.CASCADE, related_name="+")
    times = models.BigIntegerField(default=0)

    class Meta:
        """Constraints."""

        constraints = [
            models.UniqueConstraint(fields=["partner", "program"], name="one_count_per_partner"),
            models.CheckConstraint(
                name="partner_usage_not_negative", condition=models.Q(times__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}/{self.partner_id}: {self.times}"


class CountedUse(models.Model):
    """That an order was counted against a program's limits, so that it is given back once.

    Only programs that had a limit or a budget when the order was made have a row, so a limit
    set later never gives back what it did not count. `amount`: money counted to the budget.
    `partner`: whose use was counted, None where the program has no limit per customer.
    `total`: whether the program's own counter was raised; `times`: by how many uses, 0 where only
    money was counted.
    """

    order = models.ForeignKey(
        "promotions.Order",
        on_delete=models.CASCADE,
        related_name="counted_uses",
        db_index=False,
    )
    program = models.ForeignKey(
        "promotions.PromotionProgram", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    partner = models.ForeignKey(
        "loyalty.Partner", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    total = models.BooleanField(default=True)
    times = models.PositiveSmallIntegerField(default=1, db_default=1)
    amount = MoneyField(default=0)
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints."""

        constraints = [
            models.UniqueConstraint(fields=["order", "program"], name="one_use_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.program_id}"
