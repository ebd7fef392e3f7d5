"""What listeners in Redis and in Channels are told."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import override_settings
from django.utils import timezone
from django_redis import get_redis_connection
from redis.client import PubSub

from events.consumers.broadcast import BROADCAST, GROUP, PUBSUB, STREAM
from events.models import ConsumerPosition, Event, ParkedEvent
from events.services.place_consumers import place_consumers
from tests.events.readers import log, read_on

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60


def key_of_this_test() -> str:
    """Others may publish on the same server: pub/sub knows no databases."""
    return f"card:{uuid.uuid4()}"


def next_message(listener: PubSub) -> dict[str, Any]:
    """Return what is published next; the receipt of a subscription is none."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (message := listener.get_message(timeout=1)) is not None:
            told: dict[str, Any] = json.loads(message["data"])
            return told
    raise TimeoutError


def test_an_event_is_published_and_kept_in_the_stream_once() -> None:
    place_consumers(consumers=[BROADCAST])
    key = key_of_this_test()
    listener = get_redis_connection("default").pubsub(ignore_subscribe_messages=True)
    listener.subscribe(PUBSUB)
    listener.get_message(timeout=PATIENCE_SECONDS)
    log(("PointsEarned", key), ("PointsRedeemed", key), points="10.5")
    read_on(BROADCAST)
    get_redis_connection("default").publish(PUBSUB, json.dumps({"key": f"after {key}"}))
    heard: list[dict[str, Any]] = []
    while (one := next_message(listener))["key"] != f"after {key}":
        heard += [one] if one["key"] == key else []
    listener.close()
    first = Event.objects.order_by("id")[0]
    assert heard[0] == {
        "id": first.pk,
        "type": "PointsEarned",
        "key": key,
        "occurred_at": first.occurred_at.isoformat(),
        "data": {"points": "10.5"},
    }
    assert [one["type"] for one in heard] == ["PointsEarned", "PointsRedeemed"]
    kept = [json.loads(entry[b"event"]) for _id, entry in get_redis_connection().xrange(STREAM)]
    assert [one for one in kept if one["key"] == key] == heard


@override_settings(EVENT_STREAM_LENGTH=100)
def test_the_stream_keeps_what_is_new() -> None:
    place_consumers(consumers=[BROADCAST])
    log(*[("Any", f"card:{number}") for number in range(600)])
    read_on(BROADCAST)
    entries = get_redis_connection().xrange(STREAM)
    assert 100 <= len(entries) < 400  # Redis drops whole blocks
    assert json.loads(entries[-1][1][b"event"])["key"] == "card:599"


def test_the_group_gets_batches() -> None:
    place_consumers(consumers=[BROADCAST])

    async def listen() -> list[dict[str, Any]]:
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        await sync_to_async(log)(*[("Any", f"card:{number}") for number in range(150)])
        await sync_to_async(read_on)(BROADCAST)
        told = [await asyncio.wait_for(layer.receive(channel), PATIENCE_SECONDS) for _ in range(2)]
        await layer.close_pools()
        return told

    first, second = asyncio.run(listen())
    assert first["type"] == "engine.events"
    keys = [one["key"] for one in first["events"] + second["events"]]
    assert keys == [f"card:{number}" for number in range(150)]


def test_with_redis_down_events_wait_and_none_is_blamed(settings) -> None:
    place_consumers(consumers=[BROADCAST])
    log(("Any", "card:1"))
    down = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    now = timezone.now()
    with override_settings(CACHES={"default": down}):
        (done,) = read_on(BROADCAST, at=now)
    assert done.paused
    assert not ParkedEvent.objects.exists()
    assert "refused" in ConsumerPosition.objects.get().last_error
    assert read_on(BROADCAST, at=now + timedelta(seconds=2))[0].handled == 1
