"""Give a dead letter up for good."""

from dataclasses import dataclass

from events.errors import DeadLetterNotFound
from events.models import DeadLetter, ParkedState


@dataclass(frozen=True, slots=True)
class DeadLetterDiscarded:
    """The event that this consumer never handled; the log still has it."""

    consumer: str
    event_id: int


def discard_dead_letter(*, dead_letter_id: int) -> DeadLetterDiscarded:
    """Forget that the consumer could not handle the event.

    Raises: DeadLetterNotFound.
    Writes: events_parkedevent.
    Safe under: concurrency; only a row that is still dead is deleted.
    """
    row = DeadLetter.objects.filter(pk=dead_letter_id, state=ParkedState.DEAD).first()
    gone, _ = DeadLetter.objects.filter(pk=dead_letter_id, state=ParkedState.DEAD).delete()
    if row is None or not gone:
        raise DeadLetterNotFound(dead_letter_id=dead_letter_id)
    return DeadLetterDiscarded(row.consumer, row.event_id)
