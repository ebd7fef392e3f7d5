"""How far a job is, told by those who do its chunks side by side.

`work_on_job` does the chunks of a job one after the other. Where chunks do not depend on each
other several workers may take them, each in a transaction of its own that ends by counting its
chunk here: the job's row is locked for that moment only.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from core.errors import PunchcardError
from jobs.models import Job
from jobs.models.job import OPEN


class JobIsOver(Exception):
    """The job was stopped or failed meanwhile: the chunk must not be kept."""


def is_open(job_id: int) -> bool:
    """Tell whether there is still something to do for the job."""
    return Job.objects.filter(pk=job_id, state__in=OPEN).exists()


def count_done(job_id: int, units: int, *, at: datetime) -> None:
    """Count units that the caller's transaction did. Raises: JobIsOver. Writes: job."""
    counted = Job.objects.filter(pk=job_id, state__in=OPEN).update(
        done=F("done") + units,
        state="running",
        started_at=Coalesce(F("started_at"), at),
        touched_at=at,
    )
    if not counted:
        raise JobIsOver


def finish(job_id: int, *, at: datetime) -> None:
    """End a job whose units are all done. Writes: job."""
    Job.objects.filter(pk=job_id, state__in=OPEN, done=F("total")).update(
        state="done", touched_at=at, finished_at=at
    )


def fail(job_id: int, error: Exception, *, at: datetime) -> None:
    """End a job with its reason; what was committed stays. Writes: job."""
    told: dict[str, object] = {"code": "internal_error", "detail": type(error).__name__}
    if isinstance(error, PunchcardError):
        told = {"code": error.code, "detail": error.detail, "facts": error.facts}
    Job.objects.filter(pk=job_id, state__in=OPEN).update(
        state="failed", error=told, touched_at=at, finished_at=at
    )
