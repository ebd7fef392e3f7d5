"""The event log, what becomes of it, and how everything that runs by itself is doing."""

from events.admin.dead_letters import DeadLetterAdmin
from events.admin.event_log import EventAdmin
from events.admin.webhooks import WebhookAdmin, WebhookDeliveryAdmin

__all__ = ["DeadLetterAdmin", "EventAdmin", "WebhookAdmin", "WebhookDeliveryAdmin"]
