"""Send a webhook message once more."""

from dataclasses import dataclass
from datetime import datetime

from events.errors import WebhookNotFound
from events.models import DeliveryState, WebhookDelivery


@dataclass(frozen=True, slots=True)
class DeliveryResent:
    """The delivery that waits again."""

    delivery_id: int


def resend_delivery(*, delivery_id: int, at: datetime) -> DeliveryResent:
    """Put a message back to wait, whatever became of it; its id and its body stay the same.

    Raises: WebhookNotFound.
    Writes: events_webhookdelivery.
    Safe under: concurrency; one conditional update.
    """
    changed = WebhookDelivery.objects.filter(pk=delivery_id).update(
        state=DeliveryState.WAITING, attempts=0, next_attempt_at=at
    )
    if not changed:
        raise WebhookNotFound(delivery_id=delivery_id)
    return DeliveryResent(delivery_id)
