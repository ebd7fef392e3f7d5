"""What an order did to which card, by which ledger operation."""

from django.db import models

from core.fields import PointsField

KIND_CHOICES = [("earn", "earn"), ("spend", "spend"), ("issue", "issue"), ("referral", "referral")]


class OrderPoints(models.Model):
    """One ledger operation of an order; `undone` is how much of it returns have undone so far.

    `due`: how much they should have undone; what was sold as a gift card or a top-up and spent
    since cannot be taken back, and is not refunded either.
    `line_id`: the line that sold it, of a gift card. `kind` referral: on the card of whoever
    brought the customer.
    """

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
    kind = models.CharField(max_length=10, choices=KIND_CHOICES)
    line_id = models.CharField(max_length=64, blank=True, default="")
    points = PointsField()
    due = PointsField(default=0)
    undone = PointsField(default=0)

    class Meta:
        """Constraints."""

        constraints = [
            models.CheckConstraint(
                name="order_points_undone_at_most_whole",
                condition=models.Q(undone__gte=0) & models.Q(undone__lte=models.F("points")),
            ),
            models.CheckConstraint(
                name="order_points_due_at_most_whole",
                condition=models.Q(due__gte=models.F("undone"))
                & models.Q(due__lte=models.F("points")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"
