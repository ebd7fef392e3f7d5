"""`kill -9` of a till inside its commit, a consumer inside its batch, Celery inside a sweep."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Town, kill, read_until
from tests.faults.listener.consumers import GATE
from tests.house.processes import eventually

pytestmark = pytest.mark.slow
WORK = ("-m", "tests.faults.work")
# Whoever records an event waits here, with everything written before it in its transaction.
LOCK_THE_LOG = "LOCK TABLE events_event IN SHARE MODE"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def test_a_till_killed_inside_its_commit_leaves_nothing_and_sells_once(town: Town) -> None:
    till = town.start(*WORK, "sell", "0", "4", "4")
    with town.connect() as holder, holder.transaction():
        holder.execute(LOCK_THE_LOG)
        read_until(till, "open")
        assert eventually(lambda: town.ask(WAITING) == 4, 60)
        assert town.ask("SELECT count(*) FROM promotions_order") == 0
        kill(till)
    # The control: the transactions are gone with their process, not committed by anybody.
    assert eventually(lambda: town.ask(WAITING) == 0)
    assert town.ask("SELECT count(*) FROM promotions_order") == 0
    assert town.ask("SELECT count(*) FROM events_event WHERE type = 'OrderCreated'") == 0
    town.run(*WORK, "sell", "0", "4", "4")
    town.run(*WORK, "sell", "0", "4", "1")  # and once more, as a till does that heard nothing
    assert town.ask("SELECT count(*) FROM promotions_order") == 4
    assert town.ask("SELECT sum(points) FROM loyalty_loyaltycard") == 400
    town.run("manage.py", "verify_ledger")


def test_a_consumer_killed_inside_its_batch_handles_each_event_once(town: Town) -> None:
    town.run(*WORK, "sell", "0", "10", "2")
    events = town.ask("SELECT count(*) FROM events_event")
    with town.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [GATE])
        consumers = town.consume()
        at_the_gate = f"{WAITING} AND locktype = 'advisory'"
        assert eventually(lambda: town.ask(at_the_gate) >= 1, 60)
        kill(consumers)
    assert eventually(lambda: town.ask(at_the_gate) == 0)
    assert town.ask("SELECT count(*) FROM witness") == 0  # written, and undone with the place
    town.consume()
    assert eventually(lambda: town.ask("SELECT count(*) FROM witness") == events, 60)
    assert eventually(town.consumers_are_done, 60)
    assert town.ask("SELECT count(DISTINCT event_id) FROM witness") == events
    assert town.ask("SELECT count(*) FROM witness") == events


def test_celery_killed_inside_a_sweep_expires_each_lot_once(town: Town) -> None:
    town.run(*WORK, "gifts", "20")
    worker = ("-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "INFO")
    town.run(*WORK, "sweep")
    with town.connect() as holder, holder.transaction():
        holder.execute(LOCK_THE_LOG)
        celery = town.start(*worker)
        assert eventually(lambda: town.ask(WAITING) == 1, 60)
        kill(celery)
    assert eventually(lambda: town.ask(WAITING) == 0)
    expired = "SELECT coalesce(sum(points_amount), 0) FROM loyalty_pointhistory WHERE kind='expire'"
    # The sweep's batch is one statement: PostgreSQL finished it for a client that was gone, or not.
    assert town.ask(expired) in {0, -200}
    town.start(*worker)
    town.run(*WORK, "sweep")
    town.run(*WORK, "sweep")  # a task may run twice
    assert eventually(lambda: town.ask(expired) == -200, 60)
    assert town.ask("SELECT count(*) FROM events_event WHERE type = 'PointsExpired'") == 20
    town.run("manage.py", "verify_ledger")
    assert eventually(
        lambda: (
            town.ask(
                "SELECT count(*) FROM events_taskrun"
                " WHERE name = 'loyalty.expire_due_points' AND succeeded"
            )
            == 1
        )
    )
