"""Deleting files of details whose years are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.storage import storages
from django.db import connection

from reporting.queries.retention import OldFile

_NOTE = "UPDATE report_archive SET state = 'deleted' WHERE id = %s AND state <> 'back'"


@dataclass(frozen=True, slots=True)
class ArchivesDeleted:
    """How many files went."""

    files: int


def delete_archives(*, files: Sequence[OldFile]) -> ArchivesDeleted:
    """Delete files for good; that their facts were counted stays noted.

    Raises: OSError if the storage refuses.
    Writes: report_archive, the storage `archives`.
    Safe under: kills, repeats and concurrency; a month that was brought back keeps its file.
    """
    deleted = 0
    for one in files:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, (one.archive_id,))
            noted = cursor.rowcount
        if noted:
            storages["archives"].delete(one.file)
            deleted += 1
    return ArchivesDeleted(deleted)
