"""Kinds of points with terms of their own, as orders meet them."""

import pytest

from tests.promotions.test_commit_order import club
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00")
    return shop


def test_points_that_are_pending_cannot_be_spent_by_the_order_that_earns_them(shop):
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "pending_days": 3})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann"})
    shop.admin.ok("PUT", "cards/club-ann", {"loyalty_program": "club", "partner": "ann"})
    program = club(shop)
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    body = shop.order(("A", "1"), partner="ann", claims=[claim], ref="R")
    answer = shop.till.call("POST", "orders", body)
    assert (shop.till.status, answer["code"]) == (422, "claim_refused")
    assert shop.commit(("A", "1"), partner="ann")["points"][0]["earned"] == "100"
    assert shop.balance("ann") == 0


def test_the_receipt_tells_what_a_cap_let_the_member_earn(shop):
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "earning_cap": "120"})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann"})
    shop.admin.ok("PUT", "cards/club-ann", {"loyalty_program": "club", "partner": "ann"})
    club(shop)
    earned = []
    for ref in ("R-1", "R-2", "R-3"):
        (points,) = shop.commit(("A", "1"), partner="ann", ref=ref)["points"]
        earned.append((points["earned"], points["balance_after"]))
    assert earned == [("100", "100"), ("20", "120"), ("0", "120")]
    assert shop.balance("ann") == 120
    assert shop.till.ok("POST", "orders/R-3/cancel")["points"] == []
    shop.till.ok("POST", "orders/R-2/cancel")
    assert shop.balance("ann") == 100
