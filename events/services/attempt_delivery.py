"""Send one webhook message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from core.errors import PunchcardError
from events.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from events.webhooks.sending import Answer, post
from events.webhooks.signature import signed_headers
from events.webhooks.targets import resolve

# After the first failure, the second, …: a receiver may be away for a day and a half.
WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400)
)
# Longer than a sending can take: whoever died with a message leaves it to the next one.
CLAIMED_FOR = timedelta(minutes=2)
GONE = 410


@dataclass(frozen=True, slots=True)
class DeliveryAttempted:
    """What became of it; `sent` False: it was not due, or another worker has it."""

    sent: bool
    delivered: bool
    status: int | None


def attempt_delivery(*, delivery_id: int, at: datetime) -> DeliveryAttempted:
    """Send a waiting message that is due, and note the answer and when to try again.

    410 Gone switches the webhook off, as the scheme asks.
    Raises: nothing of its own.
    Writes: events_webhookdelivery, events_webhookendpoint; no transaction is open while sending.
    Safe under: any number of workers; a message is claimed by one conditional update.
    """
    claimed = WebhookDelivery.objects.filter(
        pk=delivery_id, state=DeliveryState.WAITING, next_attempt_at__lte=at
    ).update(next_attempt_at=at + CLAIMED_FOR, attempts=F("attempts") + 1)
    if not claimed:
        return DeliveryAttempted(sent=False, delivered=False, status=None)
    row = WebhookDelivery.objects.select_related("endpoint").get(pk=delivery_id)
    if not row.endpoint.active:
        _give_up(row, Answer(None, "the webhook is switched off"), at)
        return DeliveryAttempted(sent=False, delivered=False, status=None)
    answer = _send(row, at)
    if answer.is_good:
        row.state, row.next_attempt_at = DeliveryState.DELIVERED, None
        _note(row, answer, at)
    elif answer.status == GONE or row.attempts > len(WAITS):
        _give_up(row, answer, at)
    else:
        row.next_attempt_at = at + WAITS[row.attempts - 1]
        _note(row, answer, at)
    if answer.status == GONE:
        WebhookEndpoint.objects.filter(pk=row.endpoint_id).update(active=False)
    return DeliveryAttempted(sent=True, delivered=answer.is_good, status=answer.status)


def _send(row: WebhookDelivery, at: datetime) -> Answer:
    """Sign and send; an address that is refused is an answer too."""
    endpoint = row.endpoint
    keys = [endpoint.secret]
    if endpoint.previous_until is not None and at < endpoint.previous_until:
        keys.append(endpoint.previous_secret)
    body = row.body.encode()
    headers = signed_headers(body, message_id=f"evt_{row.event_id}", at=at, keys=keys)
    try:
        target = resolve(endpoint.url)
    except PunchcardError as error:
        return Answer(None, str(error))
    return post(target, body, headers)


def _give_up(row: WebhookDelivery, answer: Answer, at: datetime) -> None:
    row.state, row.next_attempt_at = DeliveryState.FAILED, None
    _note(row, answer, at)


def _note(row: WebhookDelivery, answer: Answer, at: datetime) -> None:
    row.last_status, row.last_answer, row.last_attempt_at = answer.status, answer.text, at
    row.save(
        update_fields=["state", "next_attempt_at", "last_status", "last_answer", "last_attempt_at"]
    )
