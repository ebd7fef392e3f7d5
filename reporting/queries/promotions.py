"""How programs perform.

- transactions: orders in which the program was applied, less those that came back whole;
- amount, discount: what was paid for their matching lines, and what the program took off;
- average transaction value: the whole amount of these orders by their number;
- conversion rate: these orders by all orders in the currency made while the program was in
  force there;
- unique customers: distinct members with an order of the row's period that did not come back
  whole in it, in any currency; never a sum of days.

What a return takes back counts on the day of the return. Days are those of the stores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection

from reporting.queries.caching import kept_page
from reporting.queries.clickhouse.promotions import customers as customers_of
from reporting.queries.clickhouse.promotions import each_promotion, promotion_page
from reporting.queries.clickhouse.server import each_from_clickhouse, from_clickhouse
from reporting.queries.period import ZERO, GroupBy, Page, Period
from reporting.queries.streaming import stream

_Read = tuple[list[tuple[Any, ...]], int]
_CHOSEN = """
  AND (%(programs)s::bigint[] IS NULL OR program_id = ANY(%(programs)s))
  AND (%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))
"""
# Each bucket is summed by itself: it has few programs, which a small hash holds. Of one sum over an
# expression of the time PostgreSQL expects so many groups that it sorts all rows instead.
_STARTS = """generate_series(date_trunc('{step}', %(since)s::timestamp),
    %(until)s::timestamp - interval '1 hour', interval '1 {step}') AS start"""
_WITHIN = """{time} >= greatest(start, %(since)s::timestamp)::{kind}
      AND {time} < least(start + interval '1 {step}', %(until)s::timestamp)::{kind}"""
_SUMMARY = """
SELECT one.program_id, start::{kind} AS bucket, one.currency, one.orders, one.order_amount,
       one.qty, one.amount, one.discount, one.points_earned, one.points_redeemed
FROM {starts}, LATERAL (
    SELECT program_id, currency, sum(orders)::bigint AS orders,
           sum(order_amount) AS order_amount, sum(qty) AS qty, sum(amount) AS amount,
           sum(discount) AS discount, sum(points_earned) AS points_earned,
           sum(points_redeemed) AS points_redeemed
    FROM {table}
    WHERE {within} {chosen}
    GROUP BY program_id, currency
) one
"""
# Few sets of programs make up a period: orders are summed by set before sets are taken apart.
_IN_FORCE = """
SELECT unnest(f.program_ids) AS program_id, one.bucket, one.currency, sum(one.orders) AS orders
FROM (
    SELECT start::{kind} AS bucket, found.force_set_id, found.currency, found.orders
    FROM {starts}, LATERAL (
        SELECT force_set_id, currency, sum(orders) AS orders FROM order_report_hourly
        WHERE {within} AND (%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))
        GROUP BY force_set_id, currency
    ) found
) one JOIN program_force_set f ON f.id = one.force_set_id
GROUP BY 1, 2, 3
"""
_PAGE = """
WITH summary AS MATERIALIZED ({summary}), page AS (
    SELECT *, count(*) OVER () AS total FROM summary
    ORDER BY bucket DESC, amount DESC, program_id, currency
    LIMIT %(limit)s OFFSET %(offset)s
), in_force AS ({in_force})
SELECT s.program_id, p.name, p.program_type, s.bucket, s.currency, s.orders, s.order_amount,
       s.qty, s.amount, s.discount, s.points_earned, s.points_redeemed,
       coalesce(f.orders, 0)::bigint, s.total
FROM page s
JOIN promotions_promotionprogram p ON p.id = s.program_id
LEFT JOIN in_force f
  ON f.program_id = s.program_id AND f.bucket = s.bucket AND f.currency = s.currency
