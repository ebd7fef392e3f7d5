"""How many wrong codes are too many, counted by several processes at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis

from access import redis_gate, wrong_codes
from access.errors import TooManyWrongCodes

LIMIT = 10


@pytest.fixture
def pos(settings: Any) -> str:
    """Give a POS of which no wrong code was ever counted; all are counted in one window."""
    settings.WRONG_CODES_PER_POS = LIMIT
    settings.WRONG_CODES_WINDOW_SECONDS = 10**10
    return f"pos-{uuid4()}"


@pytest.fixture
def elsewhere(pos: str, settings: Any) -> Callable[[int], None]:
    """Give a way to count wrong codes of the POS in another process."""

    def count(wrong: int) -> None:
        window: int = settings.WRONG_CODES_WINDOW_SECONDS
        key = f"{redis_gate.PREFIX}wrong-codes:pos:{pos}:{int(time.time() // window)}"
        redis_gate.ask(lambda redis: redis.incrby(key, wrong))

    return count


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Give a list of what this process asked Redis from now on."""
    seen: list[object] = []
    ask = redis_gate.ask

    def counted(work: Callable[[Redis], object]) -> object:
        seen.append(work)
        return ask(work)

    monkeypatch.setattr(redis_gate, "ask", counted)
    return seen


def test_a_wrong_code_is_refused_at_once_whoever_entered_the_others(
    pos: str,
    elsewhere: Callable[[int], None],
) -> None:
    wrong_codes.check(pos, None)
    elsewhere(LIMIT)
    with pytest.raises(TooManyWrongCodes):
        wrong_codes.count(pos, None, wrong=1)
    with pytest.raises(TooManyWrongCodes):
        wrong_codes.check(pos, None)


def test_redis_is_asked_again_within_a_second(
    pos: str, elsewhere: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrong_codes, "CALM_SECONDS", 0.05)
    wrong_codes.check(pos, None)
    elsewhere(LIMIT)
    time.sleep(0.06)
    with pytest.raises(TooManyWrongCodes):
        wrong_codes.check(pos, None)


def test_near_the_limit_redis_is_always_asked(pos: str, elsewhere: Callable[[int], None]) -> None:
    elsewhere(LIMIT // 2)
    wrong_codes.check(pos, None)
    elsewhere(LIMIT // 2)
    with pytest.raises(TooManyWrongCodes):
        wrong_codes.check(pos, None)


def test_far_from_it_redis_is_asked_once_in_a_second(
    pos: str,
    elsewhere: Callable[[int], None],
    asked: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wrong_codes, "CALM_SECONDS", 60.0)
    elsewhere(LIMIT // 2 - 1)
    asked.clear()
    for _ in range(5):
        wrong_codes.check(pos, None)
    assert len(asked) == 1
    wrong_codes.count(pos, None, wrong=1)
    wrong_codes.check(pos, None)
    assert len(asked) == 3
