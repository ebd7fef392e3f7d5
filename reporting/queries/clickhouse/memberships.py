"""How members move, from ClickHouse: rows as reporting/queries/memberships.py reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reporting.queries.clickhouse.server import ask, stream
from reporting.queries.clickhouse.tables import FINAL
from reporting.queries.names import level_names
from reporting.queries.period import GroupBy, Period

_CUT = {
    GroupBy.DAY: "{}",
    GroupBy.WEEK: "toMonday({})",
    GroupBy.MONTH: "toStartOfMonth({})",
}
_RANK = "transform(%s, {level_ids:Array(UInt64)}, {ranks:Array(Int64)}, -1)"
_DAY_OF_MOVE = "toDate(toTimeZone(membership_start, {zone:String}))"
_IN_SPAN = f"{_DAY_OF_MOVE} >= {{since:Date}} AND {_DAY_OF_MOVE} < {{until:Date}}"
_REPORT = """
WITH moves AS (
    SELECT membership_product_id AS level, membership_start, %(rank)s AS rank,
           lagInFrame(toNullable(rank)) OVER one AS rank_before,
           row_number() OVER one = 1 AS is_first
    FROM membership_analytics AS fact FINAL
    WHERE partner_id IN (
        SELECT partner_id FROM membership_analytics AS other FINAL WHERE %(in_span)s)
    WINDOW one AS (PARTITION BY partner_id ORDER BY membership_start, membership_id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), moved AS (
    SELECT level, %(move_bucket)s AS bucket, countIf(is_first) AS new_members,
           countIf(rank > rank_before) AS upgraded, countIf(rank < rank_before) AS downgraded
    FROM moves WHERE %(in_span)s GROUP BY level, bucket
), spent AS (
    SELECT level, bucket, currency, uniqExactIf(partner_id, orders > 0) AS active,
           sum(orders) AS all_orders, sum(amount) AS all_amount
    FROM (
        SELECT membership_product_id AS level, %(bucket)s AS bucket, currency, partner_id, order_id,
               sum(orders) AS orders, sum(amount) AS amount
        FROM order_analytics AS fact FINAL
        WHERE partner_id <> 0 AND date >= {since:Date} AND date < {until:Date} %(stores)s
        GROUP BY 1, 2, 3, 4, 5
    ) GROUP BY level, bucket, currency
), points AS (
    SELECT membership_product_id AS level, %(bucket)s AS bucket, sum(points_earned) AS earned,
           sum(points_redeemed) AS redeemed
    FROM point_analytics AS fact FINAL
    WHERE date >= {since:Date} AND date < {until:Date}
    GROUP BY level, bucket
), keys AS (
    SELECT level, bucket, toNullable(toString(currency)) AS currency FROM spent
    UNION ALL
    SELECT level, bucket, CAST(NULL, 'Nullable(String)') FROM (
        SELECT level, bucket FROM moved UNION DISTINCT SELECT level, bucket FROM points
    ) WHERE (level, bucket) NOT IN (SELECT level, bucket FROM spent)
), page AS (
    SELECT *, count() OVER () AS total FROM keys WHERE 1 %(levels)s
)
SELECT k.level, k.bucket, k.currency, m.new_members, s.active, m.upgraded, m.downgraded,
       s.all_orders, s.all_amount, p.earned, p.redeemed, k.total
FROM page AS k
LEFT JOIN moved AS m ON m.level = k.level AND m.bucket = k.bucket
LEFT JOIN points AS p ON p.level = k.level AND p.bucket = k.bucket
LEFT JOIN spent AS s ON s.level = k.level AND s.bucket = k.bucket AND s.currency = k.currency
ORDER BY k.bucket DESC, %(rank_of_key)s DESC, k.level, k.currency NULLS LAST
%(page)s %(final)s
"""
Row = tuple[Any, ...]


def membership_page(period: Period, asked: Mapping[str, Any]) -> tuple[list[Row], int]:
    """Return the rows of a page, and how many there are in all. Raises: ClickHouseDown."""
    names = level_names()
    sql = _sql(period, asked, "LIMIT {limit:UInt64} OFFSET {offset:UInt64}")
    found = ask(sql, _with_ranks(asked, names))
    if found or not asked["offset"]:
        return [_row(row, names) for row in found], found[0][-1] if found else 0
    counted = ask(_sql(period, asked, "LIMIT 1"), _with_ranks(asked, names))
    return [], counted[0][-1] if counted else 0


def each_membership(period: Period, asked: Mapping[str, Any]) -> Iterator[Row]:
    """Yield all rows. Raises: ClickHouseDown."""
    names = level_names()
    for row in stream(_sql(period, asked, ""), _with_ranks(asked, names)):
        yield _row(row, names)


def _sql(period: Period, asked: Mapping[str, Any], page: str) -> str:
    cut = _CUT[GroupBy.DAY if period.group_by is GroupBy.HOUR else period.group_by]
    stores, levels = asked["stores"], asked["levels"]
    return _REPORT % {
        "rank": _RANK % "membership_product_id",
        "rank_of_key": _RANK % "k.level",
        "in_span": _IN_SPAN,
        "move_bucket": cut.format(_DAY_OF_MOVE),
        "bucket": cut.format("date"),
        "stores": "" if stores is None else "AND has({stores:Array(UInt64)}, pos_config_id)",
        "levels": "" if levels is None else "AND has({levels:Array(UInt64)}, level)",
        "page": page,
        "final": FINAL,
    }


def _with_ranks(asked: Mapping[str, Any], names: Mapping[int, tuple[str, int]]) -> dict[str, Any]:
    ranks = [rank for _name, rank in names.values()]
    return {**asked, "level_ids": list(names), "ranks": ranks}


def _row(row: Sequence[Any], names: Mapping[int, tuple[str, int]]) -> Row:
    """Put in the level's name, which PostgreSQL knows, and leave out the total."""
    level, bucket, *figures = row[:-1]
    return level, names[level][0] if level in names else "", bucket, *figures
