"""Everything that happens, for Apache Kafka, where a shop has one (KAFKA_URL)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from events.consumers.broadcast import envelope
from events.domain.consumer import Consumer, LoggedEvent
from events.errors import TargetDown

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Message, Producer

FLUSH_SECONDS = 10.0


def send(batch: Sequence[LoggedEvent]) -> None:
    """Send the events, one message each, keyed so that Kafka keeps the order of a key.

    Raises: TargetDown unless the cluster has acknowledged every one of them.
    """
    refused: list[str] = []

    def note(error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            refused.append(str(error))

    producer = _producer()
    try:
        for event in batch:
            producer.produce(
                settings.KAFKA_TOPIC,
                key=event.order_key.encode(),
                value=orjson.dumps(envelope(event)),
                headers={"event-id": str(event.id), "event-type": event.type},
                on_delivery=note,
            )
        waiting = producer.flush(FLUSH_SECONDS)
    except BufferError as error:
        waiting, refused = 1, [str(error)]
    if waiting or refused:
        # What is still queued must not go out after what a later attempt sends.
        producer.purge()
        _producer.cache_clear()
        raise TargetDown(f"Kafka: {refused[0] if refused else 'no answer'}")


@cache
def _producer() -> Producer:
    """Return the process's producer. It retries without doubling and without changing the order."""
    from confluent_kafka import Producer  # an optional package

    return Producer(
        {
            "bootstrap.servers": settings.KAFKA_URL.removeprefix("kafka://"),
            "enable.idempotence": True,
            "linger.ms": 5,
            "delivery.timeout.ms": int(FLUSH_SECONDS * 1000),
            **settings.KAFKA_OPTIONS,
        }
    )


def consumers() -> tuple[Consumer, ...]:
    """Return the consumer if there is a Kafka. Raises: ImproperlyConfigured without its client."""
    if not settings.KAFKA_URL:
        return ()
    try:
        import confluent_kafka  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise ImproperlyConfigured(
            "KAFKA_URL is set, but the client is not installed: "
            "pip install -r requirements-kafka.txt -c constraints.txt"
        ) from error
    return (Consumer(name="kafka", handle=send),)
