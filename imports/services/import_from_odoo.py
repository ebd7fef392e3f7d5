"""Taking over an Odoo."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from imports.odoo.reading import TABLES, steps_of
from imports.odoo.source import PAGE, Row, Source, rows_of
from imports.odoo.step import Odoo, Step
from imports.outcome import Progress, Tally
from imports.queries import refused_keys
from imports.services.check_balances import BalancesChecked, check_balances
from imports.services.load_batch import load_batch
from imports.services.run_import import Imported, run_import
from imports.watermarks import Pass, begin_pass, end_pass


def import_from_odoo(
    *,
    odoo: Odoo,
    tables: Collection[str] = TABLES,
    full: bool = False,
    dry_run: bool = False,
    at: datetime,
    progress: Progress = lambda _table, _done, _total: None,
) -> Imported:
    """Load what changed there since the last import, or (`full`) everything that differs.

    `dry_run`: do all of it in one transaction and take it back.
    Raises: ImportRunning, SourceUnreachable, SourceRefused, SourceLacks.
    Writes: importrun; batch by batch what `load_batch` writes.
    Safe under: kills and repeats, the next run goes on; concurrency, by a lock per source.
    """

    def work(tally: Tally) -> BalancesChecked | None:
        for step in steps_of(odoo, tables):
            _take(step, tally, full=full, at=at, progress=progress)
        if "cards" not in tables:
            return None
        there = _points_there(odoo.source)
        return check_balances(source=odoo.name, there=there, at=timezone.now())

    return run_import(
        source=odoo.name, origin=odoo.source.origin, work=work, dry_run=dry_run, at=at
    )


def _take(step: Step, tally: Tally, *, full: bool, at: datetime, progress: Progress) -> None:
    """Take over one table: what was refused before, then what changed."""
    extra = step.extra()
    if extra:
        _load(step, extra, tally, at)
    if not step.source.has(step.model):
        return
    if not step.incremental:
        rows = list(rows_of(step.source, step.model))
        for start in range(0, len(rows), PAGE):
            _load(step, step.prepare(rows[start : start + PAGE]), tally, at)
            progress(step.table, min(start + PAGE, len(rows)), len(rows))
        return
    newest = step.source.newest(step.model)
    with transaction.atomic():
        going = begin_pass(step.name, step.table, newest=newest, full=full)
    done, total = 0, step.source.count(step.model, since=going.since, after=going.last_id)
    progress(step.table, done, total)
    tried = _try_refused(step, going, tally, at)
    for rows in _pages(step, going):
        fresh = [row for row in rows if row["id"] not in tried]
        _load(step, step.prepare(fresh), tally, at, reached=(going, rows[-1]["id"]))
        done += len(rows)
        progress(step.table, done, max(total, done))
    with transaction.atomic():
        end_pass(going)


def _try_refused(step: Step, going: Pass, tally: Tally, at: datetime) -> set[int]:
    """Try once more what was refused: what it lacked may be here by now."""
    ids = {int(key) for key in refused_keys(step.name, step.table) if key.isdecimal()}
    for start in range(0, len(ids), PAGE):
        some = sorted(ids)[start : start + PAGE]
        _load(step, step.prepare(step.source.read(step.model, "id", some)), tally, at)
    return ids


def _pages(step: Step, going: Pass) -> Iterator[list[Row]]:
    after = going.last_id
    while rows := step.source.page(step.model, since=going.since, after=after):
        yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


def _load(
    step: Step,
    rows: list[Any],
    tally: Tally,
    at: datetime,
    reached: tuple[Pass, int] | None = None,
) -> None:
    loaded = load_batch(
        source=step.name, table=step.table, rows=rows, loader=step.loader, at=at, reached=reached
    )
    tally.add(step.table, loaded)


def _points_there(source: Source) -> Iterator[tuple[str, Decimal | None]]:
    for row in rows_of(source, "loyalty.card"):
        yield str(row["id"]), row["points"] if row["points"].is_finite() else None
