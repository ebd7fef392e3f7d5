"""Retention: old details into files, old summaries and old files for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from reporting.queries.retention import plan_retention
from reporting.services.archive_partition import PartitionArchived, archive_partition
from reporting.services.delete_archives import delete_archives
from reporting.services.delete_summaries import delete_summaries

Progress = Callable[[PartitionArchived], None]


@dataclass(frozen=True, slots=True)
class ReportsArchived:
    """What went. Partitions without rows were in use, and are for another time."""

    partitions: tuple[PartitionArchived, ...]
    summaries: dict[str, int]
    files: int


def archive_reports(*, at: datetime, progress: Progress = lambda _done: None) -> ReportsArchived:
    """Do what `plan_retention` plans, a month of one kind of details at a time, the oldest first.

    Raises: ArchiveDamaged, after what came before it was done; nothing of that month is lost.
    Writes: what archive_partition, delete_summaries and delete_archives write.
    Safe under: kills, repeats and concurrency, as each of them is.
    """
    planned = plan_retention(at)
    done: list[PartitionArchived] = []
    for partition in planned.partitions:
        done.append(archive_partition(partition=partition, at=at))
        progress(done[-1])
    summaries = delete_summaries(before=planned.summaries_before, rows=planned.summaries)
    files = delete_archives(files=planned.files)
    return ReportsArchived(tuple(done), summaries.rows, files.files)
