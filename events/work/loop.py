"""A worker: waits for the bell, and lets consumers handle what there is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.bell import Ear
from events.domain.consumer import Consumer
from events.models import ConsumerPosition
from events.services.adopt_restored_log import adopt_restored_log
from events.services.consume_batch import BatchConsumed, consume_batch
from events.stream import Head, read_head

LOOK_SECONDS = 1.0  # without a ring
HELD_SECONDS = 0.02  # while committed events stand behind a running transaction
LONGEST_DATABASE_REST = 30.0

logger = logging.getLogger(__name__)


def work(consumers: Sequence[Consumer], *, workers: int, stopped: Callable[[], bool]) -> None:
    """Work for these consumers, as one of so many workers, until stopped."""
    ear = Ear()
    failures = 0
    is_strange = True  # a server not met before, or one that was away: it may have been restored
    try:
        while not stopped():
            try:
                if is_strange and adopt_restored_log().adopted:
                    logger.warning("the log came from another server: its order was kept")
                is_strange = False
                head = catch_up(consumers, workers=workers, stopped=stopped)
                failures = 0
            except DatabaseError as error:
                failures += 1
                is_strange = True
                logger.warning("the database does not answer: %s", error)
                with suppress(Exception):
                    connection.close()
                time.sleep(min(0.1 * 2**failures, LONGEST_DATABASE_REST))
                continue
            if not stopped():
                ear.wait(_until_next_look(consumers, head))
    finally:
        ear.close()
        connection.close()


def catch_up(
    consumers: Sequence[Consumer],
    *,
    workers: int = 1,
    stopped: Callable[[], bool] = lambda: False,
) -> Head:
    """Handle everything that can be handled now; return up to where that was."""
    while True:
        head = read_head()
        was_busy = False
        for consumer in consumers:
            while not stopped():
                done = consume_batch(
                    consumer=consumer,
                    up_to=head.tail,
                    share=-(-consumer.partitions // workers),
                    at=timezone.now(),
                )
                _tell(consumer, done)
                if not done.partitions:
                    break
                was_busy = True
        if not was_busy or stopped():
            return head


def _tell(consumer: Consumer, done: BatchConsumed) -> None:
    if done.paused:
        logger.warning("%s rests: its target is down", consumer.name)
    if done.parked:
        logger.warning("%s set aside %s events", consumer.name, done.parked)
    if done.dead:
        logger.error("%s has %s new dead letters", consumer.name, done.dead)


def _until_next_look(consumers: Sequence[Consumer], head: Head) -> float:
    """Return how long there is nothing to do, in seconds, unless the bell rings."""
    if head.held:
        return HELD_SECONDS
    due: datetime | None = ConsumerPosition.objects.filter(
        consumer__in=[consumer.name for consumer in consumers]
    ).aggregate(due=Min(Coalesce("paused_until", "retry_at")))["due"]
    if due is None:
        return LOOK_SECONDS
    rest = (due - timezone.now()) / timedelta(seconds=1)
    return min(max(rest, HELD_SECONDS), LOOK_SECONDS)
