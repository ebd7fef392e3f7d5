"""The same POST again: the first answer again, and one effect."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from access.caller import Role
from access.models import IdempotentRequest
from access.services.create_token import create_token
from loyalty.models import LoyaltyCard
from tests.shop import Api, Json


def marketing(username: str = "ana") -> Api:
    api = Api(create_token(username=username, role=Role.MARKETING).key)
    api.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    return api


def open_card(api: Api, key: str, **body: object) -> Json:
    return api.call("POST", "cards", {"loyalty_program": "club", **body}, Idempotency_Key=key)


@pytest.mark.django_db
def test_a_repeated_request_gets_the_first_answer_byte_for_byte() -> None:
    api = marketing()
    first = open_card(api, "k1")
    assert api.status == 201
    assert "Idempotent-Replay" not in api.headers
    again = open_card(api, "k1")
    assert api.status == 201
    assert api.headers["Idempotent-Replay"] == "true"
    assert list(again.items()) == list(first.items())
    assert LoyaltyCard.objects.count() == 1


@pytest.mark.django_db
def test_the_key_may_be_quoted_as_the_draft_has_it() -> None:
    api = marketing()
    first = open_card(api, "k1")
    assert open_card(api, '"k1"') == first


@pytest.mark.django_db
def test_without_a_key_every_request_counts() -> None:
    api = marketing()
    for _ in range(2):
        api.ok("POST", "cards", {"loyalty_program": "club"})
    assert LoyaltyCard.objects.count() == 2
    assert not IdempotentRequest.objects.exists()


@pytest.mark.django_db
def test_the_key_with_another_body_or_address_is_refused() -> None:
    api = marketing()
    api.ok("PUT", "partners/p1", {"name": "Ana"})
    open_card(api, "k1")
    other_body = open_card(api, "k1", partner="p1")
    assert api.status == 409
    assert other_body["code"] == "idempotency_key_reused"
    assert other_body["facts"] == {"idempotency_key": "k1"}
    change = {"membership_product": None}
    elsewhere = api.call("POST", "partners/p1/membership/change", change, Idempotency_Key="k1")
    assert elsewhere["code"] == "idempotency_key_reused"
    assert LoyaltyCard.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_users_do_not_meet() -> None:
    first = open_card(marketing("ana"), "k1")
    second = open_card(marketing("budi"), "k1")
    assert first["code"] != second["code"]


@pytest.mark.django_db
def test_a_refused_request_may_be_sent_again() -> None:
    api = marketing()
    assert open_card(api, "k1", partner="p1")["code"] == "partner_not_found"
    assert not IdempotentRequest.objects.exists()
    api.ok("PUT", "partners/p1", {"name": "Ana"})
    open_card(api, "k1", partner="p1")
    assert api.status == 201
    # Refused by a constraint, after the key was claimed: the claim is gone with the rest.
    assert open_card(api, "k2", partner="p1")["code"] == "card_already_held"
    assert IdempotentRequest.objects.count() == 1
    assert LoyaltyCard.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", '""', "x" * 201, "clé", "a\tb"])
def test_an_unusable_key_is_refused(key: str) -> None:
    api = marketing()
    assert open_card(api, key)["code"] == "invalid_idempotency_key"
    assert api.status == 400
    assert not LoyaltyCard.objects.exists()


def _both_at_once(token: str, keys: tuple[str | None, str | None]) -> list[Json]:
    """Send the same request twice at the same moment."""
    answers: list[Json] = []
    ready = threading.Barrier(2)

    def send(key: str | None) -> None:
        own = Api(token)
        headers = {} if key is None else {"Idempotency_Key": key}
        try:
            ready.wait()
            answers.append(own.call("POST", "cards", {"loyalty_program": "club"}, **headers))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_equal_requests_at_once_have_one_effect() -> None:
    marketing()
    token = create_token(username="ana", role=Role.MARKETING).key
    without_guard = _both_at_once(token, (None, None))
    assert without_guard[0]["code"] != without_guard[1]["code"], "without a key both count"
    for turn in range(5):
        first, second = _both_at_once(token, (f"k{turn}", f"k{turn}"))
        assert first == second
    assert LoyaltyCard.objects.count() == 2 + 5
