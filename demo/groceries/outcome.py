"""What the replay came to, counted in the database: the baskets of all runs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

_ORDERS = """
SELECT count(*), coalesce(sum(subtotal), 0), coalesce(sum(discount_total), 0),
       coalesce(sum(amount_due), 0), count(*) FILTER (WHERE NOT optimal)
FROM promotions_order WHERE starts_with(ref, %(prefix)s)
"""
_LINES = """
SELECT count(*) FROM promotions_orderline l JOIN promotions_order o ON o.id = l.order_id
WHERE starts_with(o.ref, %(prefix)s)
"""
_POINTS = """
SELECT h.kind, sum(h.points_amount)
FROM loyalty_pointhistory h
JOIN loyalty_loyaltycard c ON c.id = h.card_id
JOIN loyalty_loyaltyprogram p ON p.id = c.loyalty_program_id
WHERE p.ref = %(points)s GROUP BY h.kind
"""
_CODES = """
SELECT code ->> 'status', coalesce(code ->> 'reason', ''), count(*)
FROM promotions_order o, jsonb_array_elements(o.evaluation -> 'receipt' -> 'codes') AS code
WHERE starts_with(o.ref, %(prefix)s) GROUP BY 1, 2 ORDER BY 3 DESC, 2
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Orders with a prefix and the points of a loyalty program.

    Amounts in major units. `points`: by kind of movement, signed as the cards saw them.
    `rejected`: how many codes were refused, by reason.
    """

    baskets: int
    lines: int
    subtotal: Decimal
    discount: Decimal
    due: Decimal
    not_optimal: int
    points: dict[str, Decimal]
    codes_applied: int
    rejected: dict[str, int]


def read_outcome(*, prefix: str, points: str) -> Outcome:
    """Count the orders whose reference starts with `prefix`, and the points moved."""
    values = {"prefix": prefix, "points": points}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, values)
        baskets, subtotal, discount, due, not_optimal = cursor.fetchone()
        cursor.execute(_LINES, values)
        (lines,) = cursor.fetchone()
        cursor.execute(_POINTS, values)
        moved = dict(cursor.fetchall())
        cursor.execute(_CODES, values)
        codes = cursor.fetchall()
    return Outcome(
        baskets=baskets,
        lines=lines,
        subtotal=subtotal,
        discount=discount,
        due=due,
        not_optimal=not_optimal,
        points=moved,
        codes_applied=sum(count for status, _reason, count in codes if status == "applied"),
        rejected={reason: count for status, reason, count in codes if status == "rejected"},
    )
