"""How the consumers are doing: reads of the operations page and of /metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, Q

from events.domain.consumer import Consumer
from events.models import ConsumerPosition, DeliveryState, ParkedEvent, WebhookDelivery

#: Events behind are counted up to here: a lag is a number to look at, not to add up.
COUNTED = 10_000

# The places of a consumer's partitions differ while one lags; an event counts if its own does.
_BEHIND = """
SELECT count(*), min(recorded_at) FROM (
    SELECT event.recorded_at FROM events_event AS event
      JOIN events_consumerposition AS place
        ON place.consumer = %(consumer)s
       AND place.partition = ('x' || left(md5({key}), 8))::bit(32)::bigint %% %(partitions)s
       AND (event.transaction_id, event.id) > (place.transaction_id, place.event_id)
     WHERE (event.transaction_id, event.id) > (%(xid)s, %(id)s) {types}
     ORDER BY event.transaction_id, event.id LIMIT %(most)s) AS waiting
"""
# Of a consumer without places: it never ran.
_UNREAD = """
SELECT count(*), min(recorded_at) FROM (
    SELECT event.recorded_at FROM events_event AS event WHERE true {types}
     ORDER BY event.transaction_id, event.id LIMIT %(most)s) AS waiting
"""


@dataclass(frozen=True, slots=True)
class ConsumerStatus:
    """Where a consumer stands. `behind` counts committed events it has yet to handle, at most
    COUNTED; `oldest` is when the first of them was recorded. `placed` False: it never ran, and
    the whole log is before it, or nothing if it begins with what happens from its start on.
    """

    name: str
    placed: bool
    behind: int
    oldest: datetime | None
    moved_at: datetime | None
    paused_until: datetime | None
    last_error: str
    retrying: int
    waiting: int
    dead: int

    def seconds_behind(self, at: datetime) -> float:
        """Return how long the first of the waiting events has waited, in seconds."""
        return 0.0 if self.oldest is None else max((at - self.oldest).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class WebhookStatus:
    """Deliveries that wait, those of them that failed at least once, and those given up."""

    waiting: int
    retrying: int
    failed: int


def consumer_statuses(consumers: Sequence[Consumer]) -> list[ConsumerStatus]:
    """Return where each consumer stands, in the order given."""
    names = [one.name for one in consumers]
    places = {row["consumer"]: row for row in _places(names)}
    parked: dict[str, dict[str, Any]] = {
        row["consumer"]: dict(row)
        for row in ParkedEvent.objects.filter(consumer__in=names)
        .values("consumer")
        .annotate(
            retrying=Count("pk", filter=Q(state="retrying")),
            waiting=Count("pk", filter=Q(state="waiting")),
            dead=Count("pk", filter=Q(state="dead")),
        )
    }
    return [_status(one, places.get(one.name), parked.get(one.name)) for one in consumers]


def webhook_status() -> WebhookStatus:
    """Return how the webhooks' deliveries are doing.

    By the indexes of those that wait and failed: what was delivered stays for months, and metrics
    are asked for every few seconds.
    """
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING).aggregate(
        waiting=Count("pk"), retrying=Count("pk", filter=Q(attempts__gt=0))
    )
    failed = WebhookDelivery.objects.filter(state=DeliveryState.FAILED).count()
    return WebhookStatus(**waiting, failed=failed)


def _places(names: Sequence[str]) -> list[dict[str, object]]:
    rows = (
        ConsumerPosition.objects.filter(consumer__in=names)
        .values("consumer")
        .annotate(
            moved=Max("moved_at"),
            paused=Max("paused_until"),
            error=Max("last_error"),
            hindmost=Min("transaction_id"),
        )
    )
    return [dict(row) for row in rows]


def _status(
    consumer: Consumer, place: dict[str, object] | None, parked: dict[str, int] | None
) -> ConsumerStatus:
    counts = parked or {"retrying": 0, "waiting": 0, "dead": 0}
    behind, oldest = _behind(consumer, place)
    return ConsumerStatus(
        name=consumer.name,
        placed=place is not None,
        behind=behind,
        oldest=oldest,
        moved_at=place["moved"] if place else None,  # type: ignore[arg-type]  # columns of _places
        paused_until=place["paused"] if place else None,  # type: ignore[arg-type]
        last_error=str(place["error"]) if place else "",
        retrying=counts["retrying"],
        waiting=counts["waiting"],
        dead=counts["dead"],
    )


def _behind(consumer: Consumer, place: dict[str, object] | None) -> tuple[int, datetime | None]:
    if place is None and not consumer.from_start:
        return 0, None
    field = consumer.partition_key
    key = "coalesce(event.payload ->> %(field)s, event.key)" if field else "event.key"
    types = "AND event.type = ANY(%(types)s)" if consumer.event_types else ""
    hindmost = int(str(place["hindmost"])) if place else 0
    with connection.cursor() as cursor:
        cursor.execute(
            (_BEHIND if place else _UNREAD).format(key=key, types=types),
            {
                "consumer": consumer.name,
                "partitions": consumer.partitions,
                "field": field,
                "types": sorted(consumer.event_types),
                "xid": hindmost,
                "id": -1,
                "most": COUNTED,
            },
        )
        behind, oldest = cursor.fetchone()
    return behind, oldest
