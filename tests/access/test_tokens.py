"""Who a token lets in, and how soon it no longer does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from access import redis_gate, token_cache
from access.authentication import TokenAuthentication
from access.caller import Role
from access.models import Grant
from access.services.change_grant import change_grant
from access.services.create_token import TokenCreated, create_token
from access.services.revoke_token import revoke_token
from tests.shop import Api

WITHIN = 1.0  # seconds


@pytest.fixture
def _redis_down(settings: Any) -> Iterator[None]:
    """Point the cache at a port where nobody listens."""
    caches = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    settings.CACHES = caches
    yield
    redis_gate._gate.closed_until = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Stop the clocks that what is kept of tokens goes by; give how far they are ahead."""
    ahead, steady, unix = [0.0], time.monotonic(), time.time()
    still = SimpleNamespace(monotonic=lambda: steady + ahead[0], time=lambda: unix + ahead[0])
    monkeypatch.setattr(token_cache, "time", still)
    yield ahead
    token_cache._local.clear()  # entries of a future that does not come


def till() -> TokenCreated:
    return create_token(username="till", role=Role.POS, pos_ref="main")


def role_of(key: str) -> str | None:
    answer = Api(key).call("GET", "whoami")
    return answer.get("role")


@contextmanager
def another_process() -> Iterator[None]:
    """Look through the eyes of a process with nothing in its memory."""
    held = token_cache._local
    token_cache._local = {}
    try:
        yield
    finally:
        token_cache._local = held


@pytest.mark.django_db
def test_a_token_says_who_calls() -> None:
    answer = Api(till().key).call("GET", "whoami")
    assert answer == {"user": "till", "role": "pos", "pos_config": "main"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", [None, "", "Token", "Token ", "Bearer x", "Basic dDp0", "Token a b", "Token é"]
)
def test_no_token_is_401_with_a_challenge(header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = Client().get("/api/v1/whoami", headers=headers)
    assert response.status_code == 401
    assert response.json()["code"] in ("not_authenticated", "invalid_token")
    assert response["WWW-Authenticate"] == 'Token realm="api"'


@pytest.mark.django_db
def test_an_unknown_token_is_refused() -> None:
    till()
    response = Client().get("/api/v1/whoami", headers={"Authorization": "Token " + "f" * 64})
    assert response.status_code == 401
    assert response.json()["code"] == "invalid_token"


@pytest.mark.django_db
def test_a_token_without_a_grant_opens_nothing() -> None:
    user = get_user_model().objects.create_user("script")
    _token, key = AuthToken.objects.create(user)
    assert role_of(key) is None


@pytest.mark.django_db
def test_a_warm_token_asks_the_database_nothing() -> None:
    key = till().key
    role_of(key)
    with CaptureQueriesContext(connection) as queries:
        assert role_of(key) == "pos"
        token_cache._local.clear()  # a process that never saw the token: Redis knows it
        assert role_of(key) == "pos"
    assert len(queries) == 0


@pytest.mark.django_db
def test_an_expired_token_is_refused_though_it_is_cached(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_cache, "LOCAL_SECONDS", 3600)
    made = create_token(username="t", role=Role.ADMIN, lifetime=timedelta(minutes=1))
    assert role_of(made.key) == "admin"
    clock[0] = 600
    assert role_of(made.key) is None
    token_cache._local.clear()
    assert role_of(made.key) is None


@pytest.mark.django_db(transaction=True)
def test_a_revoked_token_is_refused_at_once_here() -> None:
    made = till()
    assert role_of(made.key) == "pos"
    revoke_token(digest=made.digest)
    assert role_of(made.key) is None
    assert not Grant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_revoked_token_is_refused_within_a_second_by_another_process(
    clock: list[float],
) -> None:
    made = till()
    assert role_of(made.key) == "pos"
    with another_process():
        revoke_token(digest=made.digest)
    assert role_of(made.key) == "pos", "this process has not heard of it yet"
    clock[0] = WITHIN
    assert role_of(made.key) is None


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_read_before_the_revocation_does_not_bring_the_token_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = till()
    read = token_cache._read

    def read_then_lose(digest: str) -> token_cache.TokenFacts | None:
        facts = read(digest)
        monkeypatch.setattr(token_cache, "_read", read)
        revoke_token(digest=made.digest)
        return facts

    monkeypatch.setattr(token_cache, "_read", read_then_lose)
    assert role_of(made.key) == "pos", "it was valid when it was read"
    token_cache._local.clear()
    assert role_of(made.key) is None


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_revocation_changes_nothing() -> None:
    made = till()
    with transaction.atomic():
        revoke_token(digest=made.digest)
        transaction.set_rollback(True)
    token_cache._local.clear()
    assert role_of(made.key) == "pos"


@pytest.mark.django_db(transaction=True)
def test_a_deactivated_user_is_refused_and_comes_back() -> None:
    made = till()
    assert role_of(made.key) == "pos"
    user = get_user_model().objects.get(username="till")
    user.is_active = False
    user.save()
    assert role_of(made.key) is None
    user.is_active = True
    user.save()
    token_cache._local.clear()
    assert role_of(made.key) == "pos"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gone", ["token", "user", "grant"])
def test_a_deleted_row_closes_the_door(gone: str) -> None:
    made = till()
    assert role_of(made.key) == "pos"
    {
        "token": AuthToken.objects.filter(digest=made.digest),
        "user": get_user_model().objects.filter(username="till"),
        "grant": Grant.objects.filter(token_id=made.digest),
    }[gone].delete()
    assert role_of(made.key) is None


@pytest.mark.django_db(transaction=True)
def test_a_changed_grant_holds_at_once() -> None:
    made = till()
    assert role_of(made.key) == "pos"
    change_grant(digest=made.digest, role=Role.MANAGER)
    assert role_of(made.key) == "manager"
    grant = Grant.objects.get(token_id=made.digest)
    grant.role, grant.pos_ref = Role.POS, "branch"
    grant.save()
    assert Api(made.key).call("GET", "whoami")["pos_config"] == "branch"


@pytest.mark.django_db(transaction=True)
def test_signing_in_does_not_empty_the_cache() -> None:
    made = till()
    role_of(made.key)
    user = get_user_model().objects.get(username="till")
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    with CaptureQueriesContext(connection) as queries:
        assert role_of(made.key) == "pos"
    assert len(queries) == 0


@pytest.mark.usefixtures("_redis_down")
@pytest.mark.django_db(transaction=True)
def test_without_redis_tokens_work_and_end() -> None:
    made = till()
    assert role_of(made.key) == "pos"
    revoke_token(digest=made.digest)
    assert role_of(made.key) is None


@pytest.mark.django_db
def test_the_user_of_a_token_is_a_whole_user() -> None:
    key = till().key
    get_user_model().objects.filter(username="till").update(email="till@shop.test")
    request = APIRequestFactory().get("/", headers={"Authorization": f"Token {key}"})
    found = TokenAuthentication().authenticate(Request(request))
    assert found is not None
    user, caller = found
    assert (user.pk, user.username, user.is_active) == (caller.user_id, "till", True)
    assert user.email == "till@shop.test"
    assert user == get_user_model().objects.get()
