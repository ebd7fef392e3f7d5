"""What a report is asked for: a span of days, how they are grouped, and which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from reporting.errors import PeriodOutOfRange, PeriodTooLong, PeriodUpsideDown

LONGEST_DAYS = 366 * 6
LONGEST_DAYS_BY_HOUR = 93
#: The days of which facts have months (migration 0006_calendar), and both stores can tell.
EARLIEST, LATEST = date(1980, 1, 1), date(2099, 12, 31)
MOST_PER_PAGE = 500
ZERO = Decimal(0)
Row = TypeVar("Row")


class GroupBy(StrEnum):
    """How the time of a report is cut; weeks start on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the stores' calendars, both included.

    Raises: PeriodOutOfRange, PeriodUpsideDown, PeriodTooLong.
    """

    date_from: date
    date_to: date
    group_by: GroupBy = GroupBy.DAY

    def __post_init__(self) -> None:
        check_days(self.date_from, self.date_to)
        most = LONGEST_DAYS_BY_HOUR if self.group_by is GroupBy.HOUR else LONGEST_DAYS
        if self.days > most:
            raise PeriodTooLong(days=self.days, most=most)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.date_to - self.date_from).days + 1

    @property
    def until(self) -> date:
        """The first day after it."""
        return self.date_to + timedelta(days=1)


def check_days(first: date, last: date) -> None:
    """Refuse days that are no span of a shop's. Raises: PeriodOutOfRange, PeriodUpsideDown."""
    if first < EARLIEST or last > LATEST:
        raise PeriodOutOfRange(earliest=EARLIEST, latest=LATEST)
    if last < first:
        raise PeriodUpsideDown(date_from=first, date_to=last)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a report. `total`: rows of all pages."""

    rows: Sequence[Row]
    page: int
    per_page: int
    total: int
