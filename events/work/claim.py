"""Taking partitions of a consumer to work on, alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from events.domain.consumer import Consumer, Position

FIRST_PAUSE = timedelta(milliseconds=500)
LONGEST_PAUSE = timedelta(minutes=1)

# Others' partitions are passed over: whoever holds a row is at work on it.
_CLAIM = """
SELECT partition, transaction_id, event_id, retry_at IS NOT NULL, pauses
  FROM events_consumerposition
 WHERE consumer = %(consumer)s
   AND (paused_until IS NULL OR paused_until <= %(at)s)
   AND ((transaction_id, event_id) < (%(xid)s, %(id)s) OR retry_at <= %(at)s)
 ORDER BY transaction_id, event_id, partition
 LIMIT %(share)s FOR NO KEY UPDATE SKIP LOCKED
"""
_MOVE = """
UPDATE events_consumerposition
   SET transaction_id = %s, event_id = %s, moved_at = %s, paused_until = NULL, pauses = 0,
       last_error = ''
 WHERE consumer = %s AND partition = ANY(%s)
"""
_PAUSE = """
UPDATE events_consumerposition SET paused_until = %s, pauses = pauses + 1, last_error = %s
 WHERE consumer = %s AND partition = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Partitions that stand at one place, locked until the transaction ends."""

    partitions: Sequence[int]
    position: Position
    has_parked: bool
    pauses: int


def claim(consumer: Consumer, *, up_to: Position, share: int, at: datetime) -> Claim | None:
    """Lock at most `share` partitions that have something to do; None if there are none left.

    They share one read of the log, so only those at the place of the hindmost are taken; the
    others are met again once it has caught up with them.
    """
    values: dict[str, Any] = {
        "consumer": consumer.name,
        "at": at,
        "xid": up_to.transaction_id,
        "id": up_to.event_id,
        "share": share,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        rows = cursor.fetchall()
    if not rows:
        return None
    place = Position(rows[0][1], rows[0][2])
    mine = [row for row in rows if Position(row[1], row[2]) == place]
    return Claim(
        [row[0] for row in mine],
        place,
        any(row[3] for row in mine),
        max(row[4] for row in mine),
    )


def move(consumer: Consumer, claimed: Claim, to: Position, *, at: datetime) -> None:
    """Move the claimed partitions on. Writes: events_consumerposition."""
    values = (to.transaction_id, to.event_id, at, consumer.name, list(claimed.partitions))
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)


def pause(consumer: Consumer, claimed: Claim, error: Exception, *, at: datetime) -> None:
    """Let the claimed partitions rest, longer each time. Writes: events_consumerposition."""
    rest = min(FIRST_PAUSE * 2 ** min(claimed.pauses, 10), LONGEST_PAUSE)
    with connection.cursor() as cursor:
        cursor.execute(
            _PAUSE, (at + rest, str(error)[:1000], consumer.name, list(claimed.partitions))
        )
