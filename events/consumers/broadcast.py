"""Everything that happens, told at once to whoever listens in Redis.

Three ways out of one batch: pub/sub for who is there now, a stream for who was away for a
moment, a group of Channels for the browsers of this product. All get the same envelope.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from events.domain.consumer import Consumer, LoggedEvent
from events.errors import TargetDown

PUBSUB = "engine:events"
STREAM = "engine:stream"
GROUP = "engine.events"
MESSAGE = "engine.events"  # Channels calls the method engine_events of who is in the group
EVENTS_PER_MESSAGE = 100


def envelope(event: LoggedEvent) -> dict[str, Any]:
    """Return an event as the world outside gets it; `id` tells repeated ones apart."""
    return {
        "id": event.id,
        "type": event.type,
        "key": event.key,
        "occurred_at": event.occurred_at.isoformat(),
        "data": event.payload,
    }


def broadcast(batch: Sequence[LoggedEvent]) -> None:
    """Publish the events, keep them in the stream, and send them to the group.

    Raises: TargetDown when Redis does not answer.
    """
    told = [envelope(event) for event in batch]
    try:
        _publish(told)
        layer = get_channel_layer()
        if layer is not None:
            async_to_sync(_send)(layer, told)
    except (RedisError, OSError) as error:
        raise TargetDown(str(error)) from error


def _publish(told: Sequence[dict[str, Any]]) -> None:
    pipe = get_redis_connection("default").pipeline(transaction=False)
    for one in told:
        written = orjson.dumps(one)
        pipe.publish(PUBSUB, written)
        pipe.xadd(
            STREAM,
            {"id": one["id"], "type": one["type"], "event": written},
            maxlen=settings.EVENT_STREAM_LENGTH,
            approximate=True,
        )
    pipe.execute()


async def _send(layer: Any, told: Sequence[dict[str, Any]]) -> None:
    try:
        for some in _chunks(told):
            await layer.group_send(GROUP, {"type": MESSAGE, "events": some})
    finally:
        await layer.close_pools()  # they belong to this call's event loop


def _chunks(told: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(told), EVENTS_PER_MESSAGE):
        yield told[start : start + EVENTS_PER_MESSAGE]


BROADCAST = Consumer(name="broadcast", handle=broadcast, partitions=1, from_start=False)
