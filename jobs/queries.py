"""Reads of jobs."""

from __future__ import annotations

from django.db.models import QuerySet

from jobs.errors import JobNotFound
from jobs.models import Job


def read_job(job_id: int, *, asked_by: int | None) -> Job:
    """Return a job; `asked_by`: the user who may see their own alone, None for one who sees all.

    Raises: JobNotFound.
    """
    rows: QuerySet[Job] = Job.objects.all()
    if asked_by is not None:
        rows = rows.filter(created_by_id=asked_by)
    job = rows.filter(pk=job_id).first()
    if job is None:
        raise JobNotFound(job=job_id)
    return job
