"""One row of a file, read field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from imports.files.reading import Cells
from imports.loading.bodies import Unfit
from imports.loading.cleaning import NEVER, clean
from imports.loading.cleaning import end_of_day as over_after
from imports.loading.rows import Fault

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_MOST_TEXT = 1000
_NO = frozenset({"", "0", "false", "no", "n", "f"})


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row by its place in the file, from 1. `columns`: our fields to the file's columns."""

    number: int
    cells: Cells
    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)

    def raw(self, name: str) -> Any:
        """Return what stands in a field, None if there is no such column."""
        return self.cells.get(self.columns.get(name, name))

    def text(self, name: str) -> str:
        """Return a field as text of one line without spaces around it; nothing is ""."""
        held = self.raw(name)
        return "" if held is None else clean(str(held), _MOST_TEXT)

    def needed(self, name: str) -> str:
        """Return a text that has to be there. Raises: Unfit."""
        held = self.text(name)
        if not held:
            raise Unfit(Fault(name, "required"))
        return held

    def number_of(self, name: str) -> Decimal | None:
        """Return a number, None if the field is empty. Raises: Unfit."""
        held = self.raw(name)
        if isinstance(held, Decimal):
            return held
        text = self.text(name)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise Unfit(Fault(name, "number_unread", {"text": text[:80]}))
        return Decimal(text)

    def needed_number(self, name: str) -> Decimal:
        """Return a number that has to be there. Raises: Unfit."""
        found = self.number_of(name)
        if found is None:
            raise Unfit(Fault(name, "required"))
        return found

    def flag(self, name: str, *, otherwise: bool) -> bool:
        """Return whether a field says yes; empty or missing: `otherwise`."""
        held = self.raw(name)
        if isinstance(held, bool):
            return held
        text = self.text(name).lower()
        return otherwise if not text else text not in _NO

    def listed(self, name: str) -> tuple[str, ...]:
        """Return a list, or a text of parts with semicolons between."""
        held = self.raw(name)
        parts = held if isinstance(held, list) else self.text(name).split(";")
        return tuple(str(one).strip() for one in parts if str(one).strip())

    def instant(self, name: str, *, end_of_day: bool = False) -> datetime | None:
        """Return an instant, None if the field is empty; without a zone it is the shop's.

        `end_of_day`: of a day alone, the instant at which it is over. Raises: Unfit.
        """
        held = self.raw(name)
        if not isinstance(held, (date, datetime)):
            text = self.text(name)
            if not text:
                return None
            held = _read(name, text)
        if not isinstance(held, datetime):
            if end_of_day:
                return over_after(held, self.zone)
            held = datetime.combine(held, time())
        if end_of_day and held.date() >= NEVER:
            return None
        return held if held.tzinfo else held.replace(tzinfo=self.zone)


def _read(name: str, text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(Fault(name, "instant_unread", {"text": text[:80]})) from None
