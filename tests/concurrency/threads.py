"""Threads that start together, each with a database connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

SECONDS = 60
# Who is running is asked of the locks: pg_stat_activity would show one transaction the same
# sessions until its end, and not the one that came since.
_WAITING = """
SELECT EXISTS (SELECT FROM pg_locks
                WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))
"""


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at once, each with a connection of its own; return what they returned or raised."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            start.wait(SECONDS)
            results[place] = acts[place]()
        except Exception as error:  # noqa: BLE001 - the test says which it expects
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    return results


def wait_until_somebody_waits() -> None:
    """Return once another transaction waits for a lock of this one."""
    deadline = time.monotonic() + SECONDS
    waited = False
    with connection.cursor() as cursor:
        while not waited and time.monotonic() < deadline:
            time.sleep(0.01)
            cursor.execute(_WAITING)
            (waited,) = cursor.fetchone()
    assert waited
