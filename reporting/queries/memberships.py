"""How members of each level come, buy and move.

- new members: whose first level ever it is, on the day they got it;
- upgraded, downgraded: who came to the level that day from a lower or a higher one;
- active members: distinct members who bought while they held the level, over the row's period;
- spending: what they paid, less what returns gave back, by what it comes to for each of them;
- points earned and redeemed while the member held the level.

Days of purchases are those of the stores, days of points those of the kind of points, days of
levels those of the shop (TIME_ZONE).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from reporting.queries.caching import kept_page
from reporting.queries.clickhouse.memberships import each_membership, membership_page
from reporting.queries.clickhouse.server import each_from_clickhouse, from_clickhouse
from reporting.queries.period import ZERO, GroupBy, Page, Period
from reporting.queries.streaming import stream

_CUT = {
    GroupBy.DAY: "{0}",
    GroupBy.WEEK: "date_trunc('week', {0})::date",
    GroupBy.MONTH: "date_trunc('month', {0})::date",
}
_REPORT = """
WITH moves AS (
    SELECT m.membership_product_id AS level, m.membership_start, l.rank,
           lag(l.rank) OVER one AS rank_before, row_number() OVER one = 1 AS is_first
    FROM loyalty_membership m
    JOIN loyalty_membershipproduct l ON l.id = m.membership_product_id
    WHERE m.partner_id IN (
        SELECT partner_id FROM loyalty_membership
        WHERE membership_start >= %(since)s::timestamp AT TIME ZONE %(zone)s
          AND membership_start < %(until)s::timestamp AT TIME ZONE %(zone)s)
    WINDOW one AS (PARTITION BY m.partner_id ORDER BY m.membership_start, m.id)
), moved AS (
    SELECT level, {move_bucket} AS bucket,
           count(*) FILTER (WHERE is_first) AS new_members,
           count(*) FILTER (WHERE rank > rank_before) AS upgraded,
           count(*) FILTER (WHERE rank < rank_before) AS downgraded
    FROM moves
    WHERE membership_start >= %(since)s::timestamp AT TIME ZONE %(zone)s
      AND membership_start < %(until)s::timestamp AT TIME ZONE %(zone)s
    GROUP BY 1, 2
), spent AS (
    SELECT level, bucket, currency, count(*) FILTER (WHERE stayed > 0) AS active,
           sum(orders)::bigint AS orders, sum(amount) AS amount
    FROM (
        SELECT membership_product_id AS level, {day_bucket} AS bucket, currency, partner_id,
               sum(orders) AS orders, sum(amount) AS amount,
               sum(orders) FILTER (WHERE sold_on >= greatest({day_bucket}, %(since)s)) AS stayed
        FROM membership_report_customer
        WHERE report_date >= %(since)s AND report_date < %(until)s
          AND (%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))
        GROUP BY 1, 2, 3, 4
    ) one GROUP BY 1, 2, 3
), points AS (
    SELECT membership_product_id AS level, {hour_bucket} AS bucket,
           sum(points_earned) AS earned, sum(points_redeemed) AS redeemed
    FROM point_report_hourly
    WHERE local_hour >= %(since)s AND local_hour < %(until)s
    GROUP BY 1, 2
), keys AS (
    SELECT level, bucket, currency FROM spent
    UNION
    SELECT level, bucket, NULL FROM (
        SELECT level, bucket FROM moved UNION SELECT level, bucket FROM points
    ) one WHERE NOT EXISTS (
        SELECT FROM spent s WHERE s.level = one.level AND s.bucket = one.bucket)
), page AS (
    SELECT *, count(*) OVER () AS total FROM keys
    WHERE (%(levels)s::bigint[] IS NULL OR level = ANY(%(levels)s))
)
SELECT k.level, coalesce(l.name, ''), k.bucket, k.currency, coalesce(m.new_members, 0),
       coalesce(s.active, 0), coalesce(m.upgraded, 0), coalesce(m.downgraded, 0),
       coalesce(s.orders, 0), coalesce(s.amount, 0), coalesce(p.earned, 0),
       coalesce(p.redeemed, 0), k.total
