"""Asking for long work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jobs.models import Job
from jobs.sending import send


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A job that waits for a worker."""

    job_id: int


def start_job(
    *,
    kind: str,
    task: str,
    total: int,
    result: Mapping[str, object],
    created_by: int | None,
    at: datetime,
) -> JobStarted:
    """Note work of `total` units and send it to the workers once the transaction is committed.

    `task`: the name of a Celery task that takes the job's id. `result`: where the result will lie.
    Raises: nothing of its own; with the broker down the job waits until `resume_jobs` sends it.
    Writes: job.
    Safe under: anything; a task that runs twice does its work once (`work_on_job`).
    """
    job = Job.objects.create(
        kind=kind,
        task=task,
        total=total,
        result=dict(result),
        created_by_id=created_by,
        created_at=at,
        touched_at=at,
    )
    transaction.on_commit(lambda: send(task, job.pk))
    return JobStarted(job.pk)
