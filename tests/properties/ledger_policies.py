"""Twelve kinds of points in which every expiry meets other rules, with dates told their own way."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Policy:
    """The terms of a kind of points. `expiry`: kind, length, round up; `calendar`: month, day.

    `cap`: hundredths of points that a card earns in a `period` at most.
    """

    negative: str
    pending: int
    cap: int | None
    period: str
    expiry: tuple[str, int, str] = ("none", 0, "none")
    calendar: tuple[int, int] | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What `upsert_loyalty_program` takes."""
        kind, length, round_up = self.expiry
        month, day = self.calendar or (None, None)
        return {
            "expiry": kind,
            "expiry_length": length,
            "expiry_round_up": round_up,
            "expiry_month": month,
            "expiry_day": day,
            "negative_balance": self.negative,
            "pending_days": self.pending,
            "earning_cap": None if self.cap is None else Decimal(self.cap) / 100,
            "earning_cap_period": self.period,
            "time_zone": str(ZONE),
        }

    @property
    def by_activity(self) -> bool:
        return self.expiry[0] == "inactivity"

    def until(self, at: datetime) -> datetime | None:
        """When points gained at that instant expire."""
        kind, length, round_up = self.expiry
        day = at.astimezone(ZONE).date()
        if kind == "none":
            return None
        if kind == "days":
            day += timedelta(days=length)
        elif kind == "calendar":
            while (day.month, day.day) != self.calendar:
                day += timedelta(days=1)
        else:
            day = _months_after(day, length)
        if round_up == "month":
            day = _last_of_month(day)
        if round_up == "quarter":
            while day.month % 3:
                day = _last_of_month(day) + timedelta(days=1)
            day = _last_of_month(day)
        return datetime.combine(day, time(), ZONE) + timedelta(days=1)

    def same_period(self, one: datetime, other: datetime) -> bool:
        """Whether the earning cap counts both instants together."""
        return self._period(one) == self._period(other)

    def _period(self, at: datetime) -> tuple[int, ...]:
        day = at.astimezone(ZONE).date()
        return {
            "day": (day.toordinal(),),
            "week": day.isocalendar()[:2],
            "month": (day.year, day.month),
            "year": (day.year,),
        }[self.period]


QUARTER = ("months", 2, "quarter")
MONTH_END = ("months", 1, "month")
IDLE = ("inactivity", 1, "none")
YEARLY = ("calendar", 0, "none")
POLICIES = {
    "kept for ever, debts": Policy("allow", 0, None, "month"),
    "kept for ever, pending and capped": Policy("refuse", 3, 4000, "day"),
    "days, debts": Policy("allow", 0, 6000, "week", ("days", 20, "none")),
    "days, pending": Policy("floor_at_zero", 3, None, "month", ("days", 10, "none")),
    "quarters, no debts": Policy("refuse", 0, None, "month", QUARTER),
    "quarters, pending debts": Policy("allow", 3, 9000, "month", QUARTER),
    "a day of the year, floor": Policy("floor_at_zero", 0, 9000, "year", YEARLY, (4, 30)),
    "a day of the year, debts": Policy("allow", 3, None, "month", YEARLY, (6, 1)),
    "activity, debts": Policy("allow", 0, None, "month", IDLE),
    "activity, floor and pending": Policy("floor_at_zero", 3, 4000, "day", IDLE),
    "end of month, no debts": Policy("refuse", 3, 6000, "week", MONTH_END),
    "end of month, floor": Policy("floor_at_zero", 0, 9000, "month", MONTH_END),
}


def _months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where it has no such day."""
    first = day.replace(day=1)
    for _ in range(months):
        first = _last_of_month(first) + timedelta(days=1)
    return first.replace(day=min(day.day, _last_of_month(first).day))


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
