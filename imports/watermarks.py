"""Where the reading of a table stands; written inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from imports.models import ImportWatermark

# A transaction there gives its rows the time at which it began, and shows them when it ends: what
# was changed this long before the newest row that was seen may not have been seen.
OVERLAP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of a table: rows changed since `since`, behind `last_id`."""

    source: str
    table: str
    since: datetime | None
    last_id: int


def begin_pass(source: str, table: str, *, newest: datetime | None, full: bool) -> Pass:
    """Go on with the pass that was broken off, or begin one behind the mark.

    `newest`: the newest change there. `full`: read everything, whatever was read before.
    """
    row, _made = ImportWatermark.objects.get_or_create(source=source, table=table)
    if full or not row.in_pass:
        since = None if full or row.mark is None else row.mark - OVERLAP
        row.in_pass, row.since, row.ceiling, row.last_id = True, since, newest, 0
        row.save()
    return Pass(source, table, row.since, row.last_id)


def reach(one: Pass, last_id: int) -> None:
    """Note that the rows up to an id were dealt with, together with what they became."""
    ImportWatermark.objects.filter(source=one.source, table=one.table).update(last_id=last_id)


def end_pass(one: Pass) -> None:
    """Make the newest change of the beginning the mark: later ones are read by the next pass."""
    row = ImportWatermark.objects.get(source=one.source, table=one.table)
    row.mark = max(filter(None, (row.mark, row.ceiling)), default=None)
    row.in_pass, row.since, row.ceiling, row.last_id = False, None, None, 0
    row.save()
