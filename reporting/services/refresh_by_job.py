"""Refreshing the daily views as a job."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from jobs.models import Job
from jobs.services.work_on_job import work_on_job
from reporting.services.refresh_views import VIEWS


@dataclass(frozen=True, slots=True)
class ViewsRefreshed:
    """How many are fresh. `state` None: another worker is at it."""

    state: str | None
    done: int


def refresh_by_job(*, job_id: int) -> ViewsRefreshed:
    """Refresh the views that the job has not come to, each in a transaction of its own.

    Raises: OperationalError of the database, for the job to be tried again.
    Writes: job, the materialized views.
    Safe under: kills and repeats (`work_on_job`); the views are read all the while.
    """
    asked = Job.objects.filter(pk=job_id).values_list("result", flat=True).first() or {}

    def step(done: int) -> int:
        view = VIEWS[VIEWS.index(asked["views"][done])]  # a name goes into SQL: one of ours alone
        with connection.cursor() as cursor:
            cursor.execute(f"REFRESH MATERIALIZED VIEW CONCURRENTLY {view}")
        return 1

    worked = work_on_job(job_id=job_id, step=step)
    return ViewsRefreshed(worked.state, worked.done)
