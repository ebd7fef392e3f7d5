"""Jobs: done once however often they are killed and sent, and seen by who asked for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from access.caller import Role
from access.services.create_token import create_token
from core.errors import Refused
from jobs import progress
from jobs.models import Job
from jobs.services.resume_jobs import resume_jobs
from jobs.services.start_job import start_job
from jobs.services.stop_job import stop_job
from jobs.services.work_on_job import work_on_job
from tests.shop import Api

pytestmark = pytest.mark.django_db


class OutOfPaper(Refused):
    """There is no paper."""

    code = "refused"


def begin(total: int = 10, created_by: int | None = None) -> int:
    """Note a job."""
    at = timezone.now()
    return start_job(
        kind="print", task="no.such.task", total=total, result={}, created_by=created_by, at=at
    ).job_id


def test_a_job_is_worked_on_in_chunks_until_all_is_done() -> None:
    key, seen = begin(), []

    def step(done: int) -> int:
        seen.append(done)
        return min(4, 10 - done)

    worked = work_on_job(job_id=key, step=step)
    assert (worked.state, worked.done, seen) == ("done", 10, [0, 4, 8])
    job = Job.objects.get()
    assert job.started_at is not None
    assert job.finished_at is not None
    again = work_on_job(job_id=key, step=step)
    assert (again.state, len(seen)) == ("done", 3)


def test_a_chunk_that_is_cut_off_leaves_nothing_and_is_done_again() -> None:
    key = begin()
    cuts = iter([False, True])

    def step(done: int) -> int:
        User.objects.create(username=f"page-{done}")
        if next(cuts, False):
            raise KeyboardInterrupt
        return 5

    with pytest.raises(KeyboardInterrupt):
        work_on_job(job_id=key, step=step)
    assert (Job.objects.get().state, Job.objects.get().done) == ("running", 5)
    assert list(User.objects.values_list("username", flat=True)) == ["page-0"]
    assert work_on_job(job_id=key, step=step).state == "done"
    assert User.objects.count() == 2


def test_a_refusal_ends_the_job_with_its_reason() -> None:
    key = begin()

    def step(done: int) -> int:
        raise OutOfPaper(sheets=3)

    assert work_on_job(job_id=key, step=step).state == "failed"
    assert Job.objects.get().error == {
        "code": "refused",
        "detail": "There is no paper.",
        "facts": {"sheets": 3},
    }


@pytest.mark.parametrize("units", [0, -1])
def test_a_step_that_does_nothing_ends_the_job(units: int) -> None:
    assert work_on_job(job_id=begin(), step=lambda _done: units).state == "failed"
    error = Job.objects.get().error
    assert error is not None
    assert error["code"] == "internal_error"


def test_jobs_that_stand_still_are_sent_again_and_no_others() -> None:
    now = timezone.now()
    old, fresh, over = begin(), begin(), begin()
    Job.objects.filter(pk__in=[old, over]).update(touched_at=now - timedelta(minutes=3))
    Job.objects.filter(pk=over).update(state="failed")
    assert resume_jobs(at=now).job_ids == (old,)
    assert resume_jobs(at=now).job_ids == ()
    assert Job.objects.get(pk=fresh).state == "queued"


def test_the_database_refuses_counts_that_cannot_be() -> None:
    key = begin()
    for change in ({"done": 11}, {"done": -1}, {"state": "done"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=key).update(**change)


def test_a_job_is_seen_by_who_asked_for_it_and_by_admins() -> None:
    max_ = Api(create_token(username="max", role=Role.MARKETING).key)
    other = Api(create_token(username="mia", role=Role.MARKETING).key)
    admin = Api(create_token(username="root", role=Role.ADMIN).key)
    key = begin(created_by=User.objects.get(username="max").pk)
    told = max_.ok("GET", f"jobs/{key}")
    assert (told["state"], told["done"], told["total"]) == ("queued", 0, 10)
    assert admin.ok("GET", f"jobs/{key}") == told
    problem = other.call("GET", f"jobs/{key}")
    assert (other.status, problem["code"]) == (404, "job_not_found")
    max_.call("GET", "jobs/999999")
    assert max_.status == 404


def test_a_stopped_job_keeps_what_was_done_and_goes_no_further() -> None:
    key, at = begin(), timezone.now()

    def step(done: int) -> int:
        raise AssertionError("it goes on")

    Job.objects.filter(pk=key).update(done=4, state="running")
    assert stop_job(job_id=key, at=at).stopped
    assert work_on_job(job_id=key, step=step).state == "stopped"
    assert Job.objects.get().done == 4
    assert not stop_job(job_id=key, at=at).stopped
    assert resume_jobs(at=at + timedelta(hours=1)).job_ids == ()


def test_a_job_is_stopped_by_who_asked_for_it_and_by_admins() -> None:
    max_ = Api(create_token(username="max", role=Role.MARKETING).key)
    other = Api(create_token(username="mia", role=Role.MARKETING).key)
    key = begin(created_by=User.objects.get(username="max").pk)
    assert other.call("POST", f"jobs/{key}/stop")["code"] == "job_not_found"
    assert Job.objects.get().state == "queued"
    assert max_.ok("POST", f"jobs/{key}/stop")["state"] == "stopped"


def test_chunks_done_side_by_side_are_counted_until_the_job_is_over() -> None:
    key, at = begin(total=5), timezone.now()
    progress.count_done(key, 3, at=at)
    progress.finish(key, at=at)
    assert (Job.objects.get().state, Job.objects.get().done) == ("running", 3)
    progress.count_done(key, 2, at=at)
    progress.finish(key, at=at)
    assert Job.objects.get().state == "done"
    with pytest.raises(progress.JobIsOver):
        progress.count_done(key, 1, at=at)


def test_the_list_tells_what_jobs_do_in_words() -> None:
    head = User.objects.create_superuser("head")
    for kind in ("report_export", "unheard_of"):
        start_job(kind=kind, task="t", total=1, result={}, created_by=head.pk, at=timezone.now())
    client = Client()
    client.force_login(head)
    text = client.get("/admin/jobs/job/").content.decode()
    for word in ("File of a report", "unheard_of", "Asked for by", "head"):
        assert word in text
    job = Job.objects.get(kind="report_export")
    text = client.get(f"/admin/jobs/job/{job.pk}/change/").content.decode()
    assert "File of a report" in text
