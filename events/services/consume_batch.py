"""Let one consumer handle the next events of the partitions that nobody else works on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import OperationalError, transaction

from core.errors import Busy
from events.domain.consumer import Consumer, LoggedEvent, Position
from events.stream import read_events, read_these
from events.work import parked
from events.work.claim import Claim, claim, move, pause
from events.work.quiet import records_no_event

# Not the events' fault: the target is down, or the database broke a transaction off.
NOT_THE_EVENTS_FAULT = (Busy, OperationalError)


@dataclass(slots=True)
class BatchConsumed:
    """What was done: nothing at all if `partitions` is 0."""

    partitions: int = 0
    handled: int = 0
    parked: int = 0
    dead: int = 0
    paused: bool = False


@dataclass(slots=True)
class _Outcome:
    """What became of a batch's events."""

    failed: list[tuple[LoggedEvent, Exception]] = field(default_factory=list)
    behind: list[LoggedEvent] = field(default_factory=list)


def consume_batch(
    *, consumer: Consumer, up_to: Position, share: int, at: datetime
) -> BatchConsumed:
    """Hand the consumer its next events, at most `share` partitions, none after `up_to`.

    What one event's handling raises is put down to that event: it is tried again later, and
    then a dead letter; later ones of its key wait behind it, all others go on.
    Raises: OperationalError when the database is gone.
    Writes: what the consumer does, events_consumerposition, events_parkedevent, or nothing.
    Safe under: any number of workers, killed anywhere; the partitions' row locks.
    """
    done = BatchConsumed()
    with transaction.atomic(), nullcontext() if consumer.records_events else records_no_event():
        claimed = claim(consumer, up_to=up_to, share=share, at=at)
        if claimed is None:
            return done
        done.partitions = len(claimed.partitions)
        try:
            with transaction.atomic():
                _work(consumer, claimed, up_to, done, at)
        except NOT_THE_EVENTS_FAULT as error:
            done = BatchConsumed(partitions=len(claimed.partitions), paused=True)
            pause(consumer, claimed, error, at=at)
    return done


def _work(
    consumer: Consumer, claimed: Claim, up_to: Position, done: BatchConsumed, at: datetime
) -> None:
    """Retry what is due, then handle what is new, then move on."""
    blocked: set[str] = set()
    if claimed.has_parked:
        _retry(consumer, claimed.partitions, done, at)
        blocked = parked.blocked_keys(consumer, claimed.partitions)
    events: list[LoggedEvent] = []
    if claimed.position < up_to:
        events = read_events(
            consumer,
            after=claimed.position,
            up_to=up_to,
            partitions=claimed.partitions,
            limit=consumer.batch_size,
        )
    free = [event for event in events if event.order_key not in blocked]
    outcome = _handle(consumer, free)
    outcome.behind += [event for event in events if event.order_key in blocked]
    done.handled += len(events) - len(outcome.failed) - len(outcome.behind)
    if outcome.failed or outcome.behind:
        done.parked += len(outcome.failed) + len(outcome.behind)
        done.dead += parked.park(consumer, outcome.failed, outcome.behind, at=at)
    if claimed.has_parked or done.parked:
        parked.set_retry_times(consumer, claimed.partitions, at=at)
    # Fewer than asked for: there is nothing more of this consumer's up to the end.
    is_last = len(events) < consumer.batch_size
    move(consumer, claimed, max(claimed.position, up_to) if is_last else events[-1].position, at=at)


def _handle(consumer: Consumer, events: Sequence[LoggedEvent]) -> _Outcome:
    """Hand the events over at once; if that fails, one by one, to see which it was."""
    outcome = _Outcome()
    if not events:
        return outcome
    if _try(consumer, events) is None:
        return outcome
    blocked: set[str] = set()
    for event in events:
        if event.order_key in blocked:
            outcome.behind.append(event)
            continue
        error = _try(consumer, [event])
        if error is not None:
            outcome.failed.append((event, error))
            blocked.add(event.order_key)
    return outcome


def _try(consumer: Consumer, events: Sequence[LoggedEvent]) -> Exception | None:
    """Hand the events over; return what went wrong with them, nothing of theirs being written.

    Raises: what is not their fault.
    """
    try:
        with transaction.atomic():
            consumer.handle(events)
    except NOT_THE_EVENTS_FAULT:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a consumer raises is the event's error
        return error
    return None


def _retry(
    consumer: Consumer, partitions: Sequence[int], done: BatchConsumed, at: datetime
) -> None:
    """Try the parked events that are due, in the log's order per key."""
    rows = parked.due(consumer, partitions, at=at)
    events = read_these(consumer, [row.event_id for row in rows])
    resting: set[str] = set()
    for row in rows:
        if row.order_key in resting:
            continue
        error = _try(consumer, [events[row.event_id]])
        if error is None:
            row.delete()
            done.handled += 1
        elif parked.failed_again(consumer, row, error, at=at):
            done.dead += 1
        else:
            resting.add(row.order_key)
