"""Kinds of points with terms of their own, as orders meet them."""

from decimal import Decimal

import pytest

from loyalty.models import PointOperation
from promotions.models import Order
from tests.promotions.test_commit_order import club
from tests.shop import Shop, discount

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


@pytest.mark.parametrize("terms", [{"earning_cap": "10"}, {"pending_days": 3}])
def test_points_of_this_order_that_a_card_does_not_get_pay_for_no_claim(shop, terms):
    """A cap, or terms of the points that changed since the program was published."""
    shop.member("ann", points="0")
    program = club(shop)
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", **terms})
    claim = {"program": program["id"], "reward": program["rewards"][0]["id"]}
    body = shop.order(("A", "1"), partner="ann", claims=[claim], ref="R")
    problem = shop.till.call("POST", "orders", body)
    assert (shop.till.status, problem["code"]) == (422, "claim_refused")
    (refused,) = problem["facts"]["claims"]
    assert (refused["program"], refused["reason"]) == (program["id"], "not_enough_points")
    assert not PointOperation.objects.exists()
    assert not Order.objects.exists()


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


def by_hand(shop: Shop, kind: str, points: str | None = None) -> None:
    """Reverse an operation of the order, or so many points of it."""
    done = PointOperation.objects.get(kind=kind, origin="R")
    shop.admin.ok("POST", f"point-operations/{done.pk}/reverse", {"points": points})


@pytest.mark.parametrize("points", [None, "100", "40"])
@pytest.mark.parametrize("way", ["returns", "cancel"])
def test_points_that_were_reversed_by_hand_are_not_taken_back_again(shop, points, way):
    shop.member("ann", points="60")
    club(shop)
    shop.commit(("A", "1"), partner="ann", ref="R")
    by_hand(shop, "earn", points)
    body = {"lines": [{"line_id": "1", "qty": "1"}]} if way == "returns" else None
    answer = shop.till.ok("POST", f"orders/R/{way}", body)
    assert (answer["refund"], answer["refund_due"]) == ("100.00", "100.00")
    assert shop.balance("ann") == 60


def test_a_part_that_was_reversed_by_hand_counts_when_its_turn_comes(shop):
    shop.member("ann", points="60")
    club(shop)
    shop.commit(("A", "4"), partner="ann", ref="R")
    by_hand(shop, "earn", "150")
    balances = []
    for _ in range(4):
        shop.back("R", ("1", "1"))
        balances.append(shop.balance("ann"))
    assert balances == [310, 260, 160, 60]


def test_a_payment_that_was_reversed_by_hand_is_not_refunded_in_cash(shop):
    made = shop.program("gift_card", ref="gift")
    issue = {"count": 1, "points": "70"}
    (code,) = shop.admin.ok("POST", f"programs/{made['id']}/coupons", issue)["codes"]
    shop.commit(("A", "1"), codes=[code], ref="R")
    by_hand(shop, "redeem")
    answer = shop.back("R", ("1", "1"))
    assert (answer["refund_to_cards"], answer["refund_due"]) == ("70.00", "30.00")
    assert shop.balance(card=code) == 70


@pytest.mark.parametrize("policy", ["proportional", "reprice"])
@pytest.mark.parametrize(
    "steps",
    [[("1", "1"), ("2", "1"), ("1", "1")], [("2", "1"), ("1", "2")], [("1", "2"), ("2", "1")]],
)
def test_points_earned_and_spent_by_one_order_end_alike_in_parts_and_at_once(policy, steps):
    """The points that A made were spent on B: they are there to take when B comes back."""
    shop = Shop(return_policy=policy)
    shop.products(A="100.00", B="60.00")
    shop.member("ann", points="0")
    made = shop.program(
        "loyalty",
        loyalty_program="club",
        rules=[{"products": ["A"], "reward_point_mode": "unit", "reward_point_amount": "100"}],
        rewards=[discount("20", "fixed", "specific", products=["B"]) | {"required_points": "200"}],
    )
    claim = {"program": made["id"], "reward": made["rewards"][0]["id"]}
    shop.commit(("A", "2"), ("B", "1"), partner="ann", claims=[claim], ref="R")
    assert shop.balance("ann") == 0
    for step in steps:
        answer = shop.back("R", step)
    assert (answer["status"], answer["refund_total"]) == ("returned", "240.00")
    assert shop.balance("ann") == 0
