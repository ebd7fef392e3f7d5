"""The sums of a back-test, added up by the database from those of its chunks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection

from promotions.models import Backtest, BacktestOrder

TOP_PRODUCTS = 15

# A chunk's row begins with what it is summed by; numbers follow from the third place on.
_DAYS = """
SELECT one->>0, one->>1, sum((one->>2)::bigint)::bigint, sum((one->>3)::bigint)::bigint,
       sum((one->>4)::bigint)::bigint, sum((one->>5)::numeric), sum((one->>6)::numeric),
       sum((one->>7)::numeric), sum((one->>8)::numeric), sum((one->>9)::numeric)
FROM promotions_backtestchunk c, jsonb_array_elements(c.figures->'days') one
WHERE c.backtest_id = %(backtest)s GROUP BY 1, 2 ORDER BY 1, 2
"""
_POINTS = """
SELECT one->>0, (one->>1)::bigint, sum((one->>2)::numeric), sum((one->>3)::numeric),
       sum((one->>4)::numeric), sum((one->>5)::numeric)
FROM promotions_backtestchunk c, jsonb_array_elements(c.figures->'points') one
WHERE c.backtest_id = %(backtest)s GROUP BY 1, 2 ORDER BY 1, 2
"""
_PRODUCTS = """
SELECT p.id, p.sku, p.name, s.currency, s.qty, s.discount FROM (
    SELECT one->>0 AS currency, (one->>1)::bigint AS product_id, sum((one->>2)::numeric) AS qty,
           sum((one->>3)::numeric) AS discount
    FROM promotions_backtestchunk c, jsonb_array_elements(c.figures->'products') one
    WHERE c.backtest_id = %(backtest)s GROUP BY 1, 2
    ORDER BY abs(sum((one->>3)::numeric)) DESC, 2 LIMIT %(top)s
) s JOIN promotions_product p ON p.id = s.product_id ORDER BY abs(s.discount) DESC, p.id
"""
_COUPONS = """
SELECT coalesce(sum((c.figures->>'coupons')::bigint), 0)::bigint
FROM promotions_backtestchunk c WHERE c.backtest_id = %(backtest)s
"""
#: What a row of each part of a result tells, in this order.
COLUMNS = {
    "days": (
        *("day", "currency", "orders", "hit", "changed", "given", "discount_before"),
        *("discount_after", "sales_before", "sales_after"),
    ),
    "points": (
        *("day", "loyalty_program", "earned_before", "earned_after"),
        *("spent_before", "spent_after"),
    ),
    "products": ("product", "sku", "name", "currency", "qty", "discount"),
}


def add_up(backtest: Backtest) -> dict[str, Any]:
    """Return the result as JSON data: amounts and points as strings, counts as numbers.

    `days`, `points` (by day and kind), `products` with most more taken off; `orders`, `hit` and
    `changed` of all; `members`: distinct ones that the draft gave something; `coupons`.
    """
    statements = {"days": _DAYS, "points": _POINTS, "products": _PRODUCTS}
    parts = {
        part: [dict(zip(COLUMNS[part], row, strict=True)) for row in _rows(sql, backtest)]
        for part, sql in statements.items()
    }
    days = parts["days"]
    members = BacktestOrder.objects.filter(backtest=backtest, hit=True, partner_id__isnull=False)
    return {
        "orders": sum(one["orders"] for one in days),
        "hit": sum(one["hit"] for one in days),
        "changed": sum(one["changed"] for one in days),
        "members": members.values("partner_id").distinct().count(),
        "coupons": _rows(_COUPONS, backtest)[0][0],
        **parts,
    }


def _rows(sql: str, backtest: Backtest) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"backtest": backtest.pk, "top": TOP_PRODUCTS})
        return [
            [one if isinstance(one, (int, str)) else str(one) for one in row]
            for row in cursor.fetchall()
        ]


def told_currencies(days: list[dict[str, Any]]) -> list[str]:
    """Return the currencies in which something was or would be taken off, or all.

    That of most orders comes first.
    """
    orders: dict[str, int] = {}
    for one in days:
        orders[one["currency"]] = orders.get(one["currency"], 0) + one["orders"]
    taken = {
        one["currency"]
        for one in days
        if one["hit"] or one["changed"] or Decimal(one["discount_before"])
    }
    return sorted(taken or orders, key=lambda one: (-orders[one], one))
