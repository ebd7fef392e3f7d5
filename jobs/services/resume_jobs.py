"""Sending jobs that stand still to the workers again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.models import Job
from jobs.models.job import OPEN
from jobs.sending import send

STANDS_STILL = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class JobsResumed:
    """The jobs that were sent."""

    job_ids: tuple[int, ...]


def resume_jobs(*, at: datetime) -> JobsResumed:
    """Send open jobs again that have not moved for two minutes: a worker died, a message was lost.

    Raises: nothing of its own.
    Writes: job.touched_at.
    Safe under: concurrency and repeats; of two workers with one job one works (`work_on_job`).
    """
    found = Job.objects.filter(state__in=OPEN, touched_at__lt=at - STANDS_STILL)
    jobs = list(found.order_by("id").values_list("pk", "task"))
    Job.objects.filter(pk__in=[key for key, _task in jobs], state__in=OPEN).update(touched_at=at)
    for key, task in jobs:
        send(task, key)
    return JobsResumed(tuple(key for key, _task in jobs))
