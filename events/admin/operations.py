"""The operations page: what runs by itself, how far it is, and what a person should look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from celery.schedules import crontab
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from events.admin.servers import Server, queues, servers
from events.models import TaskRun
from events.queries import COUNTED, ConsumerStatus, WebhookStatus, consumer_statuses, webhook_status
from events.registry import consumers

# Longer than this behind, a consumer is worth a look; a look of its own comes every second.
LATE_CONSUMER = timedelta(seconds=30)
# A task may wait in its queue: only then is it late.
LATE_TASK = timedelta(minutes=5)
TASKS: dict[str, str | Promise] = {
    "loyalty.expire_due_points": gettext_lazy("Expiry of points"),
    "loyalty.verify_ledger": gettext_lazy("Ledger verification"),
    "events.forget_old_events": gettext_lazy("Retention of events"),
    "events.send_due_webhooks": gettext_lazy("Webhooks that are due"),
    "promotions.reward_due_referrals": gettext_lazy("Rewards of referrals"),
    "reporting.make_partitions": gettext_lazy("Partitions of the reports"),
    "reporting.refresh_views": gettext_lazy("Summaries of the reports"),
    "access.forget_old_answers": gettext_lazy("Retention of answers and tokens"),
}
GOOD, BAD, SOFT = "success", "danger", "info"


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing to see at a glance."""

    title: str
    icon: str
    value: str
    note: str
    link: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class ConsumerRow:
    """A consumer in words."""

    name: str
    behind: str
    lag: str
    state: str
    colour: str
    note: str
    retrying: int
    dead: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of the timetable in words."""

    title: str
    name: str
    schedule: str
    ended_at: datetime | None
    seconds: str
    state: str
    colour: str
    said: str


def operations_context(at: datetime) -> dict[str, Any]:
    """Return everything the page shows."""
    statuses = consumer_statuses([*consumers().values()])
    tasks = _tasks(at)
    found = servers()
    waiting = queues()
    return {
        "tiles": _tiles(statuses, webhook_status(), tasks, found, at),
        "consumers": [_consumer(one, at) for one in statuses],
        "tasks": tasks,
        "servers": found,
        "queues": waiting,
    }


def _tiles(
    statuses: list[ConsumerStatus],
    webhooks: WebhookStatus,
    tasks: list[TaskRow],
    found: list[Server],
    at: datetime,
) -> list[Tile]:
    dead = sum(one.dead for one in statuses)
    lag = max((one.seconds_behind(at) for one in statuses), default=0.0)
    hindmost = max(statuses, key=lambda one: one.seconds_behind(at), default=None)
    failing = [task for task in tasks if task.colour == BAD]
    down = [server for server in found if not server.up]
    return [
        Tile(
            _("Dead letters"),
            "running_with_errors",
            str(dead),
            _("events a person must look at") if dead else _("every event was handled"),
            reverse("admin:events_deadletter_changelist"),
            alert=dead > 0,
        ),
        Tile(
            _("Behind at most"),
            "hourglass_top",
            duration(lag),
            hindmost.name if hindmost and lag else _("all consumers are up to date"),
            alert=lag > LATE_CONSUMER.total_seconds(),
        ),
        Tile(
            _("Webhooks waiting"),
            "outbox",
            str(webhooks.waiting),
            _("%(retried)s tried before, %(failed)s given up")
            % {"retried": webhooks.retrying, "failed": webhooks.failed},
            reverse("admin:events_webhookdelivery_changelist") + "?state__exact=waiting",
            alert=webhooks.retrying > 0,
        ),
        Tile(
            _("Timetable"),
            "schedule",
            _("in order") if not failing else str(len(failing)),
            ngettext("%(count)s task", "%(count)s tasks", len(tasks)) % {"count": len(tasks)}
            if not failing
            else ", ".join(task.title for task in failing),
            alert=bool(failing),
        ),
        Tile(
            _("Servers"),
            "dns",
            _("in order") if not down else _("down"),
            ", ".join(server.name for server in down or found),
            alert=bool(down),
        ),
    ]


def _consumer(one: ConsumerStatus, at: datetime) -> ConsumerRow:
    lag = one.seconds_behind(at)
    state, colour, note = _("up to date"), GOOD, ""
    if not one.placed:
        state, colour, note = _("never ran"), BAD, _("Start it: manage.py run_consumers")
    elif one.paused_until is not None:
        state, colour, note = _("its target is down"), BAD, one.last_error
    elif lag > LATE_CONSUMER.total_seconds():
        state, colour = _("behind"), BAD
    elif one.behind:
        state, colour = _("at work"), SOFT
    behind = (
        str(one.behind) if one.behind < COUNTED else _("%(count)s or more") % {"count": COUNTED}
    )
    return ConsumerRow(
        one.name, behind, duration(lag), state, colour, note, one.retrying + one.waiting, one.dead
    )


def _tasks(at: datetime) -> list[TaskRow]:
    """Return the timetable, each task with its last run."""
    runs = {run.name: run for run in TaskRun.objects.all()}
    current_app.finalize()  # the apps' timetables are gathered then; a web process has no need to
    timetable = current_app.conf.beat_schedule.values()
    rows = [
        _task(entry["task"], entry["schedule"], runs.get(entry["task"]), at) for entry in timetable
    ]
    return sorted(rows, key=lambda row: (row.colour != BAD, row.title))


def _task(name: str, schedule: Any, run: TaskRun | None, at: datetime) -> TaskRow:
    title = str(TASKS.get(name, name))
    if run is None:
        return TaskRow(title, name, _spoken(schedule), None, "", _("not yet"), SOFT, "")
    said = " · ".join(f"{key}: {value}" for key, value in run.result.items() if value != "")
    state, colour = _("went well"), GOOD
    if not run.succeeded:
        state, colour, said = _("failed"), BAD, run.error
    elif run.result.get("flaw"):
        state, colour = _("does not add up"), BAD
    elif _is_late(schedule, run.ended_at, at):
        state, colour = _("late"), BAD
    seconds = duration(run.seconds)
    return TaskRow(title, name, _spoken(schedule), run.ended_at, seconds, state, colour, said)


def _is_late(schedule: Any, last: datetime, at: datetime) -> bool:
    """Tell whether the task should have run long ago."""
    if isinstance(schedule, timedelta):
        return at > last + schedule + LATE_TASK
    if isinstance(schedule, crontab):
        return bool(schedule.remaining_estimate(last) < -LATE_TASK)
    return False


def _spoken(schedule: Any) -> str:
    """Return when a task runs: an interval, or minute, hour, day, month and weekday."""
    if isinstance(schedule, timedelta):
        return _("every %(time)s") % {"time": duration(schedule.total_seconds())}
    if isinstance(schedule, crontab):
        parts = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
        return " ".join(str(getattr(schedule, f"_orig_{part}")) for part in parts)
    return str(schedule)


def duration(seconds: float) -> str:
    """Return a length of time as people say it, in its two largest units."""
    if seconds < 1:
        return _("%(count)s ms") % {"count": round(seconds * 1000)}
    units = (
        (pgettext("unit of time", "d"), 86_400),
        (pgettext("unit of time", "h"), 3600),
        (pgettext("unit of time", "min"), 60),
        (pgettext("unit of time", "s"), 1),
    )
    left, said = int(seconds), []
    for unit, size in units:
        if left >= size:
            said.append(f"{left // size} {unit}")
            left %= size
    return " ".join(said[:2])
