"""Dead letters: retried or discarded by a person."""

from __future__ import annotations

import pytest
from django.utils import timezone

from events.domain.consumer import Consumer, LoggedEvent
from events.errors import DeadLetterNotFound
from events.models import DeadLetter, Event, ParkedEvent, TaskRun
from events.services.discard_dead_letter import discard_dead_letter
from events.services.note_task_run import note_task_run
from events.services.retry_dead_letter import retry_dead_letter
from tests.events.readers import keeping, kept, log, read_on

pytestmark = pytest.mark.usefixtures("effects")


@pytest.fixture
def broken() -> Consumer:
    def fail(event: LoggedEvent) -> None:
        raise ValueError("no")

    log(("Good", "card:1"))
    consumer = keeping(attempts=1, fails=fail)
    read_on(consumer)
    return consumer


def test_a_retried_dead_letter_is_handled_and_gone(broken: Consumer) -> None:
    letter = DeadLetter.objects.get()
    now = timezone.now()
    assert retry_dead_letter(dead_letter_id=letter.pk, at=now).consumer == "keeper"
    with pytest.raises(DeadLetterNotFound):
        retry_dead_letter(dead_letter_id=letter.pk, at=now)  # it is not dead any more
    with pytest.raises(DeadLetterNotFound):
        discard_dead_letter(dead_letter_id=letter.pk)
    log(("Good", "card:1"))
    read_on(keeping())
    assert kept() == list(Event.objects.order_by("id").values_list("id", flat=True))
    assert not ParkedEvent.objects.exists()


def test_a_retried_dead_letter_that_fails_again_is_dead_again(broken: Consumer) -> None:
    retry_dead_letter(dead_letter_id=DeadLetter.objects.get().pk, at=timezone.now())
    (done,) = read_on(broken)
    assert (done.handled, done.dead) == (0, 1)
    assert DeadLetter.objects.get().state == "dead"


def test_a_discarded_dead_letter_is_gone_and_its_event_is_not(broken: Consumer) -> None:
    letter = DeadLetter.objects.get()
    assert discard_dead_letter(dead_letter_id=letter.pk).event_id == letter.event_id
    assert not ParkedEvent.objects.exists()
    assert Event.objects.filter(pk=letter.event_id).exists()
    assert read_on(keeping()) == []
    with pytest.raises(DeadLetterNotFound):
        discard_dead_letter(dead_letter_id=letter.pk)


def test_the_last_run_of_a_task_is_kept_with_the_last_that_went_well() -> None:
    first, second = timezone.now(), timezone.now()
    note_task_run(name="a.task", ended_at=first, seconds=0.5, result={"cards": "3"}, error="")
    note_task_run(name="a.task", ended_at=second, seconds=0.1, result={}, error="ValueError: no")
    run = TaskRun.objects.get()
    assert (run.succeeded, run.ended_at, run.succeeded_at) == (False, second, first)
    assert run.error == "ValueError: no"
