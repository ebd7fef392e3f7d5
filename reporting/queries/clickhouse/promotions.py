"""How programs perform, from ClickHouse: rows as reporting/queries/promotions.py reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from reporting.queries.clickhouse.server import ask, stream
from reporting.queries.clickhouse.tables import FINAL
from reporting.queries.clickhouse.wall_clock import wall_clock
from reporting.queries.names import program_names
from reporting.queries.period import GroupBy, Period

_BUCKETS = {
    GroupBy.HOUR: "toStartOfHour(local_time)",
    GroupBy.DAY: "date",
    GroupBy.WEEK: "toMonday(date)",
    GroupBy.MONTH: "toStartOfMonth(date)",
}
_SPAN = "date >= {since:Date} AND date < {until:Date}"
_STORES = " AND has({stores:Array(UInt64)}, pos_config_id)"
_PROGRAMS = " AND has({programs:Array(UInt64)}, program_id)"
_SUMMARY = """
SELECT program_id, %(bucket)s AS bucket, currency, sum(orders) AS orders,
       sum(order_amount) AS order_amount, sum(qty) AS qty, sum(amount) AS amount,
       sum(discount) AS discount, sum(points_earned) AS points_earned,
       sum(points_redeemed) AS points_redeemed
FROM promotion_performance AS fact FINAL
WHERE %(chosen)s
GROUP BY 1, 2, 3
"""
_IN_FORCE = """
SELECT arrayJoin(program_ids) AS program_id, bucket, currency, sum(orders) AS orders
FROM (
    SELECT %(bucket)s AS bucket, currency, any(program_ids) AS program_ids, sum(orders) AS orders
    FROM order_analytics AS fact FINAL
    WHERE %(chosen)s
    GROUP BY bucket, currency, force_set_id
) GROUP BY program_id, bucket, currency
"""
_PAGE = """
SELECT s.program_id, s.bucket, s.currency, s.orders, s.order_amount, s.qty, s.amount, s.discount,
       s.points_earned, s.points_redeemed, f.orders, s.total
FROM (
    SELECT *, count() OVER () AS total FROM (%(summary)s) AS summary
    ORDER BY bucket DESC, amount DESC, program_id, currency
    %(page)s
) AS s LEFT JOIN (%(in_force)s) AS f
  ON f.program_id = s.program_id AND f.bucket = s.bucket AND f.currency = s.currency
ORDER BY s.bucket DESC, s.amount DESC, s.program_id, s.currency
%(final)s
"""
_CUSTOMERS = """
SELECT program_id, bucket, uniqExact(partner_id) FROM (
    SELECT program_id, %(bucket)s AS bucket, partner_id, order_id
    FROM promotion_performance AS fact FINAL
    WHERE partner_id <> 0 AND %(chosen)s
      AND has({page_programs:Array(UInt64)}, program_id)
    GROUP BY 1, 2, 3, 4 HAVING sum(orders) > 0
) GROUP BY 1, 2 %(final)s
"""
Row = tuple[Any, ...]


def promotion_page(period: Period, asked: Mapping[str, Any]) -> tuple[list[Row], int]:
    """Return the rows of a page, and how many there are in all. Raises: ClickHouseDown."""
    found = [
        *_named(ask(_sql(period, asked, "LIMIT {limit:UInt64} OFFSET {offset:UInt64}"), asked))
    ]
    if found or not asked["offset"]:
        return [row[:-1] for row in found], found[0][-1] if found else 0
    summary = _SUMMARY % _parts(period, asked, programs=True)
    ((total,),) = ask(f"SELECT count() FROM ({summary}) {FINAL}", asked)  # noqa: S608
    return [], total


def each_promotion(period: Period, asked: Mapping[str, Any]) -> Iterator[Row]:
    """Yield all rows. Raises: ClickHouseDown."""
    for row in _named(stream(_sql(period, asked, ""), asked)):
        yield row[:-1]


def customers(
    period: Period, asked: Mapping[str, Any], programs: Sequence[int]
) -> dict[tuple[int, date], int]:
    """Return the distinct members by program and span of time. Raises: ClickHouseDown."""
    sql = _CUSTOMERS % {**_parts(period, asked, programs=True), "final": FINAL}
    found = ask(sql, {**asked, "page_programs": list(programs)})
    return {(program_id, bucket): count for program_id, bucket, count in found}


def _sql(period: Period, asked: Mapping[str, Any], page: str) -> str:
    return _PAGE % {
        "summary": _SUMMARY % _parts(period, asked, programs=True),
        "in_force": _IN_FORCE % _parts(period, asked, programs=False),
        "page": page,
        "final": FINAL,
    }


def _parts(period: Period, asked: Mapping[str, Any], *, programs: bool) -> dict[str, str]:
    chosen = _SPAN
    if asked["stores"] is not None:
        chosen += _STORES
    if programs and asked["programs"] is not None:
        chosen += _PROGRAMS
    return {"bucket": _BUCKETS[period.group_by], "chosen": chosen}


def _named(rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]) -> Iterator[Row]:
    """Put in what PostgreSQL knows: names and types of the programs."""
    names = program_names()
    for program_id, bucket, *figures in rows:
        at = wall_clock(bucket) if isinstance(bucket, datetime) else bucket
        yield program_id, *names.get(program_id, ("", "")), at, *figures
