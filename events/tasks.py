"""What runs in Celery: sending webhooks, and forgetting what is old."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django_redis import get_redis_connection

from events.models import DeliveryState, WebhookDelivery
from events.services.attempt_delivery import attempt_delivery
from events.services.forget_events import forget_events

DUE_AT_ONCE = 500
QUEUE = "webhooks"  # as the settings route it


@shared_task(name="events.send_webhook")
def send_webhook(delivery_id: int) -> None:
    """Send one message, if it is due; a task run twice sends it once."""
    attempt_delivery(delivery_id=delivery_id, at=timezone.now())


@shared_task(name="events.send_due_webhooks")
def send_due_webhooks() -> dict[str, int]:
    """Hand out the messages whose next attempt is due, or that no task was queued for.

    No more than the queue has room for: a message is due until a worker has it, so beside a slow
    receiver each look would queue the same ones again, until Redis is full.
    """
    room = max(DUE_AT_ONCE - int(get_redis_connection("default").llen(QUEUE)), 0)
    due = WebhookDelivery.objects.filter(
        state=DeliveryState.WAITING, next_attempt_at__lte=timezone.now()
    ).order_by("next_attempt_at")
    ids = list(due.values_list("pk", flat=True)[:room])
    for delivery_id in ids:
        send_webhook.delay(delivery_id)
    return {"due": len(ids)}


@shared_task(name="events.forget_old_events")
def forget_old_events() -> dict[str, int]:
    """Forget events that every consumer has read, and deliveries that are done."""
    done = forget_events(at=timezone.now(), kept_for=timedelta(days=settings.EVENT_DAYS))
    return {"events": done.events, "deliveries": done.deliveries}


SCHEDULE: dict[str, dict[str, object]] = {
    "events.send_due_webhooks": {
        "task": "events.send_due_webhooks",
        "schedule": timedelta(seconds=15),
    },
    "events.forget_old_events": {
        "task": "events.forget_old_events",
        "schedule": timedelta(hours=1),
    },
}
