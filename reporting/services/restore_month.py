"""Bringing a month of details back out of its files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import storages
from django.db import connection, transaction

from reporting.archive.details import CHUNK, Content, content_of, stage
from reporting.archive.parquet import read_parquet
from reporting.errors import ArchiveDamaged, ArchiveNotFound
from reporting.facts.summaries import lock_facts
from reporting.facts.version import note_change

_AWAY = """
SELECT id, relation, rows, digest, columns, file, sha256 FROM report_archive
WHERE month = %s AND state = 'away' ORDER BY relation, part FOR UPDATE
"""
_BACK = "UPDATE report_archive SET state = 'back', keep_until = %s WHERE id = %s"
# The ids are the rows' own; the table would give new ones.
_INSERT = """
INSERT INTO {relation} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {staged}
"""


@dataclass(frozen=True, slots=True)
class MonthRestored:
    """How many rows came back, by the kind of details."""

    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Archive:
    """A file, as it is noted."""

    key: int
    relation: str
    content: Content
    columns: list[str]
    file: str
    sha256: str


def restore_month(*, month: date, at: datetime, days: int) -> MonthRestored:
    """Put the rows of a month's files back where they were; retention leaves them for some days.

    `month`: its first day. The summaries have these rows already and are not touched.
    Raises: ArchiveNotFound, ArchiveDamaged if a file is not what was written; nothing is put back.
    Writes: the details of the month, report_archive, report_change.
    Safe under: kills, repeats and concurrency, it is one transaction.
    """
    restored: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor, TemporaryDirectory() as folder:
        cursor.execute(_AWAY, (month,))
        found = [
            _Archive(key, relation, Content(rows, Decimal(digest)), columns, file, sha256)
            for key, relation, rows, digest, columns, file, sha256 in cursor.fetchall()
        ]
        if not found:
            raise ArchiveNotFound(month=f"{month:%Y-%m}")
        lock_facts(exclusively=True)
        starts = datetime(month.year, month.month, 1, tzinfo=UTC)
        cursor.execute("SELECT report_make_partitions(%s, %s)", (starts, starts))
        for one in found:
            columns = ", ".join(one.columns)
            staged = _stage(one, Path(folder))
            cursor.execute(_INSERT.format(relation=one.relation, columns=columns, staged=staged))
            cursor.execute(_BACK, (at + timedelta(days=days), one.key))
            restored[one.relation] = restored.get(one.relation, 0) + one.content.rows
        note_change()
    return MonthRestored(restored)


def _stage(archive: _Archive, folder: Path) -> str:
    """Read a file into a table of this transaction. Raises: ArchiveDamaged."""
    file, rows = folder / "parquet", folder / "rows"
    digest = hashlib.sha256()
    if not storages["archives"].exists(archive.file):
        raise ArchiveDamaged(file=archive.file, rows=0, expected=archive.content.rows)
    with storages["archives"].open(archive.file) as source, file.open("wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != archive.sha256:
        raise ArchiveDamaged(file=archive.file, sha256=digest.hexdigest(), expected=archive.sha256)
    read_parquet(file, archive.columns, rows)
    staged = stage(archive.relation, archive.columns, rows)
    read = content_of(staged, archive.columns)
    if read != archive.content:
        raise ArchiveDamaged(file=archive.file, rows=read.rows, expected=archive.content.rows)
    return staged
