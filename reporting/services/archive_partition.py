"""Putting a month of details into a file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files import File
from django.core.files.storage import storages
from django.db import OperationalError, connection, transaction

from reporting.archive.details import (
    Column,
    Content,
    Partition,
    columns_of,
    content_of,
    copy_out,
    stage,
)
from reporting.archive.parquet import read_parquet, write_parquet
from reporting.errors import ArchiveDamaged
from reporting.facts.summaries import lock_facts
from reporting.facts.version import note_change

ATTEMPTS = 3
# Whoever reads the details for longer than this is not waited for: another night will do.
_PATIENCE = "SET LOCAL lock_timeout = '3s'"
_TAKE = """
SELECT to_regclass(%s) IS NOT NULL AND pg_try_advisory_xact_lock(hashtext('archive ' || %s))
"""
_PART = "SELECT coalesce(max(part), 0) + 1 FROM report_archive WHERE relation = %s AND month = %s"
_IDS = "coalesce(range_agg(int8range({id}, {id} + 1)) FILTER (WHERE {kind}), '{{}}')"
_NOTE = """
INSERT INTO report_archive (relation, month, part, rows, digest, columns, file, size, sha256,
                            archived_at, sales, returns)
SELECT %(relation)s, %(month)s, %(part)s, %(rows)s, %(digest)s, %(columns)s, %(file)s, %(size)s,
       %(sha256)s, %(at)s, {sales}, {returns} FROM {table}
"""
_FORGET_BACK = """
DELETE FROM report_archive WHERE relation = %s AND month = %s AND state = 'back' RETURNING file
"""


@dataclass(frozen=True, slots=True)
class PartitionArchived:
    """What went. `rows` None: it is being read or written to, and was left for another night."""

    name: str
    rows: int | None
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Written:
    """A file that holds what a partition held."""

    file: str
    size: int
    sha256: str
    content: Content
    columns: Sequence[Column]
    part: int


def archive_partition(*, partition: Partition, at: datetime) -> PartitionArchived:
    """Write a partition as Parquet, read that back, compare, and drop what is safe in the file.

    Raises: ArchiveDamaged if the file does not give back the same rows; nothing is dropped then.
    Writes: the storage `archives`, report_archive, report_change; drops the partition.
    Safe under: kills, repeats and concurrency; one at a time, the partition goes in one
    transaction with the note where its rows are, and facts that come late are in it or stay.
    """
    with transaction.atomic():
        gone, written = _archive(partition, at)
    for file in gone:
        storages["archives"].delete(file)
    if written is None:
        return PartitionArchived(partition.name, None)
    return PartitionArchived(partition.name, written.content.rows, written.size)


def _archive(partition: Partition, at: datetime) -> tuple[list[str], _Written | None]:
    """Return the files not needed any more, and what was written; None if it is in use."""
    if not _is_ours(partition):
        return [], None
    for _attempt in range(ATTEMPTS):
        written = _write(partition)
        try:
            gone = _drop(partition, written, at)
        except OperationalError:  # somebody reads it for long
            return [written.file], None
        if gone is not None:
            return gone, written
    raise ArchiveDamaged(file=written.file, rows=written.content.rows)


def _is_ours(partition: Partition) -> bool:
    """Tell whether it is there, and nobody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, (partition.name, partition.name))
        return bool(cursor.fetchone()[0])


def _write(partition: Partition) -> _Written:
    """Write the file, and tell what is in it by reading it as who restores it will."""
    columns = columns_of(partition.relation)
    names = [one.name for one in columns]
    with TemporaryDirectory() as folder:
        rows, file, again = (Path(folder) / name for name in ("rows", "parquet", "again"))
        copy_out(partition.name, names, rows)
        write_parquet(rows, columns, file)
        rows.unlink()
        read_parquet(file, names, again)
        content = content_of(stage(partition.relation, names, again), names)
        part = _next_part(partition)
        with file.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
            name = f"{partition.relation}/{partition.month:%Y-%m}-{part}.parquet"
            storages["archives"].save(name, File(source))
        return _Written(name, file.stat().st_size, digest, content, columns, part)


def _drop(partition: Partition, written: _Written, at: datetime) -> list[str] | None:
    """Drop the partition and note the file; return files not needed any more.

    None: it holds something else than the file, such as facts that came meanwhile, and stays.
    """
    names = [one.name for one in written.columns]
    is_points = partition.relation == "point_report_detail"
    source = "operation_id" if is_points else "source_id"
    note = _NOTE.format(
        sales=_IDS.format(id=source, kind="true" if is_points else "kind = 'sale'"),
        returns=_IDS.format(id=source, kind="false" if is_points else "kind = 'return'"),
        table=partition.name,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        lock_facts(exclusively=True)
        if content_of(partition.name, names) != written.content:
            return None
        cursor.execute(_FORGET_BACK, (partition.relation, partition.month))
        gone = [row[0] for row in cursor.fetchall()]
        if written.content.rows:
            asked: dict[str, Any] = {
                "relation": partition.relation,
                "month": partition.month,
                "part": written.part,
                "rows": written.content.rows,
                "digest": written.content.digest,
                "columns": names,
                "file": written.file,
                "size": written.size,
                "sha256": written.sha256,
                "at": at,
            }
            cursor.execute(note, asked)
        else:
            gone.append(written.file)
        cursor.execute(f"DROP TABLE {partition.name}")
        note_change()
    return gone


def _next_part(partition: Partition) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_PART, (partition.relation, partition.month))
        return int(cursor.fetchone()[0])
