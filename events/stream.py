"""Reading the log in commit order without gaps.

An event's id is handed out when it is written, not when its transaction commits: a reader that
remembers the highest id it saw would skip those that commit late. So the order is (transaction
id, id), and nothing is read from transactions that may still be running, or after them. A
transaction's own id would not do: it is handed out with its first write, which may be long
before it gets hold of a card that others were faster at (see events/models/event.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, transaction

from events.domain.consumer import Consumer, LoggedEvent, Position

#: The name of sessions whose transaction promises to record no event (see docs/events.md).
QUIET = "punchcard: records no event"
# Before everything: restored events have ids below zero (events/services/adopt_restored_log.py).
START = Position(-(2**62), 0)

# The horizon is the first transaction that was running when the statement began. Two kinds of
# running transactions can leave no event behind and are passed over: those of other databases of
# the server, and those that say so by their name. Who is not known (a prepared transaction, a
# role that may not see the others) counts. The rows of pg_stat_activity are younger than the
# snapshot, and a transaction that was running then has its name from its first moment.
_HEAD = """
WITH seen AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
horizon AS MATERIALIZED (
    SELECT coalesce(
        (SELECT min(one::text::bigint) FROM pg_snapshot_xip(snapshot) AS one
          WHERE NOT EXISTS (
            SELECT FROM pg_stat_activity AS other
             WHERE other.backend_xid::text::bigint = one::text::bigint & 4294967295
               AND (other.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
                    OR other.application_name = %s))),
        pg_snapshot_xmax(snapshot)::text::bigint) AS xid
    FROM seen)
SELECT horizon.xid, coalesce(tail.transaction_id, %s), coalesce(tail.id, 0),
       EXISTS (SELECT FROM events_event WHERE transaction_id >= horizon.xid)
  FROM horizon LEFT JOIN LATERAL (
       SELECT transaction_id, id FROM events_event
        WHERE transaction_id < horizon.xid ORDER BY transaction_id DESC, id DESC LIMIT 1
  ) AS tail ON true
"""

_READ = """
SELECT id, transaction_id, type, key, payload, occurred_at, recorded_at, {key}
  FROM events_event
 WHERE (transaction_id, id) > (%(xid)s, %(id)s)
   AND (transaction_id, id) <= (%(to_xid)s, %(to_id)s)
   {types} {partitions}
 ORDER BY transaction_id, id LIMIT %(limit)s
"""
_OF_PARTITIONS = (
    "AND ('x' || left(md5({key}), 8))::bit(32)::bigint %% %(count)s = ANY(%(partitions)s)"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Up to where the log may be read now.

    `tail` is the last event below the horizon (START if there is none); `held` tells that
    committed events stand behind a transaction that is still running.
    """

    horizon: int
    tail: Position
    held: bool


def read_head() -> Head:
    """Return up to where the log may be read. What is below stays as it is, so it can be read
    later, by other statements.

    Raises: TransactionManagementError inside a transaction, whose own events it would wait for,
    and where PostgreSQL would show who is running as of an earlier question.
    """
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError("the log's head is read outside transactions")
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, (QUIET, START.transaction_id))
        horizon, transaction_id, event_id, held = cursor.fetchone()
    return Head(horizon, Position(transaction_id, event_id), held)


def read_events(
    consumer: Consumer,
    *,
    after: Position,
    up_to: Position,
    partitions: Sequence[int],
    limit: int,
) -> list[LoggedEvent]:
    """Return the consumer's next events after one place and up to another, in the log's order."""
    key, key_name = _order_key(consumer)
    sql = _READ.format(
        key=key,
        types="AND type = ANY(%(types)s)" if consumer.event_types else "",
        partitions=_OF_PARTITIONS.format(key=key) if len(partitions) < consumer.partitions else "",
    )
    values: dict[str, Any] = {
        "xid": after.transaction_id,
        "id": after.event_id,
        "to_xid": up_to.transaction_id,
        "to_id": up_to.event_id,
        "types": sorted(consumer.event_types),
        "partitions": list(partitions),
        "count": consumer.partitions,
        "limit": limit,
        **key_name,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_event(row) for row in cursor.fetchall()]


def read_these(consumer: Consumer, event_ids: Sequence[int]) -> dict[int, LoggedEvent]:
    """Return single events by their ids."""
    key, key_name = _order_key(consumer)
    sql = (
        f"SELECT id, transaction_id, type, key, payload, occurred_at, recorded_at, {key}"  # noqa: S608 - one of two constants
        " FROM events_event WHERE id = ANY(%(ids)s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(event_ids), **key_name})
        return {row[0]: _event(row) for row in cursor.fetchall()}


def _order_key(consumer: Consumer) -> tuple[str, dict[str, str]]:
    """Return the expression of the consumer's key, and its arguments."""
    if not consumer.partition_key:
        return "key", {}
    return "coalesce(payload ->> %(field)s, key)", {"field": consumer.partition_key}


def _event(row: tuple[Any, ...]) -> LoggedEvent:
    number, transaction_id, kind, key, payload, *rest = row
    return LoggedEvent(number, transaction_id, kind, key, orjson.loads(payload), *rest)
