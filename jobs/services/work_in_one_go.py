"""Doing a job that cannot be cut into chunks, such as one file."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from jobs import progress
from jobs.models import Job
from jobs.models.job import OPEN
from jobs.progress import JobIsOver
from jobs.services.work_on_job import JobWorked
from jobs.telling import Teller

Tell = Callable[[int], None]
# Of the transaction and not of the row, so that others can write how far it is; and of the
# transaction and not of the session, which a pooler would give to somebody else.
_TAKE = "SELECT pg_try_advisory_xact_lock(hashtext('jobs in one go'), %s)"
log = logging.getLogger(__name__)


def work_in_one_go(*, job_id: int, work: Callable[[Tell], None]) -> JobWorked:
    """Do all of a job in one transaction; `work(tell)` calls `tell(done)` as often as it likes.

    Raises: OperationalError of the database, for the job to be tried again.
    Writes: job, through a connection of its own while it works; a refusal or bug ends the job.
    Safe under: kills and repeats, it begins anew; one worker at a time, by a lock that ends with
    the transaction. A job that was stopped ends at the next `tell`, and nothing of it is kept.
    """
    try:
        with transaction.atomic():
            if not _take(job_id):
                return JobWorked(job_id, None)
            job = Job.objects.filter(pk=job_id).first()
            if job is None:
                return JobWorked(job_id, None)
            if job.state not in OPEN:
                return JobWorked(job_id, job.state, job.done)
            teller = Teller(job_id)
            try:
                teller.write(0)
                work(teller.tell)
            finally:
                teller.close()
            _finish(job_id)
        return JobWorked(job_id, "done", job.total)
    except OperationalError:
        raise
    except JobIsOver:
        return JobWorked(job_id, "stopped")
    except Exception as error:
        log.exception("job %s failed", job_id)
        progress.fail(job_id, error, at=timezone.now())
        return JobWorked(job_id, "failed")


def _take(job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, (job_id % 2**31,))
        return bool(cursor.fetchone()[0])


def _finish(job_id: int) -> None:
    now = timezone.now()
    ended = Job.objects.filter(pk=job_id, state__in=OPEN).update(
        done=F("total"), state="done", touched_at=now, finished_at=now
    )
    if not ended:
        raise JobIsOver
