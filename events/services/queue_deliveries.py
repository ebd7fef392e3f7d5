"""Note for every webhook which of these events it is to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from events.domain.consumer import LoggedEvent
from events.models import WebhookDelivery, WebhookEndpoint


@dataclass(frozen=True, slots=True)
class DeliveriesQueued:
    """The deliveries that wait now."""

    delivery_ids: tuple[int, ...]


def queue_deliveries(*, events: Sequence[LoggedEvent], at: datetime) -> DeliveriesQueued:
    """Add a delivery per event and active webhook that asks for its type.

    Raises: nothing of its own.
    Writes: events_webhookdelivery, in the caller's transaction if there is one.
    Safe under: replay; an event goes to a webhook once, by one_delivery_per_event_and_endpoint.
    """
    endpoints = list(WebhookEndpoint.objects.filter(active=True))
    rows = [
        WebhookDelivery(
            endpoint=endpoint,
            event_id=event.id,
            event_type=event.type,
            body=_body(event),
            next_attempt_at=at,
        )
        for event in events
        for endpoint in endpoints
        if not endpoint.event_types or event.type in endpoint.event_types
    ]
    if not rows:
        return DeliveriesQueued(())
    made = WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    ids = WebhookDelivery.objects.filter(
        event_id__in={row.event_id for row in made}, state="waiting", attempts=0
    ).values_list("pk", flat=True)
    return DeliveriesQueued(tuple(ids))


def _body(event: LoggedEvent) -> str:
    """Return the message in the shape the scheme recommends: type, timestamp, data."""
    message = {
        "id": event.id,
        "type": event.type,
        "timestamp": event.occurred_at,
        "key": event.key,
        "data": event.payload,
    }
    return orjson.dumps(message, option=orjson.OPT_UTC_Z).decode()
