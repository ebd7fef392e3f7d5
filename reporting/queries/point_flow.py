"""Points of each kind over time: in, out, and what is owed at the end; and what is never redeemed.

Breakage looks at points by the month in which they were earned, as the journal has them up to an
instant:
- earned: less what was undone; redeemed: less what was given back; expired: swept or past its date;
- other: adjustments and transfers of these points; left: what can still be spent;
- settled rate = expired / (expired + redeemed), over all months asked for: of points whose fate is
  known, the share that nobody redeemed;
- expected breakage = expired + left x settled rate. Points that never expire break only by being
  forgotten, which no journal can tell: of them the expected breakage is zero. Where some may
  expire and no fate is known, there is no rate and nothing to expect: none is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from loyalty.liability import liability
from loyalty.models import LoyaltyProgram
from reporting.queries.period import ZERO, GroupBy, Period

_CUT = {
    GroupBy.HOUR: "local_hour",
    GroupBy.DAY: "local_hour::date",
    GroupBy.WEEK: "date_trunc('week', local_hour)::date",
    GroupBy.MONTH: "date_trunc('month', local_hour)::date",
}
_FLOW = """
SELECT one.loyalty_program_id, p.name, one.bucket, one.earned, one.redeemed, one.expired,
       one.adjusted, sum(one.moved) OVER (PARTITION BY one.loyalty_program_id ORDER BY one.bucket)
           + coalesce(held.points, 0)
FROM (
    SELECT loyalty_program_id, {bucket} AS bucket, sum(points_earned) AS earned,
           sum(points_redeemed) AS redeemed, sum(points_expired) AS expired,
           sum(points_adjusted) AS adjusted, sum(points_amount) AS moved
    FROM point_report_hourly
    WHERE local_hour >= %(since)s AND local_hour < %(until)s AND {chosen}
    GROUP BY 1, 2
) one
JOIN loyalty_loyaltyprogram p ON p.id = one.loyalty_program_id
LEFT JOIN (
    SELECT loyalty_program_id, sum(points_amount) AS points FROM point_report_hourly
    WHERE local_hour < %(since)s AND {chosen} GROUP BY 1
) held ON held.loyalty_program_id = one.loyalty_program_id
ORDER BY one.bucket, one.loyalty_program_id
"""
_OWED = """
SELECT coalesce(sum(points_amount), 0) FROM point_report_hourly
WHERE loyalty_program_id = %s AND local_hour < %s
"""
_CHOSEN = "(%(kinds)s::bigint[] IS NULL OR loyalty_program_id = ANY(%(kinds)s))"
_BREAKAGE = """
WITH lot AS (
    SELECT m.id, c.loyalty_program_id, m.expiration_date,
           date_trunc('month', m.gain_date AT TIME ZONE p.time_zone)::date AS month
    FROM loyalty_pointmove m
    JOIN loyalty_loyaltycard c ON c.id = m.card_id
    JOIN loyalty_loyaltyprogram p ON p.id = c.loyalty_program_id
    JOIN loyalty_pointoperation made ON made.id = m.operation_id AND made.kind = 'earn'
    WHERE m.gain_date >= %(since)s::timestamp AT TIME ZONE p.time_zone
      AND m.gain_date < %(until)s::timestamp AT TIME ZONE p.time_zone
      AND (%(kinds)s::bigint[] IS NULL OR c.loyalty_program_id = ANY(%(kinds)s))
), moved AS (
    SELECT lot.id, lot.loyalty_program_id, lot.month, lot.expiration_date, h.points_amount,
           CASE WHEN o.kind = 'reverse' THEN undone.kind ELSE o.kind END AS counts_as, o.kind
    FROM lot
    JOIN loyalty_pointhistory h ON h.move_id = lot.id AND h.transaction_time <= %(at)s
    JOIN loyalty_pointoperation o ON o.id = h.operation_id
    LEFT JOIN loyalty_pointoperation undone ON undone.id = o.reverses_id
), fate AS (
    SELECT loyalty_program_id, month, expiration_date,
           coalesce(sum(points_amount) FILTER (WHERE counts_as = 'earn'), 0) AS earned,
           coalesce(-sum(points_amount) FILTER (WHERE counts_as = 'redeem'), 0) AS redeemed,
           coalesce(-sum(points_amount) FILTER (WHERE counts_as = 'expire'), 0) AS expired,
           coalesce(sum(points_amount)
               FILTER (WHERE counts_as NOT IN ('earn', 'redeem', 'expire')), 0) AS other,
           sum(points_amount) AS held
    FROM moved GROUP BY id, 1, 2, 3
)
SELECT f.loyalty_program_id, p.name, f.month, sum(f.earned), sum(f.redeemed),
       sum(f.expired + CASE WHEN f.expiration_date <= %(at)s THEN f.held ELSE 0 END), sum(f.other),
       sum(CASE WHEN f.expiration_date <= %(at)s THEN 0 ELSE f.held END),
       coalesce(sum(f.held) FILTER (WHERE f.expiration_date > %(at)s), 0)
