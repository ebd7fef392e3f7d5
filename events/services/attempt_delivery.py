"""Send one webhook message."""

from __future__ import annotations

import time
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
# More than twice what an attempt can take (a name of NAME_SECONDS, an exchange of
# EXCHANGE_SECONDS): whoever died with a message leaves it to the next one.
CLAIMED_FOR = timedelta(minutes=2)
# The system's resolver takes as long as it is set up to; after more than this nothing is sent.
NAME_SECONDS = 30.0
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
    Safe under: any number of workers; a message is claimed by one conditional update, and who
    held it longer than the claim (a machine that stood still) notes nothing.
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
    asked = time.monotonic()
    try:
        target = resolve(endpoint.url)
    except PunchcardError as error:
        return Answer(None, str(error))
    if (took := time.monotonic() - asked) > NAME_SECONDS:
        return Answer(None, f"it took {took:.0f} s to find the address of {target.host}")
    return post(target, body, headers)


def _give_up(row: WebhookDelivery, answer: Answer, at: datetime) -> None:
    row.state, row.next_attempt_at = DeliveryState.FAILED, None
    _note(row, answer, at)


def _note(row: WebhookDelivery, answer: Answer, at: datetime) -> None:
    """Keep what became of this attempt, unless another one began since."""
    WebhookDelivery.objects.filter(
        pk=row.pk, state=DeliveryState.WAITING, attempts=row.attempts
    ).update(
        state=row.state,
        next_attempt_at=row.next_attempt_at,
        last_status=answer.status,
        last_answer=answer.text,
        last_attempt_at=at,
    )
