"""Making an import that somebody asked for on a page."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from imports.errors import ImportRunning
from imports.files.kinds import KINDS
from imports.models import AskedImport
from imports.odoo.configured import open_configured
from imports.odoo.reading import TABLES
from imports.refused_csv import refused_csv
from imports.services.import_file import import_file
from imports.services.import_from_odoo import import_from_odoo
from imports.services.run_import import Imported
from imports.services.start_import import UNITS
from jobs import progress
from jobs.models import Job
from jobs.models.job import OPEN
from jobs.progress import JobIsOver
from jobs.telling import Teller

#: So many faults are on the page; the file has all.
FAULTS_SHOWN = 100
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ImportWorked:
    """How it ended. `state` None: another import of this source is running, or none was asked."""

    job_id: int
    state: str | None


def work_on_import(*, job_id: int) -> ImportWorked:
    """Import what was asked for; what is refused or goes wrong ends the job with its reason.

    Raises: OperationalError of the database, for the job to be tried again.
    Writes: what import_file or import_from_odoo write; askedimport, job, the storage `imports`.
    Safe under: kills and repeats, it goes on where it was; one at a time, by the lock of the
    source. One that was stopped ends behind the batch it is at, which stays.
    """
    asked = AskedImport.objects.filter(job_id=job_id).first()
    if asked is None or not progress.is_open(job_id):
        return ImportWorked(job_id, None)
    try:
        with override(asked.language):
            _keep(asked, _import(asked))
    except ImportRunning:
        return ImportWorked(job_id, None)  # it is sent again until it is its turn
    except OperationalError:
        raise
    except JobIsOver:
        state = "stopped"
    except Exception as error:
        log.exception("import %s failed", asked.pk)
        progress.fail(job_id, error, at=timezone.now())
        state = "failed"
    else:
        state = "done" if _finish(job_id) else "stopped"
    _forget_upload(asked)
    return ImportWorked(job_id, state)


def _import(asked: AskedImport) -> Imported:
    """Import it. Raises: JobIsOver, and what the import raises."""
    teller, at = Teller(asked.job_id), timezone.now()
    try:
        teller.write(0)
        if asked.what == "odoo":
            with open_configured() as odoo:
                return import_from_odoo(
                    odoo=odoo,
                    full=asked.full,
                    dry_run=asked.dry_run,
                    at=at,
                    progress=_Progress(teller, TABLES),
                )
        return import_file(
            path=Path(storages["imports"].path(asked.file)),
            kind=KINDS[asked.what](asked.source),
            source=asked.source,
            columns=asked.columns,
            dry_run=asked.dry_run,
            at=at,
            progress=_Progress(teller, (asked.what,)),
            origin=asked.file_name,
        )
    finally:
        teller.close()


class _Progress:
    """Tells rows of tables as units of the job."""

    def __init__(self, teller: Teller, tables: tuple[str, ...]) -> None:
        self._teller, self._tables = teller, tables

    def __call__(self, table: str, done: int, total: int) -> None:
        """Tell that so many rows of a table are done. Raises: JobIsOver."""
        before = self._tables.index(table) * UNITS
        self._teller.tell(before + (UNITS * done // total if total else UNITS))


def _keep(asked: AskedImport, done: Imported) -> None:
    """Keep what it came to, with the list of what was refused as a file."""
    faults = list(done.tally.stored_faults())
    asked.run_id, asked.counts = done.run_id, done.tally.counts
    asked.balances = done.balances.kept() if done.balances else []
    asked.balances_equal = None if done.balances is None else done.balances.are_equal
    asked.faults_count, asked.faults = len(faults), [list(one) for one in faults[:FAULTS_SHOWN]]
    asked.expires_at = timezone.now() + timedelta(days=settings.IMPORT_FILE_DAYS)
    if faults:
        content = ContentFile("".join(refused_csv(faults)).encode())
        asked.refused_file = storages["imports"].save(f"refused-{asked.pk}.csv", content)
    asked.save()


def _finish(job_id: int) -> bool:
    now = timezone.now()
    ended = Job.objects.filter(pk=job_id, state__in=OPEN)
    return bool(ended.update(done=F("total"), state="done", touched_at=now, finished_at=now))


def _forget_upload(asked: AskedImport) -> None:
    """Delete what was uploaded: it holds names and addresses of people, and is here by now."""
    if asked.file:
        storages["imports"].delete(asked.file)
        AskedImport.objects.filter(pk=asked.pk).update(file="")
