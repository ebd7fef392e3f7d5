"""How many requests a token may make, and how many wrong codes a till."""

from __future__ import annotations

from typing import Any

import pytest

from access import redis_gate, throttles, wrong_codes
from access.caller import Role
from access.errors import TooManyWrongCodes
from access.services.create_token import create_token
from tests.shop import Api

NOON = 1_800_000_000.0  # a multiple of every window used here


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Stop the clock of the windows, or a test could straddle two of them."""
    now = [NOON]
    for module in (throttles, wrong_codes):
        monkeypatch.setattr(module.time, "time", lambda: now[0])
    return now


def caller(settings: Any, limit: int) -> Api:
    settings.RATES_PER_MINUTE = dict.fromkeys(("pos", "marketing", "manager", "admin"), limit)
    return Api(create_token(username="t", role=Role.MANAGER).key)


def limits(api: Api) -> tuple[str, str, str]:
    return tuple(api.headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset"))


@pytest.mark.django_db
def test_every_answer_tells_the_limit_and_what_is_left(settings: Any, clock: list[float]) -> None:
    api = caller(settings, 3)
    clock[0] += 20
    seen = []
    for _ in range(3):
        api.ok("GET", "whoami")
        seen.append(limits(api))
    assert seen == [("3", "2", "40"), ("3", "1", "40"), ("3", "0", "40")]


@pytest.mark.django_db
def test_over_the_limit_is_429_with_the_time_to_wait(settings: Any, clock: list[float]) -> None:
    api = caller(settings, 2)
    clock[0] += 20
    for _ in range(2):
        api.ok("GET", "whoami")
    for _ in range(3):
        problem = api.call("GET", "whoami")
        assert api.status == 429
        assert problem["code"] == "rate_limit_exceeded"
        assert problem["facts"] == {"limit_per_minute": 2, "retry_after_seconds": 40}
        assert api.headers["Retry-After"] == "40"
        assert limits(api) == ("2", "0", "40")
    clock[0] += 40
    api.ok("GET", "whoami")


@pytest.mark.django_db
def test_refused_requests_count_too(settings: Any, clock: list[float]) -> None:
    api = caller(settings, 2)
    api.call("DELETE", "whoami")
    api.call("PUT", "membership-products/gold", {"name": "Gold"})
    assert api.status == 403
    api.call("GET", "whoami")
    assert api.status == 429


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [7, 150, 1000])
def test_processes_together_never_let_more_through(
    settings: Any, clock: list[float], monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    api = caller(settings, limit)
    processes: list[dict[str, Any]] = [{}, {}, {}]
    through = 0
    for turn in range(limit + 100):
        monkeypatch.setattr(throttles, "_leases", processes[turn % 3])
        api.call("GET", "whoami")
        through += api.status == 200
    lease = min(max(1, limit // 100), throttles.MAX_LEASE)
    assert limit - 3 * lease < through <= limit


@pytest.mark.django_db
def test_no_limit_sends_no_header(settings: Any) -> None:
    api = caller(settings, 0)
    api.ok("GET", "whoami")
    assert "RateLimit-Limit" not in api.headers


@pytest.mark.django_db
def test_two_tokens_of_one_user_are_counted_apart(settings: Any, clock: list[float]) -> None:
    first = caller(settings, 1)
    second = Api(create_token(username="t", role=Role.MANAGER).key)
    first.ok("GET", "whoami")
    second.ok("GET", "whoami")
    first.call("GET", "whoami")
    assert first.status == 429


@pytest.mark.django_db
def test_without_redis_everybody_is_let_through(settings: Any) -> None:
    api = caller(settings, 1)
    down = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    settings.CACHES = down
    try:
        for _ in range(3):
            api.ok("GET", "whoami")
        wrong_codes.count("main", None, wrong=10_000)
        wrong_codes.check("main", None)
    finally:
        redis_gate._gate.closed_until = 0.0


@pytest.mark.django_db
def test_wrong_codes_are_counted_per_pos_and_per_partner(settings: Any, clock: list[float]) -> None:
    settings.WRONG_CODES_PER_POS, settings.WRONG_CODES_PER_PARTNER = 5, 2
    settings.WRONG_CODES_WINDOW_SECONDS = 600
    clock[0] += 100
    wrong_codes.count("main", "p1", wrong=2)
    with pytest.raises(TooManyWrongCodes) as refused:
        wrong_codes.check("main", "p1")
    assert refused.value.facts == {"retry_after_seconds": 500}
    with pytest.raises(TooManyWrongCodes):
        wrong_codes.check("branch", "p1")
    wrong_codes.check("main", None)
    wrong_codes.count("main", "p2", wrong=3)
    with pytest.raises(TooManyWrongCodes):
        wrong_codes.count("main", None, wrong=0)
    wrong_codes.check("branch", "p3")
    clock[0] += 500
    wrong_codes.check("main", "p1")


@pytest.mark.django_db
def test_what_is_noted_refuses_nobody_now_but_the_next(settings: Any, clock: list[float]) -> None:
    settings.WRONG_CODES_PER_POS = 1
    wrong_codes.note("main", None, wrong=1)
    wrong_codes.note("main", None, wrong=1)
    with pytest.raises(TooManyWrongCodes):
        wrong_codes.check("main", None)


@pytest.mark.django_db
def test_a_till_that_guesses_cards_is_stopped_even_when_it_guesses_right(
    settings: Any, clock: list[float]
) -> None:
    settings.WRONG_CODES_PER_POS = 3
    admin = Api(create_token(username="root", role=Role.ADMIN).key)
    admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    admin.ok("PUT", "cards/RIGHT", {"loyalty_program": "club"})
    till = Api(create_token(username="till", role=Role.POS, pos_ref="main").key)
    till.ok("GET", "cards/RIGHT")
    for number in range(3):
        assert till.call("GET", f"cards/WRONG{number}")["code"] == "card_not_found"
    assert till.call("GET", "cards/RIGHT")["code"] == "too_many_wrong_codes"
    assert till.status == 429
    assert till.headers["Retry-After"]
    admin.ok("GET", "cards/RIGHT")
    other = Api(create_token(username="till2", role=Role.POS, pos_ref="branch").key)
    other.ok("GET", "cards/RIGHT")
