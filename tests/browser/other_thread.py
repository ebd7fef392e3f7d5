"""What happens elsewhere while a page is open.

Playwright's loop runs in the thread of the test, which other work would hold up.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Result = TypeVar("Result")


def in_another_thread(work: Callable[[], Result]) -> Result:
    """Return what `work` returns; the connections that it opened are closed."""

    def run() -> Result:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
