"""Making texts of other systems fit, without losing the row over them."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
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


def path_part(name: str) -> str:
    """Return a category's name without the sign that parts paths."""
    return clean(name.replace(">", "/"), 120)
