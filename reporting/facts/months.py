"""Calendar months, which facts are made anew by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from reporting.queries.period import EARLIEST, LATEST

#: From and to which instant facts have months; migration 0006_calendar says the same. What is
#: outside, such as a mistyped year, makes no partitions, and rebuilds do not go through centuries.
CALENDAR = (
    datetime.combine(EARLIEST, time(), UTC),
    datetime.combine(LATEST + timedelta(days=1), time(), UTC),
)


def months_of(since: date, until: date) -> Iterator[tuple[date, date]]:
    """Cut the days from `since` up to, not including, `until` into calendar months."""
    first = since
    while first < until:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(following, until)
        first = following
