"""The balance kept in Redis: never wrong, never needed. With a Redis of its own, to be stopped."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis import Redis

from access import redis_gate
from config.local_servers import find_programs
from loyalty import card_lock
from loyalty.balance_cache import balance_now, keep
from loyalty.queries import CardBalance, balance_at
from tests.loyalty.book import DAY, NOON, Card, card, kind_of_points

pytestmark = pytest.mark.django_db


class OwnRedis:
    """A Valkey that a test may stop and start; what it holds survives, as after a partition."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "own.sock"
        self.server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(find_programs().valkey_server), "--port", "0", "--dir", str(self.folder)]
        command += ["--unixsocket", str(self.socket), "--appendonly", "yes"]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                if Redis(unix_socket_path=str(self.socket)).ping():
                    return
            except Exception:  # noqa: BLE001 - it is not there yet, or still loading
                time.sleep(0.02)
        raise AssertionError("valkey does not start")

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(20)
            self.server = None


@pytest.fixture
def own_redis(tmp_path_factory, settings, monkeypatch) -> Iterator[OwnRedis]:
    server = OwnRedis(tmp_path_factory.mktemp("r"))
    server.start()
    location = {"LOCATION": f"unix://{server.socket}?db=0"}
    settings.CACHES = {"default": settings.CACHES["default"] | location}
    monkeypatch.setattr(redis_gate, "CLOSED_SECONDS", 0.01)
    yield server
    server.stop()
    cache.close()


def told(held: Card, at=NOON) -> CardBalance:
    """Return what a till is told, which must be what the journal says."""
    found = balance_now(held.row, at)
    assert found == balance_at(held.id, at)
    return found


def asked_the_journal(held: Card, at=NOON) -> bool:
    row = held.row
    with CaptureQueriesContext(
        connection,
    ) as statements:
        balance_now(row, at)
    return len(statements) > 0


def test_a_balance_is_computed_once_until_the_journal_moves():
    held = card()
    held.earn("10")
    assert [asked_the_journal(held) for _ in range(3)] == [True, False, False]
    held.redeem("4")
    assert told(held).spendable == 6
    assert not asked_the_journal(held)


def test_a_balance_is_not_kept_past_the_moment_it_changes_by_time():
    held = card(kind_of_points(pending_days=2))
    held.earn("10", expires_at=NOON + 5 * DAY)
    instant = timedelta(seconds=1)
    for change in (NOON + 2 * DAY, NOON + 5 * DAY):
        told(held, change - instant)
        told(held, change)
    assert told(held, NOON + 5 * DAY).spendable == 0


def test_a_balance_that_a_sale_dated_ahead_will_change_is_not_kept_past_it():
    held = card()
    held.earn("10")
    ahead = NOON + timedelta(seconds=5)
    held.earn("1", at=ahead)
    assert told(held).spendable == 10
    assert told(held, ahead).spendable == 11


def test_an_older_value_never_replaces_a_newer_one():
    held = card()
    held.earn("10")
    older = balance_at(held.id, NOON)
    held.redeem("4")
    newer = told(held)
    keep(older)
    assert not asked_the_journal(held)
    assert balance_now(held.row, NOON) == newer


def test_a_card_that_is_blocked_shows_nothing_at_once():
    held = card()
    held.earn("10")
    told(held)
    row = held.row
    row.active = False
    row.save(update_fields=["active"])
    assert told(held).spendable == 0


def test_what_somebody_else_wrote_there_is_not_taken():
    held = card()
    held.earn("10")

    def put(text: bytes, redis: Redis) -> object:
        return redis.set(f"punchcard:balance:card:{held.id}", text)

    for text in (b"no json", b"{}", b"[]", b'{"sequence": "x"}'):
        redis_gate.ask(partial(put, text))
        assert balance_now(held.row, NOON).spendable == 10


def test_it_decides_no_redemption():
    held = card()
    held.earn("10")
    lie = balance_at(held.id, NOON)
    object.__setattr__(lie, "spendable", lie.spendable * 0)
    keep(lie)
    assert held.redeem("10").balance_before == 10


@pytest.mark.django_db(transaction=True)  # in a transaction the lock in Redis is not taken
@pytest.mark.parametrize("locks", [False, True])
def test_redis_stopped_mid_traffic_is_no_error_and_no_wrong_balance(own_redis, settings, locks):
    settings.CARD_LOCK = locks
    held = card()
    held.earn("100")
    told(held)
    for is_up in (False, True, False, True):
        (own_redis.start if is_up else own_redis.stop)()
        time.sleep(0.02)
        for _ in range(3):
            held.redeem("1")
            told(held)
            held.earn("2")
            told(held)
    assert told(held).spendable == 112
    assert not asked_the_journal(held)  # it has recovered by itself
    held.adds_up()


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_held_is_waited_for_and_not_for_ever(settings, monkeypatch):
    settings.CARD_LOCK = True
    monkeypatch.setattr(card_lock, "WAITS_SECONDS", 0.2)
    held = card()
    key = f"punchcard:lock:card:{held.id}"
    held.earn("10")
    assert redis_gate.ask(lambda redis: redis.get(key)) is None  # given back
    redis_gate.ask(lambda redis: redis.set(key, "somebody", ex=30))
    start = time.monotonic()
    held.redeem("4")
    assert time.monotonic() - start >= 0.2
    assert redis_gate.ask(lambda redis: redis.get(key)) == b"somebody"  # and not taken away
    held.adds_up()
