"""What the operations page says where nothing was ever started: no consumer, no timetable."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.test import Client
from django.utils import timezone

from events.admin.operations import operations_context
from events.admin.timetable import TASKS, is_late, timetable
from events.models import Event
from events.queries import consumer_statuses
from events.registry import consumers
from events.services.note_task_run import note_task_run
from events.services.place_consumers import place_consumers
from tests.events.readers import keeping, log

pytestmark = pytest.mark.usefixtures("effects")
NIGHT = datetime(2026, 3, 2, 2, 41, tzinfo=timezone.get_default_timezone())
NIGHTLY = crontab(hour="2", minute="41")


def tile(title: str, at: datetime) -> Any:
    return next(one for one in operations_context(at)["tiles"] if one.title == title)


def migrated_at() -> datetime:
    found: datetime = MigrationRecorder.Migration.objects.aggregate(at=Max("applied"))["at"]
    return found


def test_a_consumer_that_never_ran_has_the_whole_log_before_it() -> None:
    log(("Asked", "a:1"), ("Other", "a:1"), ("Asked", "a:2"))
    reader = keeping(event_types=frozenset({"Asked"}))
    late_comer = keeping("late_comer", from_start=False)
    status, other = consumer_statuses([reader, late_comer])
    assert (status.placed, status.behind) == (False, 2)
    assert status.oldest == Event.objects.earliest("id").recorded_at
    # It will begin with what happens from its start on: nothing waits for it, and it does not run.
    assert (other.placed, other.behind, other.oldest) == (False, 0, None)


def test_consumers_that_never_ran_are_told_at_a_glance() -> None:
    log(("PointsEarned", "card:1"))
    now = timezone.now()
    behind = tile("Behind at most", now)
    assert (behind.value, behind.alert) == ("never ran", True)
    assert "report_facts" in behind.note
    dead = tile("Dead letters", now)
    assert (dead.value, dead.note) == ("0", "no event was given up")


def test_a_consumer_that_is_behind_is_named_until_it_has_caught_up() -> None:
    place_consumers(consumers=consumers().values())
    assert tile("Behind at most", timezone.now()).note == "all consumers are up to date"
    log(("PointsEarned", "card:1"))
    later = tile("Behind at most", timezone.now() + timedelta(hours=2))
    assert (later.alert, later.value.startswith("2 h")) == (True, True)


def test_a_timetable_that_never_ran_is_late_once_its_first_run_is_overdue() -> None:
    since = migrated_at()
    fresh = tile("Timetable", since)
    count = len(timetable(since))
    assert (fresh.value, fresh.alert) == ("in order", False)
    assert fresh.note == f"{count} tasks, {count} of them not run yet"
    late = tile("Timetable", since + timedelta(days=2))
    assert (late.value, late.alert) == (str(count), True)
    assert late.note.endswith(f"and {count - 3} more")
    rows = timetable(since + timedelta(days=2))
    assert {row.state for row in rows} == {"never ran"}
    soon = timetable(since + timedelta(minutes=6))
    assert {row.name for row in soon if row.state == "never ran"} >= {"events.send_due_webhooks"}


def test_a_task_that_ran_is_not_one_that_never_did() -> None:
    at = migrated_at() + timedelta(days=2)
    for row in timetable(at):
        note_task_run(name=row.name, ended_at=at, seconds=1, result={}, error="")
    told = tile("Timetable", at)
    assert (told.value, told.alert) == ("in order", False)
    assert told.note == f"{len(timetable(at))} tasks"


@pytest.mark.parametrize(
    ("last", "at", "late"),
    [
        (NIGHT, NIGHT + timedelta(days=1), False),
        (NIGHT, NIGHT + timedelta(days=1, minutes=4), False),
        (NIGHT, NIGHT + timedelta(days=1, minutes=6), True),
        (NIGHT - timedelta(hours=1), NIGHT + timedelta(minutes=6), True),
    ],
)
def test_a_nightly_task_is_late_when_its_time_has_passed(
    last: datetime, at: datetime, late: bool
) -> None:
    assert is_late(NIGHTLY, last, at) is late


def test_a_schedule_is_told_in_words() -> None:
    told = {row.name: row.schedule for row in timetable(timezone.now())}
    assert told["jobs.resume_jobs"] == "every minute"
    assert told["promotions.reward_due_referrals"] == "every 5 min"
    assert told["loyalty.expire_due_points"] == "every hour, at minute 7"
    assert told["access.forget_old_answers"] == "every day at 03:17 UTC"


def test_every_task_of_the_timetable_has_a_title() -> None:
    assert {row.name for row in timetable(timezone.now())} == set(TASKS)


def test_the_page_says_it(client: Client, admin_user: object) -> None:
    client.force_login(admin_user)  # type: ignore[arg-type]  # the fixture's user
    page = client.get("/admin/operations/").content.decode()
    assert "never ran" in page
    assert "all consumers are up to date" not in page
