"""Kafka, against the cluster that its client brings along for tests (real protocol, no disk)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer as KafkaReader
from confluent_kafka import Message, Producer
from django.core.exceptions import ImproperlyConfigured

from events.consumers import kafka
from events.domain.consumer import Consumer
from events.models import ConsumerPosition, Event, ParkedEvent
from tests.events.readers import log, read_on

pytestmark = pytest.mark.django_db(transaction=True)
MESSAGES_SECONDS = 60


@pytest.fixture
def cluster(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A cluster of three brokers; its address."""
    owner = Producer({"test.mock.num.brokers": 3, "bootstrap.servers": ""})
    brokers = owner.list_topics(timeout=MESSAGES_SECONDS).brokers.values()
    monkeypatch.setattr(kafka, "FLUSH_SECONDS", float(MESSAGES_SECONDS))
    settings.KAFKA_URL = "kafka://" + ",".join(f"{one.host}:{one.port}" for one in brokers)
    kafka._producer.cache_clear()
    yield settings.KAFKA_URL.removeprefix("kafka://")
    kafka._producer.cache_clear()


@pytest.fixture
def consumer(cluster: str) -> Consumer:
    (one,) = kafka.consumers()
    return one


def messages(address: str, count: int) -> list[Message]:
    """Read so many messages from the topic's beginning."""
    reader = KafkaReader(
        {"bootstrap.servers": address, "group.id": "test", "auto.offset.reset": "earliest"}
    )
    reader.subscribe(["punchcard.events"])
    found: list[Message] = []
    while len(found) < count:
        some = reader.consume(count - len(found), timeout=MESSAGES_SECONDS)
        assert some, f"only {len(found)} of {count} messages came"
        assert not [message.error() for message in some if message.error()]
        found += some
    reader.close()
    return found


def test_every_event_is_sent_with_its_key_and_its_id_in_order(
    cluster: str, consumer: Consumer
) -> None:
    log(*[("Step", f"card:{number % 3}") for number in range(60)], points="1.5")
    read_on(consumer)
    found = messages(cluster, 60)
    told = [json.loads(message.value() or b"") for message in found]
    by_key: dict[bytes, list[int]] = {}
    for message, one in zip(found, told, strict=True):
        assert dict(message.headers() or [])["event-id"] == str(one["id"]).encode()
        assert one["data"] == {"points": "1.5"}
        by_key.setdefault(message.key() or b"", []).append(one["id"])
    assert set(by_key) == {b"card:0", b"card:1", b"card:2"}
    assert all(ids == sorted(ids) for ids in by_key.values())
    assert sorted(one["id"] for one in told) == sorted(Event.objects.values_list("id", flat=True))


def test_a_cluster_that_is_away_is_waited_for(
    cluster: str, consumer: Consumer, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KAFKA_URL = "127.0.0.1:1"
    log(("Step", "card:1"))
    with monkeypatch.context() as short_wait:
        short_wait.setattr(kafka, "FLUSH_SECONDS", 1.0)
        (done,) = read_on(consumer)
    assert done.paused
    assert "Kafka" in ConsumerPosition.objects.latest("paused_until").last_error
    assert not ParkedEvent.objects.exists()
    settings.KAFKA_URL = cluster
    ConsumerPosition.objects.update(paused_until=None)
    (done,) = read_on(consumer)
    assert not done.paused
    assert len(messages(cluster, 1)) == 1


def test_without_kafka_there_is_no_consumer_and_without_its_client_a_sentence(
    settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kafka.consumers() == ()
    settings.KAFKA_URL = "kafka://localhost:9092"
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements-kafka\.txt"):
        kafka.consumers()
