"""The daily views, refreshed when somebody asks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Job
from reporting.services.refresh_by_job import refresh_by_job
from reporting.services.refresh_views import VIEWS, refresh_views
from reporting.services.start_refresh import start_refresh
from reporting.tasks import refresh_now
from tests.reporting.conftest import ReportedShop


@pytest.fixture(autouse=True)
def empty_views(db: None) -> None:
    """A test of a browser, whose transactions stay, may have left rows in the views."""
    refresh_views()


def views() -> list[int]:
    """Return how many rows each view has."""
    found = []
    with connection.cursor() as cursor:
        for name in ("promotion", "membership", "point"):
            cursor.execute(f"SELECT count(*) FROM mv_{name}_daily_summary")
            found.append(cursor.fetchone()[0])
    return found


def test_views_are_refreshed_by_a_job(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    assert views() == [0, 0, 0]

    job = shop.admin.ok("POST", "reports/refresh", {"views": VIEWS}, Idempotency_Key="once")
    assert shop.admin.status == 202
    assert (job["kind"], job["state"], job["total"]) == ("refresh_views", "queued", 3)
    assert shop.admin.ok("POST", "reports/refresh", {"views": VIEWS}, Idempotency_Key="once") == job

    assert refresh_now(job["id"]) == 3
    assert views() == [2, 1, 1]
    assert shop.admin.ok("GET", f"jobs/{job['id']}")["state"] == "done"


def test_a_refresh_that_was_cut_off_goes_on(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    job_id = start_refresh(views=VIEWS, created_by=None, at=timezone.now()).job_id
    Job.objects.filter(pk=job_id).update(done=1, state="running")
    done = refresh_by_job(job_id=job_id)
    assert (done.state, done.done) == ("done", 3)
    assert views() == [0, 1, 1]


@pytest.mark.parametrize("views", [[], ["pg_class"], "mv_point_daily_summary"])
def test_other_views_are_refused(shop: ReportedShop, views: object) -> None:
    answer = shop.admin.call("POST", "reports/refresh", {"views": views})
    assert (shop.admin.status, answer["code"]) == (400, "invalid")
    assert not Job.objects.exists()
    with pytest.raises(ValueError, match="not views of reports"):
        start_refresh(views=["pg_class"], created_by=None, at=timezone.now())
