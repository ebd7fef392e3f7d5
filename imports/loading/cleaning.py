"""Making texts of other systems fit, without losing the row over them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SPACES = re.compile(r"\s+")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
NEVER = date(9000, 1, 1)
_UNFIT_IN_REF = re.compile(r"[\x00-\x1f\x7f]")


def clean(text: str | None, most: int) -> str:
    """Return a text of one line without control characters, of at most so many characters."""
    kept = "".join(one for one in text or "" if unicodedata.category(one) != "Cc" or one.isspace())
    return _SPACES.sub(" ", kept).strip()[:most].rstrip()


def fits_as_ref(text: str) -> bool:
    """Tell whether a text can be a reference: in an address, at most 64 characters."""
    return (
        bool(text)
        and len(text) <= 64
        and not (_UNFIT_IN_REF.search(text) or text[0] in "/ " or text[-1] in "/ ")
    )


def is_past(at: datetime, now: datetime) -> bool:
    """Tell whether something can have happened then: tills have been there for some decades."""
    return EARLIEST <= at <= now


def end_of_day(day: date, zone: tzinfo) -> datetime | None:
    """Return the instant at which a last day is over, None where it means never.

    Other systems write the last day of the calendar for it, and after that there is no day.
    """
    if day >= NEVER:
        return None
    return datetime.combine(day + timedelta(days=1), time(), zone)


def path_part(name: str) -> str:
    """Return a category's name without the sign that parts paths."""
    return clean(name.replace(">", "/"), 120)
