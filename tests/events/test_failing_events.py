"""Events that fail: tried again, set aside with their key, given up; never in others' way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.domain.consumer import LoggedEvent
from events.errors import TargetDown
from events.log import Happening, record
from events.models import ConsumerPosition, Event, ParkedEvent
from events.services.consume_batch import consume_batch
from events.stream import read_head
from events.work import parked
from tests.events.readers import keeping, kept, log, read_on

pytestmark = pytest.mark.usefixtures("effects")
# Rests and retries are reckoned from here, however slow the machine is.
NOW = timezone.now()


def ids(key: str | None = None) -> list[int]:
    """Return the ids of all events, or of one key."""
    rows = Event.objects.order_by("transaction_id", "id")
    return list((rows.filter(key=key) if key else rows).values_list("id", flat=True))


def refuse_bad(event: LoggedEvent) -> None:
    if event.type == "Bad":
        raise ValueError(f"no way with {event.key}")


def test_a_failing_event_holds_up_its_key_alone_and_then_gives_way() -> None:
    log(("Good", "card:1"), ("Bad", "card:2"), ("Good", "card:2"), ("Good", "card:3"))
    reader = keeping(fails=refuse_bad, attempts=3, partitions=1)
    (done,) = read_on(reader, at=NOW)
    assert (done.handled, done.parked, done.dead) == (2, 2, 0)
    assert sorted(kept()) == sorted(ids("card:1") + ids("card:3"))
    log(("Good", "card:2"), ("Good", "card:3"))
    read_on(reader, at=NOW)
    assert kept()[2:] == ids("card:3")[1:]
    assert ParkedEvent.objects.filter(state="waiting").count() == 2

    read_on(reader, at=NOW + timedelta(seconds=2))  # the second attempt
    bad = ParkedEvent.objects.get(event_id=ids("card:2")[0])
    assert (bad.state, bad.attempts) == ("retrying", 2)
    assert bad.error.startswith("ValueError: no way with card:2")
    read_on(reader, at=NOW + timedelta(seconds=10))  # the third and last
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.next_attempt_at) == ("dead", 3, None)
    assert kept()[3:] == ids("card:2")[1:]  # those behind it went on, in their order
    assert ParkedEvent.objects.count() == 1
    assert not ConsumerPosition.objects.exclude(retry_at=None).exists()


def test_an_event_that_recovers_is_handled_before_those_behind_it() -> None:
    log(("Bad", "card:2"), ("Good", "card:2"))
    read_on(keeping(fails=refuse_bad), at=NOW)
    log(("Good", "card:2"))
    read_on(keeping(fails=refuse_bad), at=NOW)
    assert kept() == []
    read_on(keeping(), at=NOW + timedelta(seconds=2))
    assert kept() == ids("card:2")
    assert not ParkedEvent.objects.exists()


def test_what_a_failed_handling_wrote_is_not_there() -> None:
    def fail_once(event: LoggedEvent) -> None:
        raise KeyError(event.id)

    log(("Good", "card:1"))
    read_on(keeping(fails=fail_once, attempts=1))
    assert kept() == []
    assert ParkedEvent.objects.get().state == "dead"


def test_nothing_is_blamed_on_events_when_the_target_is_down() -> None:
    down = True

    def ask_target(event: LoggedEvent) -> None:
        if down:
            raise TargetDown("connection refused")

    log(*[("Good", f"card:{number}") for number in range(20)])
    reader = keeping(fails=ask_target)
    (done,) = read_on(reader, at=NOW)
    assert done.paused
    assert kept() == []
    assert not ParkedEvent.objects.exists()
    places = ConsumerPosition.objects.all()
    assert {(one.pauses, one.last_error) for one in places} == {(1, "connection refused")}
    assert {one.event_id for one in places} == {0}
    assert read_on(reader, at=NOW) == []  # it rests
    (done,) = read_on(reader, at=NOW + timedelta(seconds=0.6))
    assert done.paused
    longer = NOW + timedelta(seconds=1)
    assert ConsumerPosition.objects.filter(paused_until__gt=longer).count() == 4
    down = False
    read_on(reader, at=NOW + timedelta(seconds=5))
    assert kept() == ids()
    assert {one.pauses for one in ConsumerPosition.objects.all()} == {0}


def test_a_worker_that_dies_inside_a_batch_leaves_nothing_of_it() -> None:
    class Killed(BaseException):
        """Not an error that anybody may catch."""

    def die(event: LoggedEvent) -> None:
        raise Killed

    log(*[("Good", "card:1")] * 3)
    with pytest.raises(Killed):
        read_on(keeping(fails=die))
    assert kept() == []
    read_on(keeping())
    assert kept() == ids()


RECORDING = {
    "function": "SELECT record_event('Answer', %s, '{}', now())",
    "statement": "INSERT INTO events_event (type, key, payload, occurred_at)"
    " VALUES (may_record('Answer'), %s, '{}', now())",  # as the ledger does
}


@pytest.mark.parametrize("way", ["python", *RECORDING])
def test_a_consumer_that_promised_to_record_nothing_is_held_to_it(way: str) -> None:
    def answer(event: LoggedEvent) -> None:
        if event.type == "Answer":
            return
        if way == "python":
            record([Happening("Answer", event.key, {})], at=timezone.now())
            return
        with connection.cursor() as cursor:
            cursor.execute(RECORDING[way], [event.key])

    log(("Question", "card:1"))
    read_on(keeping("quiet", fails=answer, attempts=1))
    assert "records_events=True" in ParkedEvent.objects.get().error
    assert Event.objects.count() == 1
    read_on(keeping("open", fails=answer, records_events=True))
    assert [event.type for event in Event.objects.order_by("id")] == ["Question", "Answer"]
    with transaction.atomic():  # the promise ended with the transaction
        record([Happening("Later", "card:1", {})], at=timezone.now())
    assert kept("open") == ids()[:2]


def test_many_events_that_rest_do_not_keep_others_from_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parked, "ROUND", 3)
    log(("Bad", "card:1"), *[("Good", "card:1")] * 4)  # one rests, and four behind it
    reader = keeping(fails=refuse_bad, partitions=1, batch_size=100)
    read_on(reader, at=NOW)
    read_on(
        reader, at=NOW + timedelta(seconds=2)
    )  # it fails again, and rests for five seconds more
    log(("Bad", "card:2"), ("Good", "card:2"))
    read_on(reader, at=NOW)
    recovered = keeping(partitions=1, batch_size=100)
    soon = NOW + timedelta(seconds=3)
    done = [
        consume_batch(consumer=recovered, up_to=read_head().tail, share=1, at=soon)
        for _ in range(2)
    ]
    assert [(one.partitions, one.handled) for one in done] == [(1, 2), (0, 0)]
    assert kept() == ids("card:2")
