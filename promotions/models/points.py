"""What an order did to which card, by which ledger operation."""

from django.db import models

from core.fields import PointsField

KIND_CHOICES = [("earn", "earn"), ("spend", "spend"), ("issue", "issue")]


class OrderPoints(models.Model):
    """One ledger operation of an order; `undone` is how much of it returns have undone so far."""

    order = models.ForeignKey(
        "promotions.Order", on_delete=models.CASCADE, related_name="points_moved"
    )
    program = models.ForeignKey(
        "promotions.PromotionProgram", on_delete=models.PROTECT, related_name="+"
    )
    card = models.ForeignKey("loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="+")
    operation = models.ForeignKey(
        "loyalty.PointOperation", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=KIND_CHOICES)
    points = PointsField()
    undone = PointsField(default=0)

    class Meta:
        """Constraints."""

        constraints = [
            models.CheckConstraint(
                name="order_points_undone_at_most_whole",
                condition=models.Q(undone__gte=0) & models.Q(undone__lte=models.F("points")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"
