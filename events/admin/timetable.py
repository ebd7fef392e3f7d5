"""The timetable on the operations page: each task with its last run, and those that are late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from celery.schedules import crontab
from celery.utils.time import remaining
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.duration import duration
from events.models import TaskRun

# A task may wait in its queue: only then is it late.
LATE_TASK = timedelta(minutes=5)
TASKS: dict[str, str | Promise] = {
    "access.forget_old_answers": gettext_lazy("Retention of answers and tokens"),
    "events.forget_old_events": gettext_lazy("Retention of events"),
    "events.send_due_webhooks": gettext_lazy("Webhooks that are due"),
    "imports.delete_expired_imports": gettext_lazy("Retention of imports"),
    "jobs.resume_jobs": gettext_lazy("Jobs that stand still"),
    "loyalty.announce_expiring_points": gettext_lazy("Notices of points that will expire"),
    "loyalty.expire_due_points": gettext_lazy("Expiry of points"),
    "loyalty.verify_ledger": gettext_lazy("Ledger verification"),
    "promotions.evaluate_ending_memberships": gettext_lazy("Levels whose term ends"),
    "promotions.forget_backtests": gettext_lazy("Retention of back-tests"),
    "promotions.reward_due_referrals": gettext_lazy("Rewards of referrals"),
    "reporting.archive_reports": gettext_lazy("Archive of the reports"),
    "reporting.delete_expired_exports": gettext_lazy("Retention of exports"),
    "reporting.make_partitions": gettext_lazy("Partitions of the reports"),
    "reporting.refresh_views": gettext_lazy("Summaries of the reports"),
}
#: Colours of states.
GOOD, BAD, SOFT = "success", "danger", "info"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of the timetable in words. `ended_at` None: it never ran."""

    title: str
    name: str
    schedule: str
    ended_at: datetime | None
    seconds: str
    state: str
    colour: str
    said: str


def timetable(at: datetime) -> list[TaskRow]:
    """Return every task as of `at`, those that need a look first."""
    runs = {run.name: run for run in TaskRun.objects.all()}
    current_app.finalize()  # the apps' timetables are gathered then; a web process has no need to
    installed = _installed_at()
    rows = [
        _ran(entry["task"], entry["schedule"], runs[entry["task"]], at)
        if entry["task"] in runs
        else _never_ran(entry["task"], entry["schedule"], installed, at)
        for entry in current_app.conf.beat_schedule.values()
    ]
    return sorted(rows, key=lambda row: (row.colour != BAD, row.title))


def is_late(schedule: Any, last: datetime, at: datetime) -> bool:
    """Tell whether a task should have run long ago, if its last run was at `last`."""
    if isinstance(schedule, timedelta):
        return at > last + schedule + LATE_TASK
    if isinstance(schedule, crontab):
        start, wait, _now = schedule.remaining_delta(last)
        return bool(remaining(start, wait, now=at) < -LATE_TASK)
    return False


def _installed_at() -> datetime | None:
    """Return when this version's tables were made: a task is not missed before it could be run."""
    found: datetime | None = MigrationRecorder.Migration.objects.aggregate(at=Max("applied"))["at"]
    return found


def _never_ran(name: str, schedule: Any, installed: datetime | None, at: datetime) -> TaskRow:
    state, colour = _("not yet"), SOFT
    if installed is not None and is_late(schedule, installed, at):
        state, colour = _("never ran"), BAD
    return TaskRow(_title(name), name, _spoken(schedule), None, "", state, colour, "")


def _ran(name: str, schedule: Any, run: TaskRun, at: datetime) -> TaskRow:
    said = " · ".join(f"{key}: {value}" for key, value in run.result.items() if value != "")
    state, colour = _("went well"), GOOD
    if not run.succeeded:
        state, colour, said = _("failed"), BAD, run.error
    elif run.result.get("flaw"):
        state, colour = _("does not add up"), BAD
    elif is_late(schedule, run.ended_at, at):
        state, colour = _("late"), BAD
    took = duration(run.seconds)
    return TaskRow(_title(name), name, _spoken(schedule), run.ended_at, took, state, colour, said)


def _title(name: str) -> str:
    return str(TASKS.get(name, name))


def _spoken(schedule: Any) -> str:
    """Return when a task runs: in words, or as minute, hour, day, month and weekday."""
    if isinstance(schedule, timedelta):
        return _("every %(time)s") % {"time": duration(schedule.total_seconds())}
    if isinstance(schedule, crontab):
        parts = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
        minute, hour, *days = (str(getattr(schedule, f"_orig_{part}")) for part in parts)
        return _of_the_day(minute, hour) if {*days} == {"*"} else " ".join((minute, hour, *days))
    return str(schedule)


def _of_the_day(minute: str, hour: str) -> str:
    if hour == "*" and minute == "*":
        return _("every minute")
    if hour == "*" and minute.startswith("*/"):
        return _("every %(time)s") % {"time": duration(60 * int(minute.removeprefix("*/")))}
    if hour == "*":
        return _("every hour, at minute %(minute)s") % {"minute": minute}
    told = {"time": f"{hour:0>2}:{minute:0>2}", "zone": current_app.conf.timezone or "UTC"}
    return _("every day at %(time)s %(zone)s") % told
