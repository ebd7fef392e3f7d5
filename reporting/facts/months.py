"""Calendar months, which facts are made anew by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta


def months_of(since: date, until: date) -> Iterator[tuple[date, date]]:
    """Cut the days from `since` up to, not including, `until` into calendar months."""
    first = since
    while first < until:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(following, until)
        first = following
