"""Events set aside: tried again later, or waiting behind one that is."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Max, QuerySet, When, Window

from events.domain.consumer import Consumer, LoggedEvent, partition_of
from events.models import ParkedEvent, ParkedState

ROUND = 1000  # parked events looked at in one transaction
LINES_OF_AN_ERROR = 20

# Each key's first parked event decides when the key is due: the others wait behind it.
_SET_RETRY_TIMES = """
UPDATE events_consumerposition AS place SET retry_at = (
    SELECT min(coalesce(head.next_attempt_at, %(at)s)) FROM (
        SELECT DISTINCT ON (order_key) next_attempt_at FROM events_parkedevent
         WHERE consumer = place.consumer AND partition = place.partition AND state <> 'dead'
         ORDER BY order_key, transaction_id, event_id) AS head)
 WHERE consumer = %(consumer)s AND partition = ANY(%(partitions)s)
"""


def delay_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: 1, 5, 25, 125, 625 seconds, and so on."""
    return timedelta(seconds=min(5 ** (attempts - 1), 3600))


def not_dead(consumer: Consumer, partitions: Sequence[int]) -> QuerySet[ParkedEvent]:
    """Return what is parked and not given up."""
    return ParkedEvent.objects.filter(consumer=consumer.name, partition__in=partitions).exclude(
        state=ParkedState.DEAD
    )


def blocked_keys(consumer: Consumer, partitions: Sequence[int]) -> set[str]:
    """Return the keys whose further events must wait."""
    return set(not_dead(consumer, partitions).values_list("order_key", flat=True).distinct())


def due(consumer: Consumer, partitions: Sequence[int], *, at: datetime) -> list[ParkedEvent]:
    """Return the events that may be tried now, and those behind them, in the log's order.

    Those of resting keys are left out before they are counted: a thousand of them must not keep
    the others waiting.
    """
    rests = Window(
        Max(Case(When(next_attempt_at__gt=at, then=1), default=0)),
        partition_by="order_key",
        order_by=["transaction_id", "event_id"],
    )
    rows = not_dead(consumer, partitions).annotate(rests=rests).filter(rests=0)
    return list(rows.order_by("transaction_id", "event_id")[:ROUND])


def failed_again(consumer: Consumer, row: ParkedEvent, error: Exception, *, at: datetime) -> bool:
    """Note a failure; return whether the event is given up. Writes: events_parkedevent."""
    row.attempts += 1
    row.error = told(error)
    is_dead = row.attempts >= consumer.attempts
    row.state = ParkedState.DEAD if is_dead else ParkedState.RETRYING
    row.next_attempt_at = None if is_dead else at + delay_after(row.attempts)
    row.save(update_fields=["attempts", "error", "state", "next_attempt_at"])
    return is_dead


def park(
    consumer: Consumer,
    failed: Sequence[tuple[LoggedEvent, Exception]],
    behind: Iterable[LoggedEvent],
    *,
    at: datetime,
) -> int:
    """Set aside what failed for the first time, and what stands behind. Return how many are dead
    letters at once. Writes: events_parkedevent.
    """
    rows = [_row(consumer, event) for event, _error in failed]
    for row, (_event, error) in zip(rows, failed, strict=True):
        row.attempts = 1
        row.error = told(error)
        if consumer.attempts > 1:
            row.state = ParkedState.RETRYING
            row.next_attempt_at = at + delay_after(1)
        else:
            row.state = ParkedState.DEAD
    waiting = [_row(consumer, event) for event in behind]
    ParkedEvent.objects.bulk_create([*rows, *waiting])
    return sum(row.state == ParkedState.DEAD for row in rows)


def _row(consumer: Consumer, event: LoggedEvent) -> ParkedEvent:
    return ParkedEvent(
        consumer=consumer.name,
        partition=partition_of(event.order_key, consumer.partitions),
        event_id=event.id,
        transaction_id=event.transaction_id,
        order_key=event.order_key,
        state=ParkedState.WAITING,
    )


def set_retry_times(consumer: Consumer, partitions: Sequence[int], *, at: datetime) -> None:
    """Say on the partitions when their first parked event is due.

    Writes: events_consumerposition.
    """
    values: dict[str, Any] = {"consumer": consumer.name, "partitions": list(partitions), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_SET_RETRY_TIMES, values)


def told(error: Exception) -> str:
    """Return the error as the dead letters' page shows it: its words, then where it happened."""
    lines = traceback.format_exception(error)[-LINES_OF_AN_ERROR:]
    return f"{type(error).__name__}: {error}\n\n{''.join(lines)}"[:10_000].replace("\0", "")
