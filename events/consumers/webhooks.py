"""Events for the webhooks: noted with the place in the log, then sent by Celery."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from events.domain.consumer import Consumer, LoggedEvent
from events.services.queue_deliveries import queue_deliveries
from events.tasks import send_webhook

logger = logging.getLogger(__name__)


def queue(batch: Sequence[LoggedEvent]) -> None:
    """Note the deliveries exactly once; a queue that is down costs time alone, not a message."""
    queued = queue_deliveries(events=batch, at=timezone.now())
    if queued.delivery_ids:
        transaction.on_commit(lambda: _hurry(queued.delivery_ids))


def _hurry(delivery_ids: Sequence[int]) -> None:
    try:
        for delivery_id in delivery_ids:
            send_webhook.delay(delivery_id)
    except (OperationalError, OSError) as error:
        logger.warning("webhooks are sent with the next look at what is due: %s", error)


WEBHOOKS = Consumer(name="webhooks", handle=queue, from_start=False)
