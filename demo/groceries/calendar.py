"""Moving the year of the data to the year that ends now.

Reports look at the last weeks, and points that expired years ago show nothing. So the data is
moved by whole weeks: weekdays, hours and what happened before what stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from demo.groceries.source import STORE_ZONE

_ZONE = ZoneInfo(STORE_ZONE)


@dataclass(frozen=True, slots=True)
class Shift:
    """Every day of the data becomes the day so many weeks later, on the stores' clocks."""

    weeks: int

    def instant(self, wall_clock: datetime) -> datetime:
        """Return the instant at which the store's clock shows this, moved."""
        moved = wall_clock.replace(tzinfo=None) + timedelta(weeks=self.weeks)
        return moved.replace(tzinfo=_ZONE).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        """Return the first instant of a day, moved."""
        return self.instant(datetime.combine(day, time.min))

    def end_of(self, day: date) -> datetime:
        """Return the last instant of a day, moved."""
        return self.instant(datetime.combine(day, time.max))


def shift_to_end_before(today: date, last_day: date) -> Shift:
    """Return the shift by which the data's last day is the latest possible before today."""
    return Shift((today - timedelta(days=1) - last_day).days // 7)


def shift_of_start(start: datetime, first_day: date) -> Shift:
    """Return the shift that moved the data's first day to this instant (an earlier load)."""
    return Shift((start.astimezone(_ZONE).date() - first_day).days // 7)
