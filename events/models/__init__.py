"""The event log, how far it was read, and whom it is sent to."""

from events.models.event import Event
from events.models.position import ConsumerPosition, DeadLetter, ParkedEvent, ParkedState
from events.models.task_run import TaskRun
from events.models.webhook import DeliveryState, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ConsumerPosition",
    "DeadLetter",
    "DeliveryState",
    "Event",
    "ParkedEvent",
    "ParkedState",
    "TaskRun",
    "WebhookDelivery",
    "WebhookEndpoint",
]
