"""Deleting files whose link has expired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import storages

from reporting.models import ReportExport


@dataclass(frozen=True, slots=True)
class ExportsDeleted:
    """How many files went."""

    files: int


def delete_expired_exports(*, at: datetime) -> ExportsDeleted:
    """Delete the files of exports that expired before `at`; what was asked for stays noted.

    Raises: OSError if the storage refuses.
    Writes: the storage `exports`, reportexport.
    Safe under: kills, repeats and concurrency; a file that is gone already is no error.
    """
    deleted = 0
    for export in ReportExport.objects.filter(expires_at__lt=at).exclude(file=""):
        storages["exports"].delete(export.file)
        deleted += ReportExport.objects.filter(pk=export.pk).exclude(file="").update(file="")
    return ExportsDeleted(deleted)
