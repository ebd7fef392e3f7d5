"""Doing a job, chunk by chunk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import OperationalError, transaction
from django.utils import timezone

from core.errors import PunchcardError
from jobs import progress
from jobs.models import Job
from jobs.models.job import OPEN

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobWorked:
    """How far the job is. `state` None: another worker has it, or there is no such job."""

    job_id: int
    state: str | None
    done: int = 0


def work_on_job(*, job_id: int, step: Callable[[int], int]) -> JobWorked:
    """Call `step(done)` until everything is done; it does the next units and returns how many.

    Raises: OperationalError of the database, for the job to be tried again.
    Writes: job, and what `step` writes, chunk by chunk; a refusal or bug of `step` ends the job.
    Safe under: kills and repeats, a chunk and its count are committed together under the job's
    row lock; who finds it locked leaves it to the other.
    """
    while True:
        worked = _work_once(job_id, step)
        if worked.state not in OPEN:
            return worked


def _work_once(job_id: int, step: Callable[[int], int]) -> JobWorked:
    """Do one chunk in one transaction."""
    try:
        with transaction.atomic():
            job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
            if job is None:
                return JobWorked(job_id, None)
            if job.state in OPEN:
                _advance(job, step(job.done) if job.done < job.total else 0)
            return JobWorked(job_id, job.state, job.done)
    except OperationalError:
        raise
    except PunchcardError as error:
        return _fail(job_id, error)
    except Exception as error:
        log.exception("job %s failed", job_id)
        return _fail(job_id, error)


def _advance(job: Job, units: int) -> None:
    """Count the units done; a step that does nothing would never end."""
    if units < 1 and job.done < job.total:
        raise RuntimeError(f"a step of job {job.pk} did nothing")
    now = timezone.now()
    job.done += units
    job.started_at = job.started_at or now
    job.touched_at = now
    job.state = "running"
    if job.done >= job.total:
        job.state, job.finished_at = "done", now
    job.save(update_fields=["done", "state", "started_at", "touched_at", "finished_at"])


def _fail(job_id: int, error: Exception) -> JobWorked:
    """End the job with the reason; what earlier chunks committed stays."""
    progress.fail(job_id, error, at=timezone.now())
    return JobWorked(job_id, "failed")
