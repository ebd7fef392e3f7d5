"""Writing to the event log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from events.models import Event


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about to be recorded. `payload` is JSON: decimals as strings, ids as numbers."""

    type: str
    key: str
    payload: Mapping[str, object]


def record(happenings: Iterable[Happening], *, at: datetime) -> None:
    """Append events in the caller's transaction; a rolled back transaction leaves none.

    Writes: events_event, one statement however many.
    """
    Event.objects.bulk_create(
        Event(type=one.type, key=one.key, payload=dict(one.payload), occurred_at=at)
        for one in happenings
    )
