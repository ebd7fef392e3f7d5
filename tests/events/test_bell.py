"""The bell: rung after commits, heard, and never in a till's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from events import bell
from loyalty.services.expire_points import expire_points
from tests.events.readers import log
from tests.house.processes import eventually
from tests.loyalty.book import DAY, NOON, card

pytestmark = pytest.mark.django_db(transaction=True)


HEARD_SECONDS = 60  # a ring comes within milliseconds, on a machine that does not stand still


@pytest.fixture
def ear() -> Iterator[bell.Ear]:
    bell.close()  # what earlier tests asked for is rung before we listen
    one = bell.Ear()
    assert one.wait(0)  # listening now; what was rung before is answered by looking once
    yield one
    one.close()
    bell.close()


def hear_all(ear: bell.Ear) -> None:
    """Let everything be rung and heard that was asked for until now."""
    bell.close()
    assert ear._connection is not None
    ear._connection.execute("SELECT 1")  # rings that were sent come before the answer
    while ear.wait(0):
        pass


def test_a_commit_is_heard_and_a_rollback_is_not(ear: bell.Ear) -> None:
    with transaction.atomic():
        log(("Any", "card:1"))
        assert not ear.wait(0.2)  # not before the commit
    assert ear.wait(HEARD_SECONDS)
    hear_all(ear)
    with transaction.atomic():
        log(("Any", "card:1"))
        transaction.set_rollback(True)
    assert not ear.wait(0.2)


def test_many_commits_are_few_rings(ear: bell.Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    rings: list[str] = []
    notify = bell._bell._notify

    def count() -> None:
        rings.append("ring")
        notify()

    monkeypatch.setattr(bell._bell, "_notify", count)
    for _ in range(200):
        bell.ring_after_commit()
    assert ear.wait(HEARD_SECONDS)
    assert 1 <= len(rings) < 20


def test_points_ring_though_the_database_records_their_event(ear: bell.Ear) -> None:
    held = card()
    hear_all(ear)
    held.earn("10")
    assert ear.wait(HEARD_SECONDS)


def test_a_sweep_rings_for_what_it_expired(ear: bell.Ear) -> None:
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    hear_all(ear)
    expire_points(at=NOON)
    assert not ear.wait(0.2)  # nothing was due
    expire_points(at=NOON + DAY)
    assert ear.wait(HEARD_SECONDS)


def test_the_ringer_gives_its_connection_back(ear: bell.Ear) -> None:
    bell.ring_after_commit()
    assert ear.wait(HEARD_SECONDS)
    bell.close()
    assert eventually(lambda: "event bell" not in {thread.name for thread in threading.enumerate()})


def test_a_consumer_that_cannot_listen_looks_by_itself(ear: bell.Ear) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            # It waits until the session is gone, so that the next wait meets the end of it.
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE query = %s AND datname = current_database()",
            [f"LISTEN {bell.CHANNEL}"],
        )
    assert not ear.wait(0.1)  # it was cut off, which is no error
    assert ear.wait(0.1)  # and listens again
    bell.ring_after_commit()
    assert ear.wait(HEARD_SECONDS)
