"""Try a dead letter once more."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from events.errors import DeadLetterNotFound
from events.models import ConsumerPosition, DeadLetter, ParkedState


@dataclass(frozen=True, slots=True)
class DeadLetterRetried:
    """The consumer that gets the event again."""

    consumer: str
    event_id: int


def retry_dead_letter(*, dead_letter_id: int, at: datetime) -> DeadLetterRetried:
    """Let the consumer have the event again, with all its attempts; later ones of its key wait.

    Raises: DeadLetterNotFound.
    Writes: events_parkedevent, events_consumerposition.
    Safe under: replay and concurrency; the lock of the consumer's place, which workers hold too.
    """
    with transaction.atomic():
        row = DeadLetter.objects.filter(pk=dead_letter_id, state=ParkedState.DEAD).first()
        if row is None:
            raise DeadLetterNotFound(dead_letter_id=dead_letter_id)
        # The place first: a worker takes it before the parked events of its partition.
        ConsumerPosition.objects.filter(consumer=row.consumer, partition=row.partition).update(
            retry_at=at
        )
        changed = DeadLetter.objects.filter(pk=dead_letter_id, state=ParkedState.DEAD).update(
            state=ParkedState.RETRYING, attempts=0, next_attempt_at=at
        )
        if not changed:
            raise DeadLetterNotFound(dead_letter_id=dead_letter_id)
    return DeadLetterRetried(row.consumer, row.event_id)
