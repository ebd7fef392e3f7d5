"""Asking for a report as a file, however long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jobs.models import Job
from jobs.services.start_job import start_job
from reporting.exports import FileKind
from reporting.models import ReportExport

TASK = "reporting.write_export"


@dataclass(frozen=True, slots=True)
class ExportStarted:
    """A file that a worker writes."""

    export_id: int
    job_id: int


def start_export(
    *,
    report: str,
    parameters: Mapping[str, str],
    kind: FileKind,
    rows: int,
    language: str,
    created_by: int | None,
    at: datetime,
) -> ExportStarted:
    """Note a file to be written, and the job that writes it; `rows` as counted beforehand.

    Raises: nothing of its own; who asks has read the parameters already.
    Writes: reportexport, job.
    Safe under: concurrency; nothing is written to a file here.
    """
    with transaction.atomic():
        total = max(rows, 1)  # a job has something to do
        started = start_job(
            kind="report_export", task=TASK, total=total, result={}, created_by=created_by, at=at
        )
        export = ReportExport.objects.create(
            job_id=started.job_id,
            report=report,
            parameters=dict(parameters),
            kind=kind.value,
            language=language,
            rows=rows,
            created_by_id=created_by,
            created_at=at,
        )
        result = {"export": f"/api/v1/reports/exports/{export.pk}"}
        Job.objects.filter(pk=started.job_id).update(result=result)
    return ExportStarted(export.pk, started.job_id)
