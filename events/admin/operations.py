"""The operations page: what runs by itself, how far it is, and what a person should look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.admin.numbers import rounded
from events.admin.duration import duration
from events.admin.servers import Server, servers_and_queues
from events.admin.timetable import BAD, GOOD, SOFT, TaskRow, timetable
from events.models import DeadLetter, ParkedState
from events.queries import COUNTED, ConsumerStatus, WebhookStatus, consumer_statuses, webhook_status
from events.registry import consumers

# Longer than this behind, a consumer is worth a look; a look of its own comes every second.
LATE_CONSUMER = timedelta(seconds=30)
NAMED = 3  # of those that need a look; the rest is counted


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


def operations_context(at: datetime) -> dict[str, Any]:
    """Return everything the page shows."""
    statuses = consumer_statuses([*consumers().values()])
    tasks = timetable(at)
    found, waiting = servers_and_queues()
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
    # Those of consumers that are switched off too: a person must look at them all the same.
    dead = DeadLetter.objects.filter(state=ParkedState.DEAD).count()
    down = [server for server in found if not server.up]
    return [
        Tile(
            _("Dead letters"),
            "running_with_errors",
            rounded(dead),
            _("events a person must look at") if dead else _("no event was given up"),
            reverse("admin:events_deadletter_changelist"),
            alert=dead > 0,
        ),
        _behind_tile(statuses, at),
        Tile(
            _("Webhooks waiting"),
            "outbox",
            rounded(webhooks.waiting),
            _("%(retried)s tried before, %(failed)s given up")
            % {"retried": rounded(webhooks.retrying), "failed": rounded(webhooks.failed)},
            reverse("admin:events_webhookdelivery_changelist") + "?state__exact=waiting",
            alert=webhooks.retrying > 0,
        ),
        _timetable_tile(tasks),
        Tile(
            _("Servers"),
            "dns",
            _("in order") if not down else _("down"),
            ", ".join(server.name for server in down or found),
            alert=bool(down),
        ),
    ]


def _behind_tile(statuses: list[ConsumerStatus], at: datetime) -> Tile:
    """Say how far the hindmost consumer is behind; one that never ran is behind everything."""
    title, icon = _("Behind at most"), "hourglass_top"
    never = [one.name for one in statuses if not one.placed]
    if never:
        return Tile(title, icon, _("never ran"), _some(never), alert=True)
    hindmost = max(statuses, key=lambda one: one.seconds_behind(at), default=None)
    lag = hindmost.seconds_behind(at) if hindmost else 0.0
    return Tile(
        title,
        icon,
        duration(lag),
        hindmost.name if hindmost and lag else _("all consumers are up to date"),
        alert=lag > LATE_CONSUMER.total_seconds(),
    )


def _timetable_tile(tasks: list[TaskRow]) -> Tile:
    title, icon = _("Timetable"), "schedule"
    failing = [task.title for task in tasks if task.colour == BAD]
    if failing:
        return Tile(title, icon, str(len(failing)), _some(failing), alert=True)
    count, unseen = len(tasks), sum(task.ended_at is None for task in tasks)
    note = ngettext("%(count)s task", "%(count)s tasks", count) % {"count": count}
    if unseen:
        note = _("%(tasks)s, %(unseen)s of them not run yet") % {"tasks": note, "unseen": unseen}
    return Tile(title, icon, _("in order"), note)


def _some(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    told = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return told if more <= 0 else _("%(names)s and %(more)s more") % {"names": told, "more": more}


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
    behind = rounded(min(one.behind, COUNTED))
    if one.behind >= COUNTED:
        behind = _("%(count)s or more") % {"count": behind}
    since = duration(lag)
    if not one.placed and not one.behind:  # it will begin with what happens from its start on
        behind = since = "\u2013"
    return ConsumerRow(
        one.name, behind, since, state, colour, note, one.retrying + one.waiting, one.dead
    )
