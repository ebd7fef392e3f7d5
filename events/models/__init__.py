"""The event log, and how far it was read."""

from events.models.event import Event
from events.models.position import ConsumerPosition, DeadLetter, ParkedEvent, ParkedState

__all__ = ["ConsumerPosition", "DeadLetter", "Event", "ParkedEvent", "ParkedState"]
