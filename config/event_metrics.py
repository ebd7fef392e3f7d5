"""How far the consumers lag, for Prometheus: asked of the database when it asks."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from events.queries import consumer_statuses, webhook_status
from events.registry import consumers

logger = logging.getLogger(__name__)


class EventMetrics(Collector):
    """Lag, parked events and dead letters per consumer; webhooks that wait."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield what the database says; nothing while it does not answer."""
        try:
            yield from _families()
        except DatabaseError as error:
            logger.warning("no metrics of the event log: %s", error)


def _families() -> Iterator[GaugeMetricFamily]:
    now = timezone.now()
    names = {
        "behind": "Committed events a consumer has yet to handle, counted up to 10000.",
        "lag_seconds": "How long the first of them has waited.",
        "parked": "Events set aside to be tried again, and those behind them.",
        "dead_letters": "Events that a person must look at.",
    }
    families = {
        name: GaugeMetricFamily(f"punchcard_consumer_{name}", text, labels=["consumer"])
        for name, text in names.items()
    }
    for one in consumer_statuses([*consumers().values()]):
        families["behind"].add_metric([one.name], one.behind)
        families["lag_seconds"].add_metric([one.name], one.seconds_behind(now))
        families["parked"].add_metric([one.name], one.retrying + one.waiting)
        families["dead_letters"].add_metric([one.name], one.dead)
    yield from families.values()
    webhooks = webhook_status()
    deliveries = GaugeMetricFamily(
        "punchcard_webhook_deliveries", "Webhook deliveries not taken.", labels=["state"]
    )
    deliveries.add_metric(["waiting"], webhooks.waiting)
    deliveries.add_metric(["failed"], webhooks.failed)
    yield deliveries


def event_metrics() -> bytes:
    """Return the metrics as Prometheus reads them. One process answers for all."""
    registry = CollectorRegistry()
    registry.register(EventMetrics())
    return generate_latest(registry)
