"""Give a webhook a new signing secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from core.db import lock_rows
from events.errors import WebhookNotFound
from events.models import WebhookEndpoint
from events.webhooks.signature import new_secret, secret_mark


@dataclass(frozen=True, slots=True)
class SecretRotated:
    """The secret now, until when the one before signs too, and whether it was replaced."""

    secret: str
    previous_until: datetime | None
    rotated: bool


def rotate_webhook_secret(
    *, endpoint_id: int, at: datetime, overlap: timedelta, seen: str | None = None
) -> SecretRotated:
    """Replace the secret; for `overlap` every message is signed with both.

    `seen`: the `secret_mark` of the one to replace; another one is left as it is.
    Raises: WebhookNotFound.
    Writes: events_webhookendpoint.
    Safe under: replay, with `seen`; concurrency: two rotations follow each other, and the first
    secret ends.
    """
    with transaction.atomic():
        rows = lock_rows(WebhookEndpoint.objects.filter(pk=endpoint_id))
        if not rows:
            raise WebhookNotFound(endpoint_id=endpoint_id)
        (row,) = rows
        if seen is not None and seen != secret_mark(row.secret):
            return SecretRotated(row.secret, row.previous_until, rotated=False)
        row.previous_secret, row.secret = row.secret, new_secret()
        row.previous_until = at + overlap
        row.save(update_fields=["previous_secret", "secret", "previous_until"])
    return SecretRotated(row.secret, row.previous_until, rotated=True)
