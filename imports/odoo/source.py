"""What an Odoo is to an import: rows of models, read in pages, whichever way they come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

Row = dict[str, Any]
PAGE = 500
_FINEST = Decimal("0.000001")


class Source(Protocol):
    """An Odoo. Rows hold `id`, `write_date` and the columns of `tables.MODELS`, alike from both.

    Texts are stripped, empty ones None; numbers Decimals; links ids; instants in UTC. All raise
    SourceUnreachable, SourceRefused, SourceLacks.
    """

    @property
    def origin(self) -> str:
        """Where it is, without user and password."""

    def has(self, model: str) -> bool:
        """Tell whether the model is there; its module may not be installed."""

    def newest(self, model: str) -> datetime | None:
        """Return when a row was changed last."""

    def count(self, model: str, *, since: datetime | None, after: int) -> int:
        """Return how many rows `page` would give in all."""

    def page(self, model: str, *, since: datetime | None, after: int) -> list[Row]:
        """Return the next rows with an id above `after`, in their order.

        `since`: only those changed at this instant or later.
        """

    def read(self, model: str, column: str, ids: Collection[int]) -> list[Row]:
        """Return the rows whose column is one of the ids, in the order of their own."""


def rows_of(source: Source, model: str, *, since: datetime | None = None) -> Iterator[Row]:
    """Yield all rows of a model; nothing where its module is not installed."""
    after = 0
    while source.has(model):
        rows = source.page(model, since=since, after=after)
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


def tidy_number(value: object) -> Decimal:
    """Return a number as a Decimal without what binary fractions add behind the sixth digit."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or abs(number) >= Decimal(10**18):
        return number
    short = number.quantize(_FINEST).normalize()
    return short if short != short.to_integral_value() else short.quantize(Decimal(1))


def tidy_text(value: object) -> str | None:
    """Return a text without spaces around it; None if nothing is left."""
    return (value.strip() or None) if isinstance(value, str) else None


def tidy_instant(value: object) -> datetime | None:
    """Return an instant; Odoo keeps them in UTC without saying so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


def tidy_date(value: object) -> date | None:
    """Return a day."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value if isinstance(value, date) else None


def in_language(value: object, language: str) -> str | None:
    """Return a translated text in a language, else in English, else in any."""
    if not isinstance(value, dict):
        return tidy_text(value)
    for name in (language, "en_US", *value):
        found = tidy_text(value.get(name))
        if found:
            return found
    return None
