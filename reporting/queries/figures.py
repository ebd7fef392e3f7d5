"""What the dashboard shows: a period at chosen stores, in one currency, at one moment.

Sales are what was paid, less what came back. Points belong to no store and stand by their kind.
Liability is what members could claim at the end of the period: all that ever moved, added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from reporting.queries.period import ZERO, GroupBy, Period

TOP_PROGRAMS = 8
FEED = 12
DAYS_BY_HOUR = 2
DAYS_BY_DAY = 92
DAYS_BY_WEEK = 366

_STORES = "(%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))"
_CURRENCIES = """
SELECT currency FROM order_report_hourly
WHERE local_hour >= %(since)s AND local_hour < %(until)s AND {stores}
GROUP BY currency ORDER BY sum(orders) DESC, currency
"""
_SALES = """
SELECT coalesce(sum(orders), 0)::bigint, coalesce(sum(amount), 0), coalesce(sum(discount), 0)
FROM order_report_hourly
WHERE local_hour >= %(since)s AND local_hour < %(until)s AND currency = %(currency)s AND {stores}
"""
_SERIES = """
SELECT {bucket} AS bucket, sum(orders)::bigint, sum(amount), sum(discount)
FROM order_report_hourly
WHERE local_hour >= %(since)s AND local_hour < %(until)s AND currency = %(currency)s AND {stores}
GROUP BY 1 ORDER BY 1
"""
_POINTS = """
SELECT p.id, p.name, p.unit, one.earned, one.redeemed, one.expired, one.liability FROM (
    SELECT loyalty_program_id, sum(operations) AS operations,
           coalesce(sum(points_earned) FILTER (WHERE local_hour >= %(since)s), 0) AS earned,
           coalesce(sum(points_redeemed) FILTER (WHERE local_hour >= %(since)s), 0) AS redeemed,
           coalesce(sum(points_expired) FILTER (WHERE local_hour >= %(since)s), 0) AS expired,
           sum(points_amount) AS liability
    FROM point_report_hourly WHERE local_hour < %(until)s GROUP BY loyalty_program_id
) one JOIN loyalty_loyaltyprogram p ON p.id = one.loyalty_program_id
ORDER BY one.operations DESC, p.id
"""
_LEVELS = """
SELECT l.id, l.name, count(m.id) FROM loyalty_membershipproduct l
LEFT JOIN loyalty_membership m ON m.membership_product_id = l.id AND m.closed_at IS NULL
GROUP BY l.id, l.name, l.rank ORDER BY l.rank, l.id
"""
_TOP = """
SELECT s.program_id, p.name, s.orders, s.amount, s.discount FROM (
    SELECT program_id, sum(orders)::bigint AS orders, sum(amount) AS amount,
           sum(discount) AS discount
    FROM promotion_report_daily
    WHERE report_date >= %(since)s AND report_date < %(until)s
      AND currency = %(currency)s AND {stores}
    GROUP BY program_id ORDER BY sum(discount) DESC, sum(orders) DESC, program_id
    LIMIT %(top)s
) s JOIN promotions_promotionprogram p ON p.id = s.program_id
ORDER BY s.discount DESC, s.orders DESC, s.program_id
"""
_FEED = """
SELECT f.order_id, f.order_ref, f.kind, pos.name, f.local_time, f.currency, f.amount, f.discount
FROM order_report_detail f JOIN promotions_posconfig pos ON pos.id = f.pos_config_id
WHERE f.transaction_date >= %(since)s::timestamp - interval '1 day'
  AND f.transaction_date < %(until)s::timestamp + interval '1 day'
  AND f.local_time >= %(since)s AND f.local_time < %(until)s
  AND (%(stores)s::bigint[] IS NULL OR f.pos_config_id = ANY(%(stores)s))
ORDER BY f.transaction_date DESC, f.id DESC LIMIT %(feed)s
"""


@dataclass(frozen=True, slots=True)
class Sales:
    """Orders of a span, what was paid for them and taken off."""

    orders: int
    amount: Decimal
    discount: Decimal

    @property
    def average(self) -> Decimal:
        """What an order comes to; 0 without orders."""
        return self.amount / self.orders if self.orders else ZERO


@dataclass(frozen=True, slots=True)
class Point:
    """One bar of the chart: what began at `start`, by the stores' clocks."""

    start: datetime
    orders: int
    amount: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class PointFigures:
    """Points of one kind in and out of the period, and what is owed at its end."""

    loyalty_program_id: int
    name: str
    unit: str
    earned: Decimal
    redeemed: Decimal
    expired: Decimal
    liability: Decimal


