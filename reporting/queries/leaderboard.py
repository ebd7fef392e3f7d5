"""The programs of a period beside each other: what each gave, to how many, and what it brought.

An extra unit is one sold because of the program, estimated by comparing the store with itself:
- the program's products are those its discounts fell on in the period;
- a day of a store is *in force* if any of its orders was made while the program was in force;
- the baseline is what the store sold of these products a day, on its open days out of force
  within the period and as many days before it;
- expected = baseline times days in force; extra = units sold on these days less expected;
- cost = the program's discount over the period by the extra units, if there are any.

Units are those of orders less what came back of them, on the day of sale. A store without a day
to compare with is left out; if there is none, the program has no estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from reporting.queries.caching import kept_page
from reporting.queries.period import ZERO, Page, Period

_STORES = "(%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))"
_SUMS = f"""
SELECT s.program_id, p.name, p.program_type, s.currency, s.orders, s.order_amount, s.units,
       s.amount, s.discount, s.points_earned, s.points_redeemed, coalesce(m.members, 0),
       coalesce(f.orders, 0)::bigint
FROM (
    SELECT program_id, currency, sum(orders)::bigint AS orders, sum(order_amount) AS order_amount,
           sum(qty) AS units, sum(amount) AS amount, sum(discount) AS discount,
           sum(points_earned) AS points_earned, sum(points_redeemed) AS points_redeemed
    FROM promotion_report_daily
    WHERE report_date >= %(since)s AND report_date < %(until)s AND {_STORES}
    GROUP BY 1, 2
) s
JOIN promotions_promotionprogram p ON p.id = s.program_id
LEFT JOIN (
    SELECT program_id, count(*) AS members FROM (
        SELECT program_id, partner_id FROM promotion_report_customer
        WHERE report_date >= %(since)s AND report_date < %(until)s AND sold_on >= %(since)s
          AND {_STORES}
        GROUP BY 1, 2 HAVING sum(orders) > 0) one
    GROUP BY 1
) m ON m.program_id = s.program_id
LEFT JOIN (
    SELECT unnest(f.program_ids) AS program_id, h.currency, sum(h.orders) AS orders
    FROM order_report_hourly h JOIN program_force_set f ON f.id = h.force_set_id
    WHERE h.local_hour >= %(since)s AND h.local_hour < %(until)s AND {_STORES}
    GROUP BY 1, 2
) f ON f.program_id = s.program_id AND f.currency = s.currency
ORDER BY s.discount DESC, s.orders DESC, s.program_id, s.currency
"""  # noqa: S608 - the parts are constants of this file
# One pass over the lines of the period and of as many days before it, for all programs at once.
_EXTRA = f"""
WITH given AS (
    SELECT DISTINCT r.program_id, o.currency, l.product_id
    FROM promotions_order o
    JOIN promotions_posconfig pos ON pos.id = o.pos_config_id
    JOIN promotions_appliedreward r ON r.order_id = o.id AND NOT r.is_payment
    JOIN promotions_linediscount d ON d.reward_id = r.id AND d.amount > 0
    JOIN promotions_orderline l ON l.id = d.line_id
    WHERE o.ordered_at >= %(since)s::timestamp - interval '1 day'
      AND o.ordered_at < %(until)s::timestamp + interval '1 day'
      AND o.ordered_at AT TIME ZONE pos.time_zone >= %(since)s
      AND o.ordered_at AT TIME ZONE pos.time_zone < %(until)s AND {_STORES}
), sold AS (
    SELECT l.product_id, o.pos_config_id, (o.ordered_at AT TIME ZONE pos.time_zone)::date AS day,
           sum(l.qty - l.returned_qty) AS units
    FROM promotions_order o
    JOIN promotions_posconfig pos ON pos.id = o.pos_config_id
    JOIN promotions_orderline l ON l.order_id = o.id
    WHERE o.ordered_at >= %(before)s::timestamp - interval '1 day'
      AND o.ordered_at < %(until)s::timestamp + interval '1 day'
      AND o.status <> 'cancelled' AND {_STORES}
      AND l.product_id IN (SELECT product_id FROM given)
    GROUP BY 1, 2, 3
), open_day AS (
    SELECT h.pos_config_id, h.currency, h.local_hour::date AS day, g.program_id,
           bool_or(g.program_id = ANY(f.program_ids)) AS in_force
    FROM order_report_hourly h
    JOIN program_force_set f ON f.id = h.force_set_id
    JOIN (SELECT DISTINCT program_id, currency FROM given) g ON g.currency = h.currency
    WHERE h.local_hour >= %(before)s AND h.local_hour < %(until)s AND {_STORES} AND h.sales > 0
    GROUP BY 1, 2, 3, 4
), units AS (
    SELECT g.program_id, g.currency, s.pos_config_id, s.day, sum(s.units) AS units
    FROM sold s JOIN given g ON g.product_id = s.product_id GROUP BY 1, 2, 3, 4
), store AS (
    SELECT d.program_id, d.currency, d.pos_config_id,
           count(*) FILTER (WHERE d.in_force AND d.day >= %(since)s) AS days_in,
           count(*) FILTER (WHERE NOT d.in_force) AS days_out,
           coalesce(sum(u.units) FILTER (WHERE d.in_force AND d.day >= %(since)s), 0) AS units_in,
           coalesce(sum(u.units) FILTER (WHERE NOT d.in_force), 0) AS units_out
    FROM open_day d
    LEFT JOIN units u USING (program_id, currency, pos_config_id, day)
    GROUP BY 1, 2, 3
)
SELECT program_id, currency, sum(units_in), sum(units_out / days_out * days_in)
FROM store WHERE days_out > 0 AND days_in > 0 GROUP BY 1, 2
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class ProgramStanding:
    """One program over a period in one currency; `members` over all its currencies.

    `units`, `amount`: of its matching lines. `sold_in_force`, `expected_units`: of its products
    while it was in force; None where there is nothing to compare with.
    """

    program_id: int
    program_name: str
    program_type: str
    currency: str
    orders: int
    order_amount: Decimal
    units: Decimal
    amount: Decimal
    discount: Decimal
    points_earned: Decimal
    points_redeemed: Decimal
    members: int
    orders_in_force: int
    sold_in_force: Decimal | None = None
    expected_units: Decimal | None = None

    @property
    def conversion_rate(self) -> float:
        """Orders that applied it by orders that could have."""
        return self.orders / self.orders_in_force if self.orders_in_force > 0 else 0.0

    @property
    def extra_units(self) -> Decimal | None:
        """Units sold more than without it, as estimated; below zero: fewer."""
        if self.sold_in_force is None or self.expected_units is None:
            return None
        return self.sold_in_force - self.expected_units

    @property
    def cost_per_extra_unit(self) -> Decimal | None:
        """Its discount by the extra units; None without any."""
        extra = self.extra_units
        return self.discount / extra if extra is not None and extra > 0 else None


