"""Kinds of points with terms of their own, as orders meet them."""

from decimal import Decimal

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


def weighed(digits: int, policy: str, *, amount: str = "1", mode: str = "unit") -> Shop:
    """A shop that gives a point for a kilo, in points of so many decimals."""
    shop = Shop(return_policy=policy)
    shop.products(A="100.00")
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "point_decimals": digits})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann"})
    shop.admin.ok("PUT", "cards/club-ann", {"loyalty_program": "club", "partner": "ann"})
    shop.program(
        "loyalty",
        loyalty_program="club",
        rules=[{"reward_point_mode": mode, "reward_point_amount": amount}],
    )
    return shop


@pytest.mark.parametrize(
    ("digits", "kilos", "earned"),
    [(2, "0.333", "0.33"), (2, "0.339", "0.33"), (0, "1.5", "1"), (0, "0.5", "0")],
)
def test_points_of_weighed_goods_are_rounded_down_to_what_a_card_keeps(digits, kilos, earned):
    shop = weighed(digits, "proportional")
    quoted = shop.quote(("A", kilos), partner="ann")["points"]
    committed = shop.commit(("A", kilos), partner="ann")["points"]
    assert [one["earned"] for one in quoted] == ([earned] if earned != "0" else [])
    assert [one["earned"] for one in committed] == [one["earned"] for one in quoted]
    assert str(shop.balance("ann").normalize() + 0) == earned


@pytest.mark.parametrize("policy", ["proportional", "reprice"])
@pytest.mark.parametrize(("digits", "sold", "back"), [(0, "2", "0.5"), (2, "1.25", "0.333")])
def test_weighed_goods_come_back_and_take_whole_parts_of_points_along(policy, digits, sold, back):
    shop = weighed(digits, policy)
    shop.commit(("A", sold), partner="ann", ref="R")
    shop.back("R", ("1", back))
    left = shop.balance("ann")
    assert left == round(left, digits)
    rest = str(Decimal(sold) - Decimal(back))
    shop.back("R", ("1", rest))
    assert shop.balance("ann") == 0


def test_a_rule_by_order_gives_no_part_of_a_point_that_no_card_keeps():
    shop = weighed(0, "proportional")
    body = {
        "program_type": "loyalty",
        "name": "Half a point",
        "loyalty_program": "club",
        "rules": [{"reward_point_mode": "order", "reward_point_amount": "0.5"}],
    }
    made = shop.admin.ok("POST", "programs", body)
    problem = shop.admin.call("POST", f"programs/{made['id']}/publish", {})
    assert (shop.admin.status, problem["code"]) == (422, "program_incomplete")
    assert [(one["pointer"], one["code"]) for one in problem["facts"]["missing"]] == [
        ("/rules/0/reward_point_amount", "too_precise")
    ]
