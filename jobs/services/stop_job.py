"""Stopping a job before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jobs.models import Job
from jobs.models.job import OPEN


@dataclass(frozen=True, slots=True)
class JobStopped:
    """Whether this call stopped it; if not, it was over already."""

    job_id: int
    stopped: bool


def stop_job(*, job_id: int, at: datetime) -> JobStopped:
    """End an open job; the chunk somebody works on right now is the last that is kept.

    Raises: nothing; a job that is over, or that there is not, stays as it is.
    Writes: job.
    Safe under: anything; it waits for a chunk that is just being committed.
    """
    ended = Job.objects.filter(pk=job_id, state__in=OPEN)
    stopped = ended.update(state="stopped", touched_at=at, finished_at=at)
    return JobStopped(job_id, bool(stopped))
