"""Give every consumer its places in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from core.db import lock_rows
from events.domain.consumer import Consumer, Position
from events.errors import PartitionsChanged
from events.models import ConsumerPosition, ParkedEvent
from events.stream import START, read_head


@dataclass(frozen=True, slots=True)
class ConsumersPlaced:
    """Which consumers were new, and which got another number of partitions."""

    new: tuple[str, ...]
    divided_anew: tuple[str, ...]


def place_consumers(*, consumers: Iterable[Consumer]) -> ConsumersPlaced:
    """Give new consumers their places: the log's start, or its end as it is now.

    A changed number of partitions is taken over once all of them stand at one place.
    Raises: PartitionsChanged until then.
    Writes: events_consumerposition.
    Safe under: replay and concurrency; places that are there are left alone.
    """
    end = read_head().tail
    new, divided = [], []
    for consumer in consumers:
        with transaction.atomic():
            rows = lock_rows(ConsumerPosition.objects.filter(consumer=consumer.name))
            if not rows:
                _place(consumer, START if consumer.from_start else end)
                new.append(consumer.name)
            elif len(rows) != consumer.partitions:
                _divide_anew(consumer, rows)
                divided.append(consumer.name)
    return ConsumersPlaced(tuple(new), tuple(divided))


def _place(consumer: Consumer, at: Position) -> None:
    """Add rows; another process may be adding the same ones."""
    ConsumerPosition.objects.bulk_create(
        (
            ConsumerPosition(
                consumer=consumer.name,
                partition=partition,
                transaction_id=at.transaction_id,
                event_id=at.event_id,
            )
            for partition in range(consumer.partitions)
        ),
        ignore_conflicts=True,
    )


def _divide_anew(consumer: Consumer, rows: list[ConsumerPosition]) -> None:
    """Keys move between partitions, so no partition may be ahead and nothing may be parked."""
    places = {Position(row.transaction_id, row.event_id) for row in rows}
    waiting = ParkedEvent.objects.filter(consumer=consumer.name).exists()
    if len(places) > 1 or waiting:
        raise PartitionsChanged(consumer=consumer.name, had=len(rows), now=consumer.partitions)
    ConsumerPosition.objects.filter(consumer=consumer.name).delete()
    _place(consumer, places.pop())
