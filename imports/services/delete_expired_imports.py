"""Deleting the lists of what imports refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import storages

from imports.models import AskedImport


@dataclass(frozen=True, slots=True)
class ImportFilesDeleted:
    """How many files went."""

    files: int


def delete_expired_imports(*, at: datetime) -> ImportFilesDeleted:
    """Delete the lists that expired before `at`, and what an unfinished job left of its upload.

    Raises: OSError if the storage refuses.
    Writes: the storage `imports`, askedimport.
    Safe under: kills, repeats and concurrency; a file that is gone already is no error.
    """
    deleted = 0
    for asked in AskedImport.objects.filter(expires_at__lt=at).exclude(refused_file=""):
        storages["imports"].delete(asked.refused_file)
        deleted += AskedImport.objects.filter(pk=asked.pk).update(refused_file="", faults=[])
    over = AskedImport.objects.exclude(file="").filter(job__finished_at__isnull=False)
    for asked in over:
        storages["imports"].delete(asked.file)
        deleted += AskedImport.objects.filter(pk=asked.pk).exclude(file="").update(file="")
    return ImportFilesDeleted(deleted)
