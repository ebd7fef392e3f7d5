"""One table of an Odoo on its way here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from imports.loading.cleaning import end_of_day
from imports.loading.rows import Loader, Prepared
from imports.odoo.source import Row, Source


@dataclass(frozen=True, slots=True)
class Odoo:
    """An Odoo and how it is read.

    `name`: what its rows are remembered under, and how references made for them begin. `sku`:
    the column that holds SKUs, default_code or barcode. `time_zone`: of stores whose company
    has none.
    """

    source: Source
    name: str
    sku: str = "default_code"
    time_zone: str = "UTC"

    def end_of(self, day: date | None) -> datetime | None:
        """Return the instant at which a last day is over."""
        return None if day is None else end_of_day(day, ZoneInfo(self.time_zone))


class Step:
    """Reads rows of `model` and says what they are here, as `table`.

    `incremental`: rows say when they were changed, and only changed ones are read again.
    """

    table: ClassVar[str]
    model: ClassVar[str]
    incremental: ClassVar[bool] = True
    loader: Loader

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo
        self.source, self.name = odoo.source, odoo.name

    def prepare(self, rows: Sequence[Row]) -> list[Prepared]:
        """Return what the rows are here, or why they cannot be."""
        raise NotImplementedError

    def extra(self) -> list[Prepared]:
        """Return what is made of no row of the model."""
        return []

    def _ref(self, what: str, key: object) -> str:
        """Return the reference of a thing that has none of its own."""
        return f"{self.name}:{what}:{key}"
