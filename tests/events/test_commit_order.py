"""Reading in commit order: nothing is skipped, nothing waits for strangers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.domain.consumer import LoggedEvent, partition_of
from events.log import Happening, record
from events.models import Event
from events.services.consume_batch import consume_batch
from events.services.place_consumers import place_consumers
from events.stream import QUIET, read_head
from tests.concurrency.threads import at_once
from tests.events.readers import keeping, kept, log, read_on

pytestmark = pytest.mark.usefixtures("effects")
INSERT = (
    "INSERT INTO events_event (type, key, payload, occurred_at)"
    " VALUES ('Late', %s, '{}', now()) RETURNING id"
)


@contextmanager
def elsewhere(**changed: str) -> Iterator[psycopg.Connection]:
    """A connection of another process, as far as the database can tell."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    with psycopg.connect(**{**parameters, **changed}) as other:
        yield other
        other.rollback()


def naive_reading(after: int) -> list[int]:
    """What a reader would get that remembers the highest id it saw."""
    return list(Event.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True))


def test_an_event_that_commits_late_is_not_skipped() -> None:
    reader = keeping()
    with elsewhere() as other:
        early = other.execute(INSERT, ["card:1"]).fetchall()[0][0]
        log(("Prompt", "card:2"))
        (prompt,) = naive_reading(0)
        assert prompt > early
        read_on(reader)
        assert kept() == []  # it waits: something may still come before
        assert read_head().held
        other.commit()
    assert naive_reading(prompt) == []  # the control: by ids the late one is lost
    read_on(reader)
    assert kept() == [early, prompt]


def test_what_begins_early_and_records_late_is_read_late() -> None:
    reader = keeping(partitions=4)
    with elsewhere() as other:
        own = other.execute("SELECT pg_current_xact_id()::text::bigint").fetchall()[0][0]
        first = other.execute(INSERT, ["card:2"]).fetchall()[0][0]
        log(("Prompt", "card:1"))
        (prompt,) = naive_reading(first)
        late = other.execute(INSERT, ["card:1"]).fetchall()[0][0]
        other.commit()
    with connection.cursor() as cursor:  # the control: it began before the prompt one did
        cursor.execute("SELECT xmin::text::bigint FROM events_event WHERE id = %s", [prompt])
        assert own < cursor.fetchone()[0]
    read_on(reader)
    assert kept() == [first, prompt, late]


def test_what_was_rolled_back_leaves_no_gap_to_wait_for() -> None:
    with elsewhere() as other:
        other.execute(INSERT, ["card:1"])
        other.rollback()
        log(("Prompt", "card:2"))
        read_on(keeping())
        assert len(kept()) == 1


def test_nobody_waits_for_a_transaction_of_another_database() -> None:
    with elsewhere(dbname="postgres") as other:
        other.execute("SELECT pg_current_xact_id()")
        log(("Prompt", "card:2"))
        assert not read_head().held
        read_on(keeping())
    assert len(kept()) == 1


def test_nobody_waits_for_a_consumer_that_records_nothing() -> None:
    with elsewhere() as other:
        other.execute("SELECT set_config('application_name', %s, true)", [QUIET])
        other.execute("SELECT pg_current_xact_id()")
        log(("Prompt", "card:2"))
        read_on(keeping())
    assert len(kept()) == 1


def test_the_head_is_not_read_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        read_head()


def test_python_and_the_database_divide_keys_alike() -> None:
    keys = [f"card:{number}" for number in range(50)] + ["", "kartu:é", "partner:7"]
    log(*[("Any", key) for key in keys])
    reader = keeping(partitions=7)
    place_consumers(consumers=[reader])
    place = read_head().tail
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, ('x' || left(md5(key), 8))::bit(32)::bigint %% 7 FROM events_event", []
        )
        assert dict(cursor.fetchall()) == {key: partition_of(key, 7) for key in keys}
    for _partition in range(7):
        assert consume_batch(consumer=reader, up_to=place, share=1, at=timezone.now()).partitions
    assert sorted(kept()) == naive_reading(0)


def test_writers_of_all_speeds_lose_nothing_beside_two_workers() -> None:
    """Eight writers commit at random moments while two workers read; each key stays in order."""
    reader = keeping(partition_key="writer")
    place_consumers(consumers=[reader])
    written = threading.Event()

    def write(writer: int) -> None:
        for number in range(25):
            with transaction.atomic():
                happening = Happening("Step", f"step:{number}", {"writer": f"w{writer}"})
                record([happening], at=timezone.now())
                if number % (writer + 2) == 0:
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_sleep(0.003)")

    def read() -> None:
        while True:
            was_written = written.is_set()
            head = read_head()
            while consume_batch(
                consumer=reader, up_to=head.tail, share=2, at=timezone.now()
            ).partitions:
                pass
            if was_written and not head.held:
                return

    def write_all() -> None:
        answers = at_once(*[lambda writer=n: write(writer) for n in range(8)])
        written.set()
        assert answers == [None] * 8

    assert at_once(write_all, read, read) == [None] * 3
    read_on(reader)  # a worker may have been passed by at the very end
    by_id = {event.id: event for event in Event.objects.all()}
    assert sorted(kept()) == sorted(by_id)
    for writer in range(8):
        mine = [one for one in kept() if by_id[one].payload["writer"] == f"w{writer}"]
        assert [by_id[one].key for one in mine] == [f"step:{number}" for number in range(25)]


def test_a_batch_is_what_the_consumer_asked_for() -> None:
    log(*[("Asked", "card:1")] * 3, ("Other", "card:1"), partner_id=4)
    seen: list[LoggedEvent] = []
    reader = keeping(
        event_types=frozenset({"Asked"}), partition_key="partner_id", fails=seen.append
    )
    done = read_on(reader)
    assert [one.handled for one in done] == [3]
    assert {event.order_key for event in seen} == {"4"}
    assert seen[0].payload == {"partner_id": 4}
    assert read_on(reader) == []  # what it did not ask for is behind it too
