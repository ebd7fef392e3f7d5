"""Forget events that are old and read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from events.domain.consumer import Consumer, Position
from events.models import ConsumerPosition, DeliveryState, WebhookDelivery
from events.registry import consumers
from events.stream import START

BATCH = 10_000
# In the log's order, so that the scan ends at the first event that is too young to go.
_OLDEST = """
SELECT id, transaction_id, recorded_at < %s,
       EXISTS (SELECT FROM events_parkedevent WHERE event_id = events_event.id)
  FROM events_event
 WHERE (transaction_id, id) > (%s, %s) AND (transaction_id, id) <= (%s, %s)
 ORDER BY transaction_id, id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class EventsForgotten:
    """How many rows are gone."""

    events: int
    deliveries: int


def forget_events(*, at: datetime, kept_for: timedelta) -> EventsForgotten:
    """Delete what was recorded before `at - kept_for` and read by every consumer.

    What is parked or a dead letter stays; so does a delivery that still waits.
    Raises: nothing of its own.
    Writes: events_event, events_webhookdelivery, in batches, each a transaction.
    Safe under: replay and concurrency; consumers' places only move on.
    """
    before = at - kept_for
    floor = _read_by_all(consumers().values())
    gone, place = 0, START
    while True:
        with connection.cursor() as cursor:
            edges = (place.transaction_id, place.event_id, floor.transaction_id, floor.event_id)
            cursor.execute(_OLDEST, (before, *edges, BATCH))
            rows = cursor.fetchall()
            old = [row[0] for row in rows if row[2] and not row[3]]
            cursor.execute("DELETE FROM events_event WHERE id = ANY(%s)", (old,))
            gone += cursor.rowcount
        if len(rows) < BATCH or not rows[-1][2]:
            break
        place = Position(rows[-1][1], rows[-1][0])
    return EventsForgotten(gone, _forget_deliveries(before))


def _read_by_all(known: Iterable[Consumer]) -> Position:
    """Return up to where every consumer has read; START while one has no places yet."""
    wanted = {consumer.name for consumer in known}
    rows = list(
        ConsumerPosition.objects.filter(consumer__in=wanted).values_list(
            "consumer", "transaction_id", "event_id"
        )
    )
    if wanted - {row[0] for row in rows}:
        return START
    return min((Position(row[1], row[2]) for row in rows), default=START)


def _forget_deliveries(before: datetime) -> int:
    """Delete deliveries that are done; a batch keeps the locks of one statement few."""
    gone = 0
    while True:
        old = (
            WebhookDelivery.objects.filter(created_at__lt=before)
            .exclude(state=DeliveryState.WAITING)
            .order_by("created_at")
        )
        ids = list(old.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return gone
        gone += WebhookDelivery.objects.filter(pk__in=ids).delete()[0]
