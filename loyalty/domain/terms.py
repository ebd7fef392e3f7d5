"""When points of a kind can be spent, when they expire, and over what time earning is capped.

All in days of the program's own time zone: what expires on a day is good until that day ends.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty.errors import InvalidLoyaltyProgram

_MOST_LENGTH = {"days": 36_600, "months": 1_200, "inactivity": 1_200}
_SHORTEST_MONTH = 28


class Expiry(StrEnum):
    """By what points expire."""

    NONE = "none"
    DAYS = "days"
    MONTHS = "months"
    CALENDAR = "calendar"
    INACTIVITY = "inactivity"


class RoundUp(StrEnum):
    """To the end of what an expiry is rounded up."""

    NONE = "none"
    MONTH = "month"
    QUARTER = "quarter"


class CapPeriod(StrEnum):
    """Over what time the earning cap counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Window(NamedTuple):
    """From an instant on, until just before another."""

    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """The dates of one kind of points. `length`: days or months; `month`, `day`: of a year."""

    expiry: Expiry
    length: int
    round_up: RoundUp
    month: int | None
    day: int | None
    pending_days: int
    cap_period: CapPeriod
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str) -> Terms:
        """Read what the column `terms` of a loyalty program holds.

        Raises: ValueError if it is not such a text, ZoneInfoNotFoundError for an unknown zone.
        """
        expiry, length, round_up, month, day, pending, cap, zone = text.split("|")
        return cls(
            expiry=Expiry(expiry),
            length=int(length),
            round_up=RoundUp(round_up),
            month=int(month) if month else None,
            day=int(day) if day else None,
            pending_days=int(pending),
            cap_period=CapPeriod(cap),
            zone=ZoneInfo(zone),
        )

    def available_from(self, gained: datetime) -> datetime:
        """Return from when points gained then can be spent: so many days later, the same hour."""
        if not self.pending_days:
            return gained
        return gained.astimezone(self.zone) + timedelta(days=self.pending_days)

    def expires_at(self, gained: datetime) -> datetime | None:
        """Return when points gained then (or last active then) expire; None: never."""
        return _end_of_good(self, gained.astimezone(self.zone).date())

    def day_of(self, at: datetime) -> Window:
        """Return the day of the zone that an instant lies in."""
        today = at.astimezone(self.zone).date()
        return Window(self.end_of(today - timedelta(days=1)), self.end_of(today))

    def cap_window(self, at: datetime) -> Window:
        """Return the period of the earning cap that an instant lies in."""
        return _window(self, at.astimezone(self.zone).date())

    def window_of(self, today: date) -> Window:
        """Return the period of the earning cap that a day lies in."""
        match self.cap_period:
            case CapPeriod.DAY:
                first, last = today, today
            case CapPeriod.WEEK:
                first = today - timedelta(days=today.weekday())
                last = first + timedelta(days=6)
            case CapPeriod.MONTH:
                first, last = today.replace(day=1), _month_end(today)
            case CapPeriod.YEAR:
                first, last = date(today.year, 1, 1), date(today.year, 12, 31)
        return Window(self.end_of(first - timedelta(days=1)), self.end_of(last))

    def last_day(self, gained: date) -> date | None:
        """Return the last day on which points gained on that day are good."""
        match self.expiry:
            case Expiry.NONE:
                return None
            case Expiry.DAYS:
                last = gained + timedelta(days=self.length)
            case Expiry.MONTHS | Expiry.INACTIVITY:
                last = add_months(gained, self.length)
            case Expiry.CALENDAR:
                assert self.month, "loyalty_program_expiry_says_when"
                assert self.day, "loyalty_program_expiry_says_when"
                last = _day_of_year(gained.year, self.month, self.day)
                if last < gained:
                    last = _day_of_year(gained.year + 1, self.month, self.day)
        match self.round_up:
            case RoundUp.NONE:
                return last
            case RoundUp.MONTH:
                return _month_end(last)
            case RoundUp.QUARTER:
                return _month_end(date(last.year, last.month + (-last.month % 3), 1))

    def end_of(self, day: date) -> datetime:
        """Return the instant at which a day of the zone is over."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)


# A till asks the same of the same day all day long; the dates of a day cost more than its earning.
@lru_cache(maxsize=512)
def _end_of_good(terms: Terms, gained: date) -> datetime | None:
    last = terms.last_day(gained)
    return None if last is None else terms.end_of(last)


@lru_cache(maxsize=512)
def _window(terms: Terms, today: date) -> Window:
    return terms.window_of(today)


def check_terms(
    *, expiry: Expiry, length: int, month: int | None, day: int | None, pending_days: int
) -> None:
    """See to it that points of these terms can be spent at all.

    Raises: InvalidLoyaltyProgram, with the field and what it should be.
    """
    if expiry in _MOST_LENGTH and not 0 < length <= _MOST_LENGTH[expiry]:
        raise InvalidLoyaltyProgram(
            "Say after how many days or months.", field="expiry_length", most=_MOST_LENGTH[expiry]
        )
    if expiry is Expiry.CALENDAR:
        if month is None or not 1 <= month <= 12:
            raise InvalidLoyaltyProgram("Say in which month.", field="expiry_month")
        # 29 February is the last of February in other years.
        if day is None or not 1 <= day <= monthrange(2000, month)[1]:
            raise InvalidLoyaltyProgram("Say on which day of that month.", field="expiry_day")
    shortest = {
        Expiry.DAYS: length,
        Expiry.MONTHS: length * _SHORTEST_MONTH,
        Expiry.INACTIVITY: length * _SHORTEST_MONTH,
    }.get(expiry, _MOST_LENGTH["days"])
    if not 0 <= pending_days < shortest:
        raise InvalidLoyaltyProgram(
            "Points must be there to be spent before they expire.",
            field="pending_days",
            below=shortest,
        )


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _day_of_year(year, month + 1, day.day)


def _day_of_year(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _month_end(day: date) -> date:
    return _day_of_year(day.year, day.month, 31)
