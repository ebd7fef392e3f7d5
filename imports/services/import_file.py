"""Taking over a file of another system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from imports.files.cells import FileRow
from imports.files.columns import check_columns
from imports.files.kinds import Entry, Kind
from imports.files.reading import count_rows, read_cells
from imports.loading.bodies import Unfit
from imports.loading.cleaning import fits_as_ref
from imports.loading.rows import Fault, Prepared, refused
from imports.models import ImportedRow
from imports.outcome import Progress, Tally
from imports.services.check_balances import BalancesChecked, check_balances
from imports.services.load_batch import load_batch
from imports.services.run_import import Imported, run_import

_AT_ONCE = 500


def import_file(
    *,
    path: Path,
    kind: Kind,
    source: str,
    columns: Mapping[str, str],
    dry_run: bool = False,
    at: datetime,
    progress: Progress = lambda _table, _done, _total: None,
    origin: str = "",
) -> Imported:
    """Load what a file says and did not say before; `columns`: our fields to the file's columns.

    Raises: UnreadableFile, ImportRunning.
    Writes: importrun; batch by batch what `load_batch` writes.
    Safe under: kills and repeats, rows that were loaded are passed over; concurrency, by a lock
    per source.
    """

    def work(tally: Tally) -> BalancesChecked | None:
        check_columns(path, kind, columns)
        wrong = _load_all(path, kind, source, columns, tally, at, progress)
        _forget_gone(source, kind.table, wrong)
        if kind.table != "cards":
            return None
        there = _balances(_rows(path, columns), kind.key)
        return check_balances(source=source, there=there, at=timezone.now())

    return run_import(source=source, origin=origin or path.name, work=work, dry_run=dry_run, at=at)


def _load_all(
    path: Path,
    kind: Kind,
    source: str,
    columns: Mapping[str, str],
    tally: Tally,
    at: datetime,
    progress: Progress,
) -> set[str]:
    """Load batch by batch; return the keys of rows that were refused."""
    total, done, wrong, seen = count_rows(path), 0, set[str](), set[str]()
    entries = _entries(_rows(path, columns), kind)
    progress(kind.table, 0, total)
    while some := list(islice(entries, _AT_ONCE)):
        fresh = [one for one in some if isinstance(one, Entry) and one.key not in seen]
        fresh = list({one.key: one for one in reversed(fresh)}.values())[::-1]
        doubled = _doubled(some, fresh)
        seen |= {one.key for one in fresh}
        rows = [*kind.prepare(fresh), *doubled]
        loaded = load_batch(source=source, table=kind.table, rows=rows, loader=kind.loader, at=at)
        tally.add(kind.table, loaded)
        wrong |= set(loaded.faulty)
        done += sum(len(one.rows) if isinstance(one, Entry) else 1 for one in some)
        progress(kind.table, done, max(total, done))
    return wrong


def _doubled(some: list[Entry | Prepared], fresh: list[Entry]) -> list[Prepared]:
    """Return the rows that have no key, and those whose key stood in the file before."""
    first = {id(one) for one in fresh}
    found = list[Prepared]()
    for one in some:
        if isinstance(one, Prepared):
            found.append(one)
        elif id(one) not in first:
            fault = Fault("", "duplicate_key", {"key": one.key})
            found.append(refused(f"{one.key[:100]}#{one.rows[0].number}", fault))
    return found


def _rows(path: Path, columns: Mapping[str, str]) -> Iterator[FileRow]:
    zone = ZoneInfo(settings.TIME_ZONE)
    for number, cells in enumerate(read_cells(path), start=1):
        yield FileRow(number, cells, zone, columns)


def _entries(rows: Iterable[FileRow], kind: Kind) -> Iterator[Entry | Prepared]:
    """Yield what belongs together; a row without a key is refused by its place."""
    if kind.grouped:
        groups = (tuple(group) for _key, group in groupby(rows, key=lambda row: row.text(kind.key)))
    else:
        groups = ((row,) for row in rows)
    for group in groups:
        key = group[0].text(kind.key)
        if fits_as_ref(key):
            yield Entry(key, group)
        else:
            fault = Fault(kind.key, "key_unfit" if key else "required", {"key": key[:80]})
            yield refused(f"#{group[0].number}", fault)


def _balances(rows: Iterable[FileRow], key: str) -> Iterator[tuple[str, Decimal | None]]:
    seen = set[str]()
    for row in rows:
        try:
            points = row.number_of("balance")
        except Unfit:
            points = None
        name = row.text(key)
        if name and name not in seen:
            seen.add(name)
            yield name, points


def _forget_gone(source: str, table: str, wrong: set[str]) -> None:
    """Forget rows that were refused and no longer are, or are no longer in the file."""
    refused_rows = ImportedRow.objects.filter(source=source, table=table, state="refused")
    refused_rows.filter(target_id=None).exclude(key__in=wrong).delete()
