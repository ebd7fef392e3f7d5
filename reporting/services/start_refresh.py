"""Asking for the daily views to be refreshed now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.services.start_job import start_job
from reporting.services.refresh_views import VIEWS

TASK = "reporting.refresh_views_now"


@dataclass(frozen=True, slots=True)
class RefreshStarted:
    """A job that refreshes the views, one after the other."""

    job_id: int


def start_refresh(*, views: Sequence[str], created_by: int | None, at: datetime) -> RefreshStarted:
    """Note that these of VIEWS are to be refreshed, and the job that does it.

    Raises: ValueError for another name, or none.
    Writes: job.
    Safe under: anything; refreshing twice does no harm.
    """
    if not views or not set(views) <= set(VIEWS):
        raise ValueError(f"not views of reports: {views}")
    started = start_job(
        kind="refresh_views",
        task=TASK,
        total=len(views),
        result={"views": list(views)},
        created_by=created_by,
        at=at,
    )
    return RefreshStarted(started.job_id)
