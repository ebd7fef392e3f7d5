"""Reading instants, whole days and times of day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from core.sentences import sentence as _

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2})?")


def read_instant(text: str, *, end_of_day: bool) -> datetime:
    """Return an ISO 8601 instant, or the first or last instant of a whole date.

    A date is a day in the default time zone; its last instant is the microsecond before the next
    day, as both ends of a program's time are included.

    Raises: ValueError, whose text says what to do.
    """
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            if not end_of_day:
                return _midnight(day)
            return _midnight(day + timedelta(days=1)) - timedelta(microseconds=1)
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            _("Not a date. Give an instant (2026-12-24T18:00:00+01:00) or a date (2026-12-24).")
        ) from None
    raise ValueError(_("Say the time zone: add Z or an offset such as +07:00."))


def read_clock(text: str, *, is_end: bool) -> time:
    """Return a time of day; `24:00` is the midnight that ends the day.

    Raises: ValueError, whose text says what to do.
    """
    if is_end and text in ("24:00", "24:00:00"):
        return time(0)
    try:
        if _CLOCK.fullmatch(text):
            return time.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(_("Not a time of day. Write it as 17:00."))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), timezone.get_default_timezone())