@dataclass(frozen=True, slots=True)
class TopProgram:
    """A program of the period, the one that gave most first."""

    program_id: int
    name: str
    orders: int
    amount: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many members hold a level now."""

    membership_product_id: int
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class FeedRow:
    """An order or a return, the newest first; `kind`: sale or return; its time by the store."""

    order_id: int
    order_ref: str
    kind: str
    store: str
    local_time: datetime
    currency: str
    amount: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the dashboard. `other_currencies`: sold in, too, and not in these sums."""

    currency: str
    other_currencies: tuple[str, ...]
    sales: Sales
    sales_before: Sales
    points: Sequence[PointFigures]
    group_by: GroupBy
    series: Sequence[Point] = field(default_factory=tuple)
    top_programs: Sequence[TopProgram] = field(default_factory=tuple)
    levels: Sequence[LevelCount] = field(default_factory=tuple)
    feed: Sequence[FeedRow] = field(default_factory=tuple)

    @property
    def is_feed_full(self) -> bool:
        """Whether the feed has as many rows as it shows, so that none is missing."""
        return len(self.feed) == FEED


def dashboard_figures(
    period: Period, *, pos_config_ids: Sequence[int] | None = None, currency: str | None = None
) -> Figures:
    """Return the figures of a period, and the sales of as many days before it.

    `currency`: None, or one nothing was sold in: the one most orders were made in. Eight
    statements, over summaries.
    """
    asked: dict[str, Any] = {
        "since": period.date_from,
        "until": period.until,
        "stores": None if pos_config_ids is None else list(pos_config_ids),
        "top": TOP_PROGRAMS,
        "feed": FEED,
    }
    found = [row[0] for row in _rows(_CURRENCIES, asked)]
    # A store of another currency was chosen: what it sold in is meant, not zeros.
    chosen = currency if currency in found or not found else found[0]
    chosen = chosen or "USD"
    asked["currency"] = chosen
    before = asked | {
        "since": period.date_from - timedelta(days=period.days),
        "until": period.date_from,
    }
    group_by = chart_group(period)
    return Figures(
        currency=chosen,
        other_currencies=tuple(one for one in found if one != chosen),
        sales=Sales(*_rows(_SALES, asked)[0]),
        sales_before=Sales(*_rows(_SALES, before)[0]),
        points=[PointFigures(*row) for row in _rows(_POINTS, asked)],
        group_by=group_by,
        series=_series(period, group_by, asked),
        top_programs=[TopProgram(*row) for row in _rows(_TOP, asked)],
        levels=members_by_level(),
        feed=[FeedRow(*row) for row in _rows(_FEED, asked)],
    )


def members_by_level() -> list[LevelCount]:
    """Return how many members hold each level now, the lowest level first; one statement."""
    return [LevelCount(*row) for row in _rows(_LEVELS, {})]


def chart_group(period: Period) -> GroupBy:
    """Return how a chart of the period is cut, so that its bars can be told apart."""
    if period.days <= DAYS_BY_HOUR:
        return GroupBy.HOUR
    if period.days <= DAYS_BY_DAY:
        return GroupBy.DAY
    return GroupBy.WEEK if period.days <= DAYS_BY_WEEK else GroupBy.MONTH


def _series(period: Period, group_by: GroupBy, asked: dict[str, Any]) -> list[Point]:
    """Return every bar of the period, those without orders too."""
    rows = _rows(_SERIES, asked, bucket=f"date_trunc('{group_by}', local_hour)")
    held = {start: Point(start, *sums) for start, *sums in rows}
    return [held.get(one, Point(one, 0, ZERO, ZERO)) for one in starts_of(period, group_by)]


def starts_of(period: Period, group_by: GroupBy) -> list[datetime]:
    """Return when each span of a chart begins, by the wall clock; the first may begin earlier."""
    starts: list[datetime] = []
    one, until = _first(period.date_from, group_by), _midnight(period.until)
    while one < until:
        starts.append(one)
        if group_by is GroupBy.MONTH:
            one = (one + timedelta(days=32)).replace(day=1)
        else:
            one += {
                GroupBy.HOUR: timedelta(hours=1),
                GroupBy.DAY: timedelta(days=1),
                GroupBy.WEEK: timedelta(weeks=1),
            }[group_by]
    return starts


def _first(day: date, group_by: GroupBy) -> datetime:
    if group_by is GroupBy.WEEK:
        return _midnight(day - timedelta(days=day.weekday()))
    return _midnight(day.replace(day=1) if group_by is GroupBy.MONTH else day)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the stores' wall clock


def _rows(sql: str, asked: dict[str, Any], **parts: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(stores=_STORES, **parts), asked)
        return list(cursor.fetchall())