def program_leaderboard(
    period: Period, *, pos_config_ids: Sequence[int] | None = None, extra: bool = True
) -> list[ProgramStanding]:
    """Return the programs of a period, the one that gave most first.

    `extra`: estimate extra units, too, which reads the lines of twice the period. Two statements.
    """
    asked: dict[str, Any] = {
        "before": period.date_from - timedelta(days=period.days),
        "since": period.date_from,
        "until": period.until,
        "stores": None if pos_config_ids is None else list(pos_config_ids),
    }

    def make() -> Page[ProgramStanding]:
        rows = _standings(asked, extra=extra)
        return Page(rows, 1, len(rows), len(rows))

    # Beside summaries it reads lines of orders, which are there before their facts: what is kept
    # is as the summaries are, or newer.
    kept = kept_page(ProgramStanding, _SUMS + _EXTRA, asked | {"extra": extra}, make)
    return list(kept.rows)


def _standings(asked: dict[str, Any], *, extra: bool) -> list[ProgramStanding]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, asked)
        found = [ProgramStanding(*row) for row in cursor.fetchall()]
        if not extra or not found:
            return found
        cursor.execute(_EXTRA, asked)
        estimates = {(key, currency): rest for key, currency, *rest in cursor.fetchall()}
    return [_with(one, estimates.get((one.program_id, one.currency))) for one in found]


def _with(one: ProgramStanding, estimate: list[Decimal] | None) -> ProgramStanding:
    if estimate is None or one.discount <= ZERO:
        return one
    sold, expected = estimate
    return replace(one, sold_in_force=sold, expected_units=round(expected, 4))
