"""Doing an import: one of a source at a time, noted, or only tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import PunchcardError
from imports.loading.rows import faults_of
from imports.models import ImportRun
from imports.outcome import Tally, one_at_a_time
from imports.services.check_balances import BalancesChecked
from promotions import catalog_store

Work = Callable[[Tally], BalancesChecked | None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to. `run_id` None: it was tried only, and nothing was written."""

    run_id: int | None
    tally: Tally
    balances: BalancesChecked | None


def run_import(*, source: str, origin: str, work: Work, dry_run: bool, at: datetime) -> Imported:
    """Call `work` with the tally to keep, and note what it came to; `origin`: without secrets.

    `dry_run`: in one transaction that is taken back.
    Raises: ImportRunning; what `work` raises, after it was noted.
    Writes: importrun, and what `work` writes.
    Safe under: concurrency, by an advisory lock per source that ends with the connection.
    """
    tally = Tally()
    with one_at_a_time(source):
        if dry_run:
            try:
                with transaction.atomic():
                    balances = work(tally)
                    transaction.set_rollback(True)
            finally:
                catalog_store.forget()
            return Imported(None, tally, balances)
        _end_killed(source)
        run = ImportRun.objects.create(source=source, origin=origin[:255], started_at=at)
        try:
            balances = work(tally)
        except BaseException as error:
            _finish(run, state="failed", counts=tally.counts, error=_told(error))
            raise
        _finish(
            run, state="done", counts=tally.counts, balances=balances.kept() if balances else []
        )
    return Imported(run.pk, tally, balances)


def _end_killed(source: str) -> None:
    """Note that runs ended which did not come to say so: whoever runs holds the lock."""
    ImportRun.objects.filter(source=source, state="running").update(
        state="failed", error={"code": "broken_off", "detail": "killed"}, finished_at=timezone.now()
    )


def _finish(run: ImportRun, **outcome: Any) -> None:
    ImportRun.objects.filter(pk=run.pk).update(finished_at=timezone.now(), **outcome)


def _told(error: BaseException) -> dict[str, Any]:
    if isinstance(error, PunchcardError):
        (fault,) = faults_of(error)[:1]
        return {name: fault.stored()[name] for name in ("code", "detail", "facts")}
    return {"code": "broken_off", "detail": type(error).__name__}