FROM page k
LEFT JOIN loyalty_membershipproduct l ON l.id = k.level
LEFT JOIN moved m ON m.level = k.level AND m.bucket = k.bucket
LEFT JOIN points p ON p.level = k.level AND p.bucket = k.bucket
LEFT JOIN spent s
  ON s.level = k.level AND s.bucket = k.bucket AND s.currency IS NOT DISTINCT FROM k.currency
ORDER BY k.bucket DESC, l.rank DESC NULLS LAST, k.level, k.currency
LIMIT %(limit)s OFFSET %(offset)s
"""


_COUNT = "SELECT count(*) FROM ({report}) AS one"


@dataclass(frozen=True, slots=True)
class MembershipAnalytics:
    """One level in one span of time; `membership_product_id` 0: members without a level.

    `currency` None: nobody bought. What is not money stands in each row of several currencies.
    """

    membership_product_id: int
    membership_level: str
    date: date
    currency: str | None
    new_members: int
    active_members: int
    upgraded_members: int
    downgraded_members: int
    total_transactions: int
    total_spending: Decimal
    total_points_earned: Decimal
    total_points_redeemed: Decimal

    @property
    def avg_spending(self) -> Decimal:
        """Spending for each active member; 0 if there is none."""
        return self.total_spending / self.active_members if self.active_members else ZERO


def membership_analytics(
    period: Period,
    *,
    membership_product_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
    page: int = 1,
    per_page: int = 100,
) -> Page[MembershipAnalytics]:
    """Return one page of levels by time, the latest first, then the highest level; one statement.

    `pos_config_ids` chooses purchases; levels and points belong to no store. By the hour, it is
    given by the day.
    """
    asked = _asked(period, membership_product_ids, pos_config_ids, per_page, (page - 1) * per_page)
    sql = _sql(period)

    def from_summaries() -> tuple[list[tuple[Any, ...]], int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, asked)
            found = cursor.fetchall()
        total = found[0][-1] if found else _count(sql, asked) if page > 1 else 0
        return [row[:-1] for row in found], total

    def make() -> Page[MembershipAnalytics]:
        found, total = from_clickhouse(
            period, lambda: membership_page(period, asked), from_summaries
        )
        return Page([MembershipAnalytics(*row) for row in found], page, per_page, total)

    return kept_page(MembershipAnalytics, sql, asked, make)


def each_membership_analytics(
    period: Period,
    *,
    membership_product_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
) -> Iterator[MembershipAnalytics]:
    """Yield all rows in the same order, without ever holding all of them."""
    asked = _asked(period, membership_product_ids, pos_config_ids, None, 0)
    found = each_from_clickhouse(
        period,
        lambda: each_membership(period, asked),
        lambda: (row[:-1] for row in stream(_sql(period), asked)),
    )
    yield from (MembershipAnalytics(*row) for row in found)


def count_membership_analytics(
    period: Period,
    *,
    membership_product_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
) -> int:
    """Return how many rows all pages have."""
    asked = _asked(period, membership_product_ids, pos_config_ids, None, 0)
    return _count(_sql(period), asked)


def _count(sql: str, asked: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(report=sql), asked | {"limit": None, "offset": 0})
        return int(cursor.fetchone()[0])


def _asked(
    period: Period,
    membership_product_ids: Sequence[int] | None,
    pos_config_ids: Sequence[int] | None,
    limit: int | None,
    offset: int,
) -> dict[str, Any]:
    return {
        "since": period.date_from,
        "until": period.until,
        "zone": settings.TIME_ZONE,
        "levels": None if membership_product_ids is None else list(membership_product_ids),
        "stores": None if pos_config_ids is None else list(pos_config_ids),
        "limit": limit,
        "offset": offset,
    }


def _sql(period: Period) -> str:
    cut = _CUT[GroupBy.DAY if period.group_by is GroupBy.HOUR else period.group_by]
    return _REPORT.format(
        move_bucket=cut.format("(membership_start AT TIME ZONE %(zone)s)::date"),
        day_bucket=cut.format("report_date"),
        hour_bucket=cut.format("local_hour::date"),
    )
