"""Transactions that record no event, so that nobody who reads the log waits for them.

The log is read up to the first transaction that is still running. A consumer's own transaction
writes too, and would make every other consumer wait for its batch; it says that it records
nothing, and is held to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from events.log import refuse_recording
from events.stream import QUIET


@contextmanager
def records_no_event() -> Iterator[None]:
    """Mark the transaction of the block, from its first statement to its end.

    Recording inside raises RuntimeError. The database's own function refuses it too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, true)", (QUIET,))
    with refuse_recording():
        yield
