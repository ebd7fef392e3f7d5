"""Is the process alive, and are the servers it needs there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django_redis import get_redis_connection

from access.json import answer

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """A dependency is there but not in the state the product needs."""


def live(request: HttpRequest) -> HttpResponse:
    """Answer that the process serves requests; asks nobody."""
    return answer({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:
    """Answer which dependency is up; 503 if one is not.

    With Redis down orders are still answered, more slowly: a balancer that should keep such a
    process in service asks /health/live, or reads `checks`.
    """
    checks = states()
    is_ready = all(one == "ok" for one in checks.values())
    return answer(
        {"status": "ready" if is_ready else "not_ready", "checks": checks},
        200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def states() -> dict[str, str]:
    """Return "ok" of each server we need, or what is wrong with it."""
    return {name: _check(name, work) for name, work in _CHECKS.items()}


def _check(name: str, work: Callable[[], None]) -> str:
    """Return "ok" or what is wrong; addresses and secrets stay in the log."""
    try:
        work()
    except NotReady as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises, the check has failed
        logger.warning("%s is down: %s", name, error)
        return "down"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")


@cache
def _migrations() -> None:
    """Refuse while migrations wait; once there are none, that is remembered."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise NotReady(f"{len(plan)} migrations to apply")


def _redis() -> None:
    get_redis_connection("default").ping()


_CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
}
