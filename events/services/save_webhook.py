"""Make or change a webhook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from events.errors import InvalidEventType, InvalidWebhookUrl, TargetDown, WebhookNotFound
from events.models import WebhookEndpoint
from events.webhooks.signature import new_secret
from events.webhooks.targets import resolve

_TYPE = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class WebhookSaved:
    """The webhook's id, and whether it is new."""

    endpoint_id: int
    created: bool


def save_webhook(
    *, endpoint_id: int | None, name: str, url: str, event_types: Sequence[str], active: bool
) -> WebhookSaved:
    """Make a webhook with a secret of its own, or change one, whose secret stays.

    Raises: InvalidWebhookUrl, WebhookTargetNotAllowed, InvalidEventType, WebhookNotFound.
    Writes: events_webhookendpoint.
    Safe under: concurrency; the last one wins.
    """
    for one in event_types:
        if not _TYPE.fullmatch(one):
            raise InvalidEventType(field="event_types", event_type=one[:100])
    if len(url) > _LONGEST_URL:
        raise InvalidWebhookUrl(field="url", url=url[:200])
    with suppress(TargetDown):  # its name may come later: every sending looks again
        resolve(url)
    fields = {
        "name": name,
        "url": url,
        "event_types": sorted(set(event_types)),
        "active": active,
    }
    if endpoint_id is None:
        made = WebhookEndpoint.objects.create(secret=new_secret(), **fields)
        return WebhookSaved(made.pk, created=True)
    if not WebhookEndpoint.objects.filter(pk=endpoint_id).update(**fields):
        raise WebhookNotFound(endpoint_id=endpoint_id)
    return WebhookSaved(endpoint_id, created=False)
