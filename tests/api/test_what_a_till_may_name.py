"""Ids can be guessed: a till names members and cards by what it was shown."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from access.caller import Role
from access.services.create_token import create_token
from loyalty.models import LoyaltyCard, Partner, PointOperation
from promotions.models import Order
from tests.shop import Api, Shop, discount


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    """Return a shop with a member who has 100 points, and one product."""
    shop = Shop()
    shop.products(A="10.00")
    shop.member("ann", "100")
    return shop


@pytest.fixture
def other_till(shop: Shop) -> Api:
    """Return a till of another store, of which no wrong code was counted yet."""
    ref = f"side-{uuid.uuid4()}"
    shop.admin.ok("PUT", f"pos-configs/{ref}", {"name": "Side street"})
    return Api(create_token(username="side-till", role=Role.POS, pos_ref=ref).key)


@pytest.mark.parametrize("thing", ["", "/membership", "/referral-code"])
def test_a_till_knows_a_member_by_reference_alone(shop: Shop, thing: str) -> None:
    if thing == "/referral-code":
        shop.program("referral", rewards=[discount("10")])
    ann = Partner.objects.get()
    assert shop.admin.ok("GET", f"partners/{ann.pk}{thing}")
    assert shop.till.ok("GET", f"partners/ann{thing}")
    refused = shop.till.call("GET", f"partners/{ann.pk}{thing}")
    assert (shop.till.status, refused["code"]) == (404, "partner_not_found")


def test_a_till_sells_to_a_member_by_reference_alone(shop: Shop) -> None:
    ann = Partner.objects.get().pk
    assert shop.admin.ok("POST", "orders/quote", shop.order(("A", "1"), partner=ann))
    for path, body in (
        ("orders/quote", shop.order(("A", "1"), partner=ann)),
        ("orders", shop.order(("A", "1"), partner=ann, ref="o1")),
    ):
        assert shop.till.call("POST", path, body)["code"] == "partner_not_found"
    late = shop.order(("A", "1"), partner=ann, ref="o2", at="2026-01-01T10:00:00Z")
    synced = shop.till.ok("POST", "orders/sync", {"orders": [{**late, "charged_total": "10.00"}]})
    assert synced["results"][0]["problem"]["code"] == "partner_not_found"
    assert not Order.objects.exists()


def test_wrong_members_are_counted_as_wrong_codes(
    shop: Shop, other_till: Api, settings: Any
) -> None:
    settings.WRONG_CODES_PER_POS = 2
    ann = Partner.objects.get().pk
    for wrong in (ann, "nobody"):
        assert other_till.call("GET", f"partners/{wrong}")["code"] == "partner_not_found"
    for path in ("partners/ann", "cards/club-ann"):
        assert other_till.call("GET", path)["code"] == "too_many_wrong_codes"
        assert shop.admin.ok("GET", path)


def test_a_till_undoes_what_it_did_or_can_name_the_card_of(shop: Shop, other_till: Api) -> None:
    spent = shop.till.ok("POST", "cards/club-ann/redeem", {"points": "30", "origin": "coffee"})
    address = f"point-operations/{spent['operation']}/reverse"
    shop.member("bob", "5")
    for body in ({}, {"card": "club-bob"}):
        refused = other_till.call("POST", address, body)
        assert (other_till.status, refused["code"]) == (404, "point_operation_not_found")
    ann = LoyaltyCard.objects.get(code="club-ann").pk
    unknown = other_till.call("POST", address, {"card": str(ann)})
    assert (other_till.status, unknown["code"]) == (404, "card_not_found")
    assert not PointOperation.objects.filter(kind="reverse").exists()

    by_code = other_till.ok("POST", address, {"points": "10", "card": "CLUB ANN"})
    assert by_code["balance_after"] == "80"
    assert shop.till.ok("POST", address, {"points": "5"})["balance_after"] == "85"
    assert shop.admin.ok("POST", address)["balance_after"] == "100"


def test_guessed_operations_are_counted_as_wrong_codes(
    shop: Shop, other_till: Api, settings: Any
) -> None:
    settings.WRONG_CODES_PER_POS = 1
    gift = PointOperation.objects.get().pk
    first, second = (other_till.call("POST", f"point-operations/{gift}/reverse") for _ in "ab")
    assert (first["code"], second["code"]) == ("point_operation_not_found", "too_many_wrong_codes")
    assert shop.balance() == 100