ORDER BY s.bucket DESC, s.amount DESC, s.program_id, s.currency
"""
_COUNTED_AT_ONCE = 1_000
_COUNT = "SELECT count(*) FROM ({summary}) AS one"
# Only for the rows of the page, each by the key of the table: a year of all programs is millions.
_CUSTOMERS = """
SELECT one.program_id, one.bucket, found.customers
FROM unnest(%(page_programs)s::bigint[], %(page_buckets)s::date[]) AS one(program_id, bucket),
LATERAL (
    SELECT count(*) AS customers FROM (
        SELECT partner_id FROM promotion_report_customer kept
        WHERE kept.program_id = one.program_id
          AND report_date >= greatest(one.bucket, %(since)s)
          AND report_date < least((one.bucket + interval '1 {step}')::date, %(until)s)
          AND sold_on >= greatest(one.bucket, %(since)s)
          AND (%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))
        GROUP BY partner_id HAVING sum(orders) > 0
    ) members
) found
"""


@dataclass(frozen=True, slots=True)
class PromotionPerformance:
    """One program in one span of time. `unique_customers` None: not asked for, or by the hour."""

    program_id: int
    program_name: str
    program_type: str
    date: date | datetime
    currency: str
    total_transactions: int
    order_amount: Decimal
    total_qty: Decimal
    total_amount: Decimal
    total_discount: Decimal
    points_earned: Decimal
    points_redeemed: Decimal
    orders_in_force: int
    unique_customers: int | None = None

    @property
    def avg_transaction_value(self) -> Decimal:
        """The whole amount of the orders by their number; 0 without orders."""
        return self.order_amount / self.total_transactions if self.total_transactions else ZERO

    @property
    def conversion_rate(self) -> float:
        """Orders that applied the program by orders that could have; 0 if none could."""
        return self.total_transactions / self.orders_in_force if self.orders_in_force > 0 else 0.0


def promotion_performance(
    period: Period,
    *,
    program_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
    page: int = 1,
    per_page: int = 100,
    customers: bool = False,
) -> Page[PromotionPerformance]:
    """Return one page of programs by time, the latest first, then by amount.

    `customers`: count distinct members, too; not by the hour. Two statements, three with it.
    """
    asked = _asked(period, program_ids, pos_config_ids, per_page, (page - 1) * per_page)
    by_hour = period.group_by is GroupBy.HOUR
    sql, summary = _sql(period)

    def from_summaries() -> _Read:
        with connection.cursor() as cursor:
            cursor.execute(sql, asked)
            found = cursor.fetchall()
        total = found[0][-1] if found else _count(summary, asked) if page > 1 else 0
        return [row[:-1] for row in found], total

    def make() -> Page[PromotionPerformance]:
        found, total = from_clickhouse(
            period, lambda: promotion_page(period, asked), from_summaries
        )
        rows = [PromotionPerformance(*row) for row in found]
        if customers and not by_hour:
            rows = _with_customers(period, asked, rows)
        return Page(rows, page, per_page, total)

    named = asked | {"customers": customers}
    return kept_page(PromotionPerformance, sql, named, make, by_hour=by_hour)


def each_promotion_performance(
    period: Period,
    *,
    program_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
    customers: bool = False,
) -> Iterator[PromotionPerformance]:
    """Yield all rows in the same order, without ever holding all of them."""
    sql, _summary = _sql(period)
    asked = _asked(period, program_ids, pos_config_ids, None, 0)
    found = each_from_clickhouse(
        period,
        lambda: each_promotion(period, asked),
        lambda: (row[:-1] for row in stream(sql, asked)),
    )
    rows = (PromotionPerformance(*row) for row in found)
    if not customers or period.group_by is GroupBy.HOUR:
        yield from rows
        return
    while some := list(islice(rows, _COUNTED_AT_ONCE)):
        yield from _with_customers(period, asked, some)


def count_promotion_performance(
    period: Period,
    *,
    program_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
    customers: bool = False,
) -> int:
    """Return how many rows all pages have; `customers` are a column and make none."""
    return _count(_sql(period)[1], _asked(period, program_ids, pos_config_ids, None, 0))


def _asked(
    period: Period,
    program_ids: Sequence[int] | None,
    pos_config_ids: Sequence[int] | None,
    limit: int | None,
    offset: int,
) -> dict[str, Any]:
    return {
        "since": period.date_from,
        "until": period.until,
        "programs": None if program_ids is None else list(program_ids),
        "stores": None if pos_config_ids is None else list(pos_config_ids),
        "limit": limit,
        "offset": offset,
    }


def _sql(period: Period) -> tuple[str, str]:
    """Return the statement of a page, and the sums inside it."""
    by_hour = period.group_by is GroupBy.HOUR
    step = period.group_by.value
    parts = {"kind": "timestamp" if by_hour else "date", "starts": _STARTS.format(step=step)}
    time = "local_hour" if by_hour else "report_date"
    summary = _SUMMARY.format(
        table="promotion_report_hourly" if by_hour else "promotion_report_daily",
        within=_WITHIN.format(time=time, step=step, kind=parts["kind"]),
        chosen=_CHOSEN,
        **parts,
    )
    within = _WITHIN.format(time="local_hour", step=step, kind="timestamp")
    in_force = _IN_FORCE.format(within=within, **parts)
    return _PAGE.format(summary=summary, in_force=in_force), summary


def _count(summary: str, asked: dict[str, Any]) -> int:
    """Return how many rows there are when the page asked for lies behind the last."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(summary=summary), asked)
        return int(cursor.fetchone()[0])


def _with_customers(
    period: Period, asked: dict[str, Any], rows: Sequence[PromotionPerformance]
) -> list[PromotionPerformance]:
    """Return the rows with their distinct members."""
    programs = sorted({row.program_id for row in rows})
    counts = from_clickhouse(
        period,
        lambda: customers_of(period, asked, programs),
        lambda: _customers(period, asked, rows),
    )
    return [
        replace(row, unique_customers=counts.get((row.program_id, row.date), 0)) for row in rows
    ]


def _customers(
    period: Period, asked: dict[str, Any], rows: Sequence[PromotionPerformance]
) -> dict[tuple[int, date], int]:
    pairs = sorted({(row.program_id, row.date) for row in rows})
    named: dict[str, Any] = {
        "page_programs": [one for one, _ in pairs],
        "page_buckets": [one for _, one in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS.format(step=period.group_by.value), {**asked, **named})
        return {(program_id, bucket): count for program_id, bucket, count in cursor.fetchall()}
