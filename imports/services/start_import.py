"""Asking for an import that a worker makes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction

from imports.errors import ImportFileTooLarge, UnreadableFile
from imports.files.columns import check_columns
from imports.files.kinds import KINDS
from imports.files.reading import SUFFIXES
from imports.models import AskedImport
from imports.odoo.configured import configured_origin
from imports.odoo.reading import TABLES
from jobs.services.start_job import start_job

TASK = "imports.work_on_import"
#: A table counts as so many units of a job.
UNITS = 100
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImportStarted:
    """An import that waits for a worker."""

    asked_id: int
    job_id: int


def start_import(
    *,
    what: str,
    source: str = "",
    upload: File[bytes] | None = None,
    columns: Mapping[str, str] | None = None,
    dry_run: bool,
    full: bool = False,
    language: str,
    created_by: int | None,
    at: datetime,
) -> ImportStarted:
    """Note an import of the Odoo that is configured (`what` is odoo), or of a file of `what`.

    Raises: OdooNotConfigured; ImportFileTooLarge, UnreadableFile; nothing is kept then.
    Writes: askedimport, job, the storage `imports`.
    Safe under: concurrency; imports of one source wait for each other.
    """
    asked = AskedImport(
        what=what,
        source=source or settings.ODOO_SOURCE,
        dry_run=dry_run,
        full=full,
        columns=dict(columns or {}),
        language=language,
        created_by_id=created_by,
        created_at=at,
    )
    if upload is None:
        configured_origin()
        return _start(asked, tables=len(TABLES), at=at)
    asked.file_name = Path(upload.name or "").name[-150:]
    asked.file = _keep(upload, asked)
    try:
        path = Path(storages["imports"].path(asked.file))
        check_columns(path, KINDS[what](source), asked.columns)
        return _start(asked, tables=1, at=at)
    except UnreadableFile as error:
        storages["imports"].delete(asked.file)
        named = {**error.facts, "file": asked.file_name}
        raise UnreadableFile(error.detail, **named) from error
    except BaseException:
        storages["imports"].delete(asked.file)
        raise


def _keep(upload: File[bytes], asked: AskedImport) -> str:
    """Return the file's name in the storage, which says nothing but what kind of file it is.

    Raises: ImportFileTooLarge, UnreadableFile.
    """
    suffix = Path(asked.file_name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableFile(file=asked.file_name, endings=list(SUFFIXES))
    if upload.size > settings.IMPORT_FILE_MB * MEGABYTE:
        raise ImportFileTooLarge(megabytes=settings.IMPORT_FILE_MB)
    return storages["imports"].save(f"{uuid.uuid4().hex}{suffix}", upload)


def _start(asked: AskedImport, *, tables: int, at: datetime) -> ImportStarted:
    with transaction.atomic():
        started = start_job(
            kind="import",
            task=TASK,
            total=tables * UNITS,
            result={},
            created_by=asked.created_by_id,
            at=at,
        )
        asked.job_id = started.job_id
        asked.save()
    return ImportStarted(asked.pk, started.job_id)
