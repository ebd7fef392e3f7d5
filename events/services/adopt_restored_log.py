"""Bring the log in order after the database was restored from a dump."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from events.stream import START

_IS_STRANGE = """
SELECT coalesce(max(transaction_id) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint, false)
  FROM events_event
"""
_MOVE_BACK = (
    """
UPDATE events_event SET transaction_id = transaction_id - %(by)s
 WHERE id <= (SELECT max(id) FROM events_event
               WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
""",
    "UPDATE events_parkedevent SET transaction_id = transaction_id - %(by)s",
    """
UPDATE events_consumerposition SET transaction_id = transaction_id - %(by)s
 WHERE transaction_id > %(start)s
""",
)


@dataclass(frozen=True, slots=True)
class LogAdopted:
    """Whether the log came from another server, and so had to be moved."""

    adopted: bool


def adopt_restored_log() -> LogAdopted:
    """Put a restored log before everything that this server records.

    The log's order is by transactions' ids, which a dump carries to a server that counts anew:
    no event can have an id that the server has not given out yet, so such ones came by a dump.
    Raises: nothing of its own.
    Writes: events_event, events_parkedevent, events_consumerposition; nothing where all is well.
    Safe under: concurrency; recording waits for the moment, by the table's lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IS_STRANGE)
        if not cursor.fetchone()[0]:
            return LogAdopted(adopted=False)
        with transaction.atomic():
            cursor.execute("LOCK TABLE events_event IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(_IS_STRANGE)
            if not cursor.fetchone()[0]:
                return LogAdopted(adopted=False)
            cursor.execute("SELECT max(transaction_id) + 1 FROM events_event")
            values = {"by": cursor.fetchone()[0], "start": START.transaction_id}
            for statement in _MOVE_BACK:
                cursor.execute(statement, values)
    return LogAdopted(adopted=True)
