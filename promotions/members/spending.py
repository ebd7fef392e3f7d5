"""What a member spent, for the levels that spending reaches."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Max

from promotions.models import Order

# What was paid in money: a gift card counts when it is bought, and not again when it pays.
_SPENT = """
SELECT coalesce(sum(o.amount_due - coalesce(
  (SELECT sum((r.summary ->> 'refund_due')::numeric) FROM promotions_orderreturn r
   WHERE r.order_id = o.id), 0)), 0)
FROM promotions_order o
WHERE o.partner_id = %(partner)s AND o.ordered_at <= %(until)s
  AND (%(since)s::timestamptz IS NULL OR o.ordered_at >= %(since)s)
"""


def spent_by(*, partner_id: int, since: datetime | None, until: datetime) -> Decimal:
    """Return the money a member paid for orders in since <= t <= until, less what came back.

    Orders of all stores, whatever their currency: thresholds are plain numbers.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, {"partner": partner_id, "since": since, "until": until})
        (spent,) = cursor.fetchone()
    return Decimal(spent)


def last_order_at(partner_id: int) -> datetime | None:
    """Return when the member's latest order was sold."""
    latest: datetime | None = Order.objects.filter(partner_id=partner_id).aggregate(
        at=Max("ordered_at")
    )["at"]
    return latest
