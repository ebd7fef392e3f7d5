"""What was sold over time: orders, what was paid for them, and what was taken off.

Orders count less those that came back whole; money is less what came back, on the day it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from reporting.queries.period import ZERO, GroupBy, Period

_BUCKETS = {
    GroupBy.HOUR: "local_hour",
    GroupBy.DAY: "local_hour::date",
    GroupBy.WEEK: "date_trunc('week', local_hour)::date",
    GroupBy.MONTH: "date_trunc('month', local_hour)::date",
}
_SALES = """
SELECT {bucket} AS bucket, currency, sum(orders)::bigint, sum(qty), sum(amount), sum(discount)
FROM order_report_hourly
WHERE local_hour >= %(since)s AND local_hour < %(until)s
  AND (%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))
GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""


@dataclass(frozen=True, slots=True)
class SalesRow:
    """One span of time in one currency."""

    date: date | datetime
    currency: str
    orders: int
    units: Decimal
    amount: Decimal
    discount: Decimal

    @property
    def average_order(self) -> Decimal:
        """What an order came to; 0 without orders."""
        return self.amount / self.orders if self.orders else ZERO


def sales_over_time(
    period: Period, *, pos_config_ids: Sequence[int] | None = None
) -> list[SalesRow]:
    """Return the spans in which something was sold or came back, the latest first."""
    asked = {
        "since": period.date_from,
        "until": period.until,
        "stores": None if pos_config_ids is None else list(pos_config_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SALES.format(bucket=_BUCKETS[period.group_by]), asked)
        return [SalesRow(*row) for row in cursor.fetchall()]
