"""What report pages are made of: a chart, the table behind it, and where its files are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

SHADES = 10


class ChartKind(StrEnum):
    """How numbers are drawn."""

    BARS = "bars"
    STACKED = "stacked"
    LINES = "lines"
    ACROSS = "across"


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers over labels. `label`: what a screen reader says; the table has the numbers.

    `unit`: what stands behind each number, as in 10 %.
    """

    label: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[Decimal | int | float]]]
    kind: ChartKind = ChartKind.BARS
    currency: str = ""
    unit: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """Return it as the page's script reads it."""
        return {
            "kind": self.kind.value,
            "labels": list(self.labels),
            "series": [
                {"name": name, "values": [float(one) for one in values]}
                for name, values in self.series
            ],
            "currency": self.currency,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. `share`: 0 to 1, how strongly it is shaded; None: not at all."""

    text: str
    link: str = ""
    share: float | None = None
    note: str = ""

    @property
    def shade(self) -> int | None:
        """Return the step of the shading, 0 to SHADES."""
        return None if self.share is None else round(max(0.0, min(1.0, self.share)) * SHADES)


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page. `files`: an address that takes `format=csv|xlsx`; '' for none.

    `note`: what the numbers mean. `empty`: what to do where there are none. `is_table`: the table
    is what one looks at, so it is open. `words`: columns of words, which begin at the left; the
    others are numbers.
    """

    key: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    chart: Chart | None = None
    files: str = ""
    note: str = ""
    empty: str = ""
    is_table: bool = False
    is_wide: bool = True
    words: Sequence[int] = (0,)

    @property
    def chart_id(self) -> str:
        """Return the id of the element that holds the numbers of its chart."""
        return f"{self.key}-data"

    @property
    def glue(self) -> str:
        """Return what stands between the address of the files and the kind of file."""
        return "&" if "?" in self.files else "?"


@dataclass(frozen=True, slots=True)
class Tile:
    """A number, or a name (`is_words`), that stands for itself."""

    title: str
    value: str
    note: str = ""
    trend: str = ""
    is_words: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of tiles and panels, in this order."""

    tiles: Sequence[Tile] = field(default_factory=tuple)
    panels: Sequence[Panel] = field(default_factory=tuple)
    currencies: Sequence[str] = field(default_factory=tuple)


def row(*texts: str | Cell) -> list[Cell]:
    """Return a row of a table."""
    return [one if isinstance(one, Cell) else Cell(one) for one in texts]
