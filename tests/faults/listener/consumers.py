"""A consumer that could write an event down twice: nothing but the log's promise forbids it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from events.domain.consumer import Consumer, LoggedEvent

#: Who holds this lock stops the consumer between its writing and its commit.
GATE = 4711


def write_down(batch: Sequence[LoggedEvent]) -> None:
    """Write the events down, then pass the gate."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO witness (event_id) SELECT unnest(%s::bigint[])", ([e.id for e in batch],)
        )
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (GATE,))


CONSUMERS = (Consumer(name="witness", handle=write_down, batch_size=50),)
