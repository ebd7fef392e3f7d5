"""Lengths of time in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def duration(seconds: float) -> str:
    """Return a length of time as people say it, in its two largest units."""
    if seconds < 1:
        return _("%(count)s ms") % {"count": round(seconds * 1000)}
    units = (
        (pgettext("unit of time", "d"), 86_400),
        (pgettext("unit of time", "h"), 3600),
        (pgettext("unit of time", "min"), 60),
        (pgettext("unit of time", "s"), 1),
    )
    left, said = int(seconds), []
    for unit, size in units:
        if left >= size:
            said.append(f"{left // size} {unit}")
            left %= size
    return " ".join(said[:2])
