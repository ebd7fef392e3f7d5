"""A till over gRPC: it quotes, commits, earns and redeems as over REST, and once for each key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict

from access import redis_gate
from punchcard.v1.orders_pb2 import Claim, Order, OrderLine, OrderRequest
from punchcard.v1.orders_pb2_grpc import OrderServiceStub
from punchcard.v1.points_pb2 import EarnRequest, GetBalanceRequest, RedeemRequest
from punchcard.v1.points_pb2_grpc import PointServiceStub
from punchcard.v1.reference_pb2 import Reference
from tests.clients.conftest import Servers, Till

MAIN = Reference(ref="main")
TEA = OrderLine(sku="tea", qty="2")


def basket(**more: Any) -> OrderRequest:
    """Return an order of two teas at `main`."""
    return OrderRequest(**{"pos_config": MAIN, "lines": [TEA], **more})


def wrong_codes_at(pos_ref: str) -> int:
    """Return how many wrong codes were counted at a POS of late."""
    keys = f"{redis_gate.PREFIX}wrong-codes:pos:{pos_ref}:*"
    counts = redis_gate.ask(lambda redis: [redis.get(key) for key in redis.scan_iter(keys)])
    assert counts is not None, "Redis is down"
    return sum(int(one) for one in counts if one is not None)


def as_rest(order: Order) -> dict[str, Any]:
    """Return an answer as the JSON of REST has it, as far as it is not empty."""
    told = MessageToDict(order, preserving_proto_field_name=True)
    # Protobuf's own JSON has integers of 64 bits as texts.
    return _numbers(told)  # type: ignore[no-any-return]


def _numbers(held: Any, name: str = "") -> Any:
    if isinstance(held, dict):
        return {key: _numbers(one, key) for key, one in held.items()}
    if isinstance(held, list):
        return [_numbers(one, name) for one in held]
    is_number = name in ("program", "reward", "catalog_version", "id", "programs_left_out")
    return int(held) if is_number else held


def filled(held: Any) -> Any:
    """Return JSON without what is empty, which protobuf does not tell from left out."""
    if isinstance(held, dict):
        return {key: filled(one) for key, one in held.items() if one not in (None, [], "", False)}
    return [filled(one) for one in held] if isinstance(held, list) else held


def test_a_quote_says_what_rest_says_and_writes_nothing(servers: Servers, till: Till) -> None:
    before = servers.rows()
    told = till.call(OrderServiceStub, "Quote", basket(partner=Reference(ref="ann"), explain=True))
    rest = servers.post(
        "pos",
        "orders/quote?explain=1",
        {"pos_config": "main", "partner": "ann", "lines": [{"sku": "tea", "qty": "2"}]},
    ).json()
    assert told.total == "18.00"
    assert not told.HasField("ref")
    assert [one.outcome for one in told.explanation] == ["applied", "applied"]
    assert len(told.trace) == len(rest.pop("trace"))
    told.ClearField("trace")
    assert filled(as_rest(told)) == filled(rest)
    assert servers.rows() == before


def test_an_order_is_committed_once_for_its_ref_over_both_protocols(
    servers: Servers, till: Till
) -> None:
    first = till.call(OrderServiceStub, "Commit", basket(ref="g-1", expected_total="18"))
    assert (first.status, first.total, first.ref) == ("committed", "18.00", "g-1")
    assert "idempotent-replay" not in till.trailers
    after = servers.rows()

    again = till.call(OrderServiceStub, "Commit", basket(ref="g-1", expected_total="18"))
    assert again == first
    assert till.trailers["idempotent-replay"] == "true"
    body = {
        "ref": "g-1",
        "pos_config": "main",
        "lines": [{"sku": "tea", "qty": "2"}],
        "expected_total": "18",
    }
    rest = servers.post("pos", "orders", body)
    assert rest.headers["Idempotent-Replay"] == "true"
    assert filled(rest.json()) == filled(as_rest(first))
    other = till.refused(OrderServiceStub, "Commit", basket(ref="g-1", codes=["X"]))
    assert (other.status, other.code) == (
        grpc.StatusCode.ALREADY_EXISTS,
        "idempotency_key_reused",
    )
    assert servers.rows() == after


def test_a_key_on_top_of_the_ref_holds_too(servers: Servers, till: Till) -> None:
    first = till.call(OrderServiceStub, "Commit", basket(ref="g-2"), idempotency_key="k-2")
    after = servers.rows()
    again = till.call(OrderServiceStub, "Commit", basket(ref="g-2"), idempotency_key="k-2")
    assert again == first
    assert till.trailers["idempotent-replay"] == "true"
    other = till.refused(OrderServiceStub, "Commit", basket(ref="g-3"), idempotency_key="k-2")
    assert other.status is grpc.StatusCode.ALREADY_EXISTS
    assert other.facts == {"idempotency_key": "k-2"}
    assert servers.rows() == after


def test_points_are_moved_once_for_each_key(servers: Servers, till: Till) -> None:
    earn = EarnRequest(card="club-bob", points="12.5", origin="welcome")
    first = till.call(PointServiceStub, "Earn", earn, idempotency_key="e-1")
    assert (first.kind, first.points, first.card) == ("earn", "12.5", "club-bob")
    after = servers.rows()
    assert till.call(PointServiceStub, "Earn", earn, idempotency_key="e-1").operation == (
        first.operation
    )
    assert till.trailers["idempotent-replay"] == "true"
    rest = servers.post(
        "pos",
        "cards/club-bob/earn",
        {"points": "12.5", "origin": "welcome"},
        **{"Idempotency-Key": "e-1"},
    )
    assert rest.json()["operation"] == first.operation
    more = EarnRequest(card="club-bob", points="13", origin="welcome")
    other = till.refused(PointServiceStub, "Earn", more, idempotency_key="e-1")
    assert (other.code, other.facts) == ("idempotency_key_reused", {"idempotency_key": "e-1"})
    assert servers.rows() == after

    redeem = RedeemRequest(card="Club Bob", points="2.5", origin="tea")
    spent = till.call(PointServiceStub, "Redeem", redeem, idempotency_key="r-1")
    balance = till.call(PointServiceStub, "GetBalance", GetBalanceRequest(card="club-bob"))
    assert balance.balance == spent.balance_after
    rest_balance = servers.get("pos", "cards/club-bob/balance").json()
    assert rest_balance["balance"] == balance.balance
    then = GetBalanceRequest(card="club-bob", at="2020-01-01T00:00:00Z")
    assert till.call(PointServiceStub, "GetBalance", then).balance == "0"


def test_more_than_there_is_cannot_be_redeemed(servers: Servers, till: Till) -> None:
    before = servers.rows()
    asked = RedeemRequest(card="club-ann", points="100000", origin="tea")
    refused = till.refused(PointServiceStub, "Redeem", asked)
    assert (refused.status, refused.code) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "insufficient_points",
    )
    rest = servers.post("pos", "cards/club-ann/redeem", {"points": "100000", "origin": "tea"})
    facts = rest.json()["facts"]
    assert refused.facts == {name: str(fact) for name, fact in facts.items()}
    assert set(facts) == {"required", "available", "card_id"}
    assert servers.rows() == before


def test_another_total_than_the_till_showed_is_refused(servers: Servers, till: Till) -> None:
    before = servers.rows()
    lines = [OrderLine(sku="tea", qty="1", line_id=str(number)) for number in range(60)]
    asked = basket(ref="g-changed", lines=lines, expected_total="1")
    refused = till.refused(OrderServiceStub, "Commit", asked)
    assert (refused.status, refused.code) == (grpc.StatusCode.ABORTED, "quote_changed")
    assert refused.facts["facts_left_out"] == "decision", "it is longer than metadata may be"
    assert servers.rows() == before


def test_codes_of_refused_orders_are_counted_as_guesses(
    servers: Servers, client: Callable[[str], Till]
) -> None:
    before, counted = servers.rows(), wrong_codes_at("other")
    codes = [f"GUESS-{number}" for number in range(50)]
    asked = basket(ref="g", pos_config=Reference(ref="other"), codes=codes, expected_total="1")
    refused = client("elsewhere").refused(OrderServiceStub, "Commit", asked)
    assert refused.code == "quote_changed"
    assert wrong_codes_at("other") == counted + 50
    assert servers.rows() == before


def test_a_till_speaks_for_its_own_pos_alone(
    servers: Servers, client: Callable[[str], Till]
) -> None:
    before = servers.rows()
    stranger = client("elsewhere")
    for method in ("Quote", "Commit"):
        refused = stranger.refused(OrderServiceStub, method, basket(ref="g-no"))
        nowhere = basket(ref="g-no", pos_config=Reference(ref="nowhere"))
        missing = stranger.refused(OrderServiceStub, method, nowhere)
        assert (refused.status, refused.code) == (
            grpc.StatusCode.NOT_FOUND,
            "pos_config_not_found",
        )
        assert refused.facts == {"pos_config": "main"}
        assert (missing.status, missing.code) == (refused.status, refused.code)
    assert servers.rows() == before


def test_a_till_cannot_ask_what_if(till: Till) -> None:
    refused = till.refused(OrderServiceStub, "Quote", basket(at="2026-01-01T00:00:00Z"))
    assert (refused.status, refused.code) == (
        grpc.StatusCode.PERMISSION_DENIED,
        "role_not_allowed",
    )


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"lines": []}, "invalid", ""),
        ({"lines": [OrderLine(sku="tea")]}, "invalid", "lines[0]"),
        ({"lines": [OrderLine(sku="tea", qty="-1")]}, "invalid", "lines[0].qty"),
        ({"lines": [OrderLine(sku="tea", qty="1e3")]}, "invalid", "lines[0].qty"),
        ({"lines": [OrderLine(sku="tea", qty="٣")]}, "invalid", "lines[0].qty"),
        ({"lines": [OrderLine(sku="\x00", qty="1")]}, "invalid", "lines[0].sku"),
        ({"lines": [TEA] * 1001}, "invalid", "lines"),
        ({"pos_config": Reference()}, "invalid", "pos_config"),
        ({"pos_config": None}, "invalid", ""),
        ({"partner": Reference(id=-1)}, "invalid", "partner"),
        ({"at": "yesterday"}, "invalid", "at"),
        (
            {"claims": [Claim(program=Reference(id=1), reward=1, times=0)]},
            "invalid",
            "claims[0].times",
        ),
        ({"expected_total": "free"}, "invalid", "expected_total"),
        ({"ref": None}, "ref_required", ""),
    ],
)
def test_a_malformed_order_is_refused_and_writes_nothing(
    servers: Servers, till: Till, more: dict[str, Any], code: str, field: str
) -> None:
    before = servers.rows()
    refused = till.refused(OrderServiceStub, "Commit", basket(**{"ref": "g-bad", **more}))
    assert (refused.status, refused.code) == (grpc.StatusCode.INVALID_ARGUMENT, code)
    if field:
        assert list(refused.wrong) == [field]
    assert servers.rows() == before


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        (EarnRequest(card="club-ann"), {"points": "REQUIRED", "origin": "REQUIRED"}),
        (EarnRequest(points="1", origin="x"), {"card": "REQUIRED"}),
        (EarnRequest(card="club-ann", points="1_0", origin="x"), {"points": "INVALID"}),
        (EarnRequest(card="club-ann", points="1", origin="x" * 256), {"origin": "MAX_LENGTH"}),
        (
            EarnRequest(card="club-ann", points="1", origin="x", expires_at="soon"),
            {"expires_at": "INVALID"},
        ),
    ],
)
def test_malformed_points_are_refused_and_write_nothing(
    servers: Servers, till: Till, asked: EarnRequest, wrong: dict[str, str]
) -> None:
    before = servers.rows()
    refused = till.refused(PointServiceStub, "Earn", asked)
    assert refused.status is grpc.StatusCode.INVALID_ARGUMENT
    assert refused.wrong == wrong
    assert servers.rows() == before


def test_unknown_things_are_not_found(servers: Servers, till: Till) -> None:
    before = servers.rows()
    asked = RedeemRequest(card="nobody", points="1", origin="x")
    card = till.refused(PointServiceStub, "Redeem", asked)
    assert (card.status, card.code) == (grpc.StatusCode.NOT_FOUND, "card_not_found")
    bad_key = till.refused(PointServiceStub, "Redeem", asked, idempotency_key="x" * 201)
    assert bad_key.code == "invalid_idempotency_key"
    when = till.refused(
        PointServiceStub, "GetBalance", GetBalanceRequest(card="club-ann", at="now")
    )
    assert (when.code, when.wrong) == ("invalid_query", {"at": "INVALID_QUERY"})
    assert servers.rows() == before
