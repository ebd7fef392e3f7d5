"""Are PostgreSQL, Redis and the workers there, and how are they doing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from celery import current_app
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from access.admin.numbers import rounded
from events.bell import WORKER

CELERY_ANSWERS_SECONDS = 0.5
_MEGABYTE = 1024**2
# A person waits: by default Celery tries for six seconds, or for as long as the network likes.
_ONE_TRY = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
_DATABASE = """
SELECT current_setting('server_version'), pg_database_size(current_database()),
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
       current_setting('max_connections')::int,
       (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = %s),
       (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0) FROM pg_stat_activity
         WHERE datname = current_database() AND backend_xid IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Something the product needs, whether it is there, and what it says of itself."""

    name: str
    up: bool
    told: str


@dataclass(frozen=True, slots=True)
class TaskQueue:
    """A queue of Celery and how many tasks wait in it; None: Redis does not answer."""

    name: str
    waiting: int | None


def servers_and_queues() -> tuple[list[Server], list[TaskQueue]]:
    """Return the servers and workers in the order a person would ask for them, and the queues.

    Celery talks through Redis: without it nobody is asked, and the page is there at once.
    """
    redis = _ask("Redis", _redis)
    if redis.up:
        return [*_database(), redis, workers()], _queues()
    unknown = Server(_("Celery workers"), up=False, told=_("cannot be asked without Redis"))
    return [*_database(), redis, unknown], [TaskQueue(name, None) for name in _queue_names()]


def workers() -> Server:
    """Ask which workers of Celery are there."""
    return _ask(_("Celery workers"), _celery)


def _queues() -> list[TaskQueue]:
    try:
        redis = get_redis_connection("default")
        return [TaskQueue(name, int(redis.llen(name))) for name in _queue_names()]
    except (RedisError, OSError):
        return [TaskQueue(name, None) for name in _queue_names()]


def _queue_names() -> list[str]:
    return [queue.name for queue in current_app.conf.task_queues or ()]


def _database() -> list[Server]:
    started = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_DATABASE, (WORKER,))
            version, size, used, most, workers, longest = cursor.fetchone()
    except DatabaseError:  # pragma: no cover - the admin itself needs it
        return [Server("PostgreSQL", up=False, told="")]
    took = (time.perf_counter() - started) * 1000
    facts = _(
        "version %(version)s, %(size)s MB, %(used)s of %(most)s connections, answers in"
        " %(took)s ms, longest writing transaction %(longest)s s"
    ) % {
        "version": version.split(" ")[0],
        "size": rounded(size / _MEGABYTE),
        "used": rounded(used),
        "most": rounded(most),
        "took": rounded(took, 1),
        "longest": rounded(longest, 1),
    }
    at_work = ngettext("%(count)s listens", "%(count)s listen", workers) % {"count": workers}
    return [
        Server("PostgreSQL", up=True, told=facts),
        Server(_("Event consumers"), up=workers > 0, told=at_work),
    ]


def _ask(name: str, work: Callable[[], str]) -> Server:
    try:
        told = work()
    except (RedisError, OperationalError, OSError) as error:
        return Server(name, up=False, told=type(error).__name__)
    return Server(name, up=bool(told), told=told or _("nobody answers"))


def _redis() -> str:
    started = time.perf_counter()
    info = get_redis_connection("default").info()
    took = (time.perf_counter() - started) * 1000
    asked = info["keyspace_hits"] + info["keyspace_misses"]
    return _(
        "version %(version)s, %(used)s MB in use, %(hits)s%% found, answers in %(took)s ms"
    ) % {
        "version": info.get("valkey_version") or info["redis_version"],
        "used": rounded(info["used_memory"] / _MEGABYTE, 1),
        "hits": round(100 * info["keyspace_hits"] / asked) if asked else 0,
        "took": rounded(took, 1),
    }


def _celery() -> str:
    with current_app.connection_for_write(transport_options=_ONE_TRY) as broker:
        answers = current_app.control.ping(timeout=CELERY_ANSWERS_SECONDS, connection=broker) or []
    return ", ".join(name for answer in answers for name in answer)
