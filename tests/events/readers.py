"""Consumers for tests: they keep what they were given in a table, as exactly-once effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from events.domain.consumer import Consumer, LoggedEvent
from events.log import Happening, record
from events.services.consume_batch import BatchConsumed, consume_batch
from events.services.place_consumers import place_consumers
from events.stream import read_head

Fails = Callable[[LoggedEvent], None]


def log(*kinds_and_keys: tuple[str, str], **payload: object) -> None:
    """Record one event per pair of type and key, in a transaction of its own."""
    with transaction.atomic():
        record([Happening(kind, key, payload) for kind, key in kinds_and_keys], at=timezone.now())


@contextmanager
def a_table_of_effects() -> Iterator[None]:
    """Make the table that `keeping` consumers write to."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS effect")
        cursor.execute(
            "CREATE TABLE effect (n bigserial, consumer text, event_id bigint, order_key text)"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE effect")


def keeping(name: str = "keeper", fails: Fails | None = None, **terms: object) -> Consumer:
    """Return a consumer that writes every event to the table; `fails` may raise for one."""

    def handle(batch: Sequence[LoggedEvent]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO effect (consumer, event_id, order_key) VALUES (%s, %s, %s)",
                [(name, event.id, event.order_key) for event in batch],
            )
        for event in batch:
            if fails is not None:
                fails(event)

    consumer = Consumer(name=name, handle=handle, partitions=4, batch_size=10)
    return replace(consumer, **terms)  # type: ignore[arg-type]  # any of its fields


def kept(name: str = "keeper") -> list[int]:
    """Return the ids of the events the consumer kept, in the order of its writing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM effect WHERE consumer = %s ORDER BY n", [name])
        return [row[0] for row in cursor.fetchall()]


def read_on(
    consumer: Consumer, *, share: int = 256, at: datetime | None = None
) -> list[BatchConsumed]:
    """Place the consumer and let it read until there is nothing to do; return what was done.

    `at`: the moment that rests and retries are reckoned by, or now.
    """
    place_consumers(consumers=[consumer])
    done: list[BatchConsumed] = []
    now = at or timezone.now()
    while True:
        one = consume_batch(consumer=consumer, up_to=read_head().tail, share=share, at=now)
        if not one.partitions:
            return done
        done.append(one)