FROM fate f JOIN loyalty_loyaltyprogram p ON p.id = f.loyalty_program_id
GROUP BY 1, 2, 3 ORDER BY 1, 3
"""


@dataclass(frozen=True, slots=True)
class PointFlow:
    """Points of one kind in one span of time; `owed` at its end, all that ever moved added up."""

    loyalty_program_id: int
    loyalty_program: str
    date: date | datetime
    earned: Decimal
    redeemed: Decimal
    expired: Decimal
    adjusted: Decimal
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points of a kind whose last good day lies in a month; None: they never expire."""

    loyalty_program_id: int
    loyalty_program: str
    month: date | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Breakage:
    """What became of the points earned in a month. `can_expire`: the part of `left` that may.

    `settled_rate` is of the kind over all months asked for; None: no fate is known yet.
    """

    loyalty_program_id: int
    loyalty_program: str
    month: date
    earned: Decimal
    redeemed: Decimal
    expired: Decimal
    other: Decimal
    left: Decimal
    can_expire: Decimal
    settled_rate: Decimal | None = None

    @property
    def expected(self) -> Decimal | None:
        """Points that are not redeemed in the end, as estimated; None: too early to say.

        Where nothing is left that may expire it is what expired, whatever the rate.
        """
        if self.can_expire == 0:
            return self.expired
        if self.settled_rate is None:
            return None
        return self.expired + self.can_expire * self.settled_rate

    @property
    def expected_share(self) -> float | None:
        """The same by what was earned; 0 if nothing was."""
        expected = self.expected
        if expected is None:
            return None
        return float(expected / self.earned) if self.earned > 0 else 0.0


def point_flow(
    period: Period, *, loyalty_program_ids: Sequence[int] | None = None
) -> list[PointFlow]:
    """Return points by time and kind, the first span first; spans without moves are left out."""
    sql = _FLOW.format(bucket=_CUT[period.group_by], chosen=_CHOSEN)
    return [PointFlow(*row) for row in _rows(sql, period, loyalty_program_ids)]


def points_owed_before(day: date, loyalty_program_id: int) -> Decimal:
    """Return what was owed in points of a kind as a day began: all that ever moved, added up."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, (loyalty_program_id, day))
        owed: Decimal = cursor.fetchone()[0]
    return owed


def expiry_schedule(
    at: datetime, *, loyalty_program_ids: Sequence[int] | None = None
) -> list[Expiring]:
    """Return what is owed by kind and month of expiry, as of an instant; never comes last."""
    programs = LoyaltyProgram.objects.order_by("pk")
    if loyalty_program_ids is not None:
        programs = programs.filter(pk__in=loyalty_program_ids)
    found = []
    for key, name in programs.values_list("pk", "name"):
        months = liability(key, at).expiring
        found += [Expiring(key, name, one.month, one.points) for one in months]
    return found


def breakage(
    period: Period, *, at: datetime, loyalty_program_ids: Sequence[int] | None = None
) -> list[Breakage]:
    """Return what became of the points earned in each month of the period, up to an instant."""
    rows = [Breakage(*row) for row in _rows(_BREAKAGE, period, loyalty_program_ids, at=at)]
    rates = {}
    for key in {one.loyalty_program_id for one in rows}:
        ours = [one for one in rows if one.loyalty_program_id == key]
        expired = sum((one.expired for one in ours), ZERO)
        settled = expired + sum((one.redeemed for one in ours), ZERO)
        rates[key] = expired / settled if settled > 0 else None
    return [replace(one, settled_rate=rates[one.loyalty_program_id]) for one in rows]


def _rows(
    sql: str, period: Period, kinds: Sequence[int] | None, **more: Any
) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {
        "since": period.date_from,
        "until": period.until,
        "kinds": None if kinds is None else list(kinds),
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
