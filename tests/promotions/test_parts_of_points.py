"""Parts of a point: what a kind of points does not count is not earned, quoted or kept waiting."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loyalty.models import LoyaltyCard, LoyaltyProgram
from promotions.models import OrderPoints, PromotionProgram
from promotions.services.replay_orders import replay_orders
from tests.promotions.offline import NOW, long_in_force, sold, sync
from tests.shop import Json, Shop

pytestmark = pytest.mark.django_db


def weighing(decimals: int, rule: Json, **pos: str) -> Shop:
    """Return a store whose member Ann earns points of so many decimals by a rule."""
    shop = Shop(**pos)
    shop.products(A="10.00")
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "point_decimals": decimals})
    shop.member("ann")
    shop.program("loyalty", loyalty_program="club", rules=[rule])
    return shop


def per_unit(amount: str = "1") -> Json:
    return {"reward_point_mode": "unit", "reward_point_amount": amount}


@pytest.mark.parametrize(
    ("decimals", "amount", "qty", "earned"),
    [
        (2, "1", "0.333", "0.33"),
        (0, "1", "1.5", "1"),
        (0, "0.5", "2", "1"),
        (4, "1", "0.3333", "0.3333"),
        (1, "0.25", "0.9999", "0.2"),
    ],
)
def test_weighed_goods_earn_what_the_quote_says(
    decimals: int, amount: str, qty: str, earned: str
) -> None:
    shop = weighing(decimals, per_unit(amount))
    quoted = shop.quote(("A", qty), partner="ann")
    committed = shop.commit(("A", qty), partner="ann")
    assert quoted["points"][0]["earned"] == committed["points"][0]["earned"] == earned
    assert LoyaltyCard.objects.get().points == Decimal(earned)


def test_less_than_a_card_counts_earns_nothing_and_sells_all_the_same() -> None:
    shop = weighing(0, per_unit())
    assert shop.quote(("A", "0.9"), partner="ann")["points"] == []
    assert shop.commit(("A", "0.9"), partner="ann")["points"] == []
    assert not OrderPoints.objects.exists()


@pytest.mark.parametrize("policy", ["proportional", "reprice"])
@pytest.mark.parametrize(
    ("decimals", "qty", "steps"),
    [
        (0, "2", ["0.5", "0.7", "0.8"]),
        (2, "1.25", ["0.333", "0.333", "0.584"]),
        (0, "1.5", ["0.1", "1.4"]),
    ],
)
def test_a_return_of_weighed_goods_is_never_refused_for_its_points(
    policy: str, decimals: int, qty: str, steps: list[str]
) -> None:
    shop = weighing(decimals, per_unit(), return_policy=policy)
    shop.commit(("A", qty), partner="ann", ref="R")
    for step in steps:
        answer = shop.back("R", ("1", step))
    assert (answer["status"], Decimal(answer["refund_total"])) == ("returned", Decimal(qty) * 10)
    assert LoyaltyCard.objects.get().points == 0
    (moved,) = OrderPoints.objects.all()
    assert moved.points == moved.due == moved.undone


def test_under_reprice_the_rest_keeps_what_it_would_have_earned() -> None:
    shop = weighing(0, per_unit(), return_policy="reprice")
    shop.commit(("A", "2"), partner="ann", ref="R")
    assert shop.back("R", ("1", "0.5"))["points"][0]["balance_after"] == "1"


def count_whole(shop: Shop) -> None:
    """Pause the program of the kind of points, which then counts whole points."""
    shop.admin.ok("POST", f"programs/{PromotionProgram.objects.get().pk}/pause")
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club", "point_decimals": 0})


def test_a_kind_that_counts_fewer_decimals_by_now_refuses_no_return() -> None:
    shop = weighing(2, per_unit())
    shop.commit(("A", "1.25"), partner="ann", ref="R")
    shop.till.ok("POST", f"cards/{LoyaltyCard.objects.get().code}/redeem", {
        "points": "1.25", "origin": "gone"
    })  # fmt: skip
    count_whole(shop)
    assert shop.till.ok("POST", "orders/R/cancel")["refund"] == "12.50"


def test_a_sale_without_a_line_that_comes_after_the_change_earns_whole_points() -> None:
    shop = weighing(2, per_unit())
    long_in_force()
    known = shop.quote(("A", "1"))["catalog_version"]
    count_whole(shop)
    earned = []
    for qty in ("2.75", "0.5"):
        order = sold(shop, ("A", qty), partner="ann", ref=qty, catalog_version=known)
        (result,) = sync(shop, order)
        points = result["order"]["points"]
        earned.append([(one["earned"], one["balance_after"]) for one in points])
    assert earned == [[("2", "2")], [("0", "2")]]
    assert LoyaltyCard.objects.get().points == 2
    assert replay_orders().differences == []
    assert shop.till.ok("POST", "orders/2.75/cancel")["points"][0]["taken_back"] == "2"


def test_a_kind_counts_no_coarser_than_programs_in_force() -> None:
    """Else quotes would promise parts of a point that no commit could move."""
    shop = weighing(2, per_unit())
    coarser = {"name": "Whole", "point_decimals": 0}
    problem = shop.admin.call("PUT", "loyalty-programs/club", coarser)
    assert (shop.admin.status, problem["code"]) == (409, "programs_count_finer")
    assert problem["facts"] == {"point_decimals": 0, "programs": ["loyalty"]}
    ((pointer, detail),) = [(one["pointer"], one["detail"]) for one in problem["errors"]]
    assert (pointer, "finer: loyalty." in detail) == ("/point_decimals", True)
    assert LoyaltyProgram.objects.values_list("name", "point_decimals").get() == ("Club", 2)
    count_whole(shop)
    assert LoyaltyProgram.objects.get().point_decimals == 0
    program = PromotionProgram.objects.get().pk
    shop.admin.ok("POST", f"programs/{program}/publish")
    basket = shop.order(("A", "2.75"), partner="ann")
    quoted = shop.till.ok("POST", "orders/quote", basket)["points"]
    committed = shop.till.ok("POST", "orders", basket | {"ref": "R"})["points"]
    assert [one["earned"] for one in quoted] == [one["earned"] for one in committed] == ["2"]


def test_a_payment_cut_to_what_was_charged_takes_points_that_its_card_counts() -> None:
    shop = Shop()
    shop.products(A="10.00", TOP="50.00")
    shop.admin.ok("PUT", "loyalty-programs/stars", {"name": "Stars"})
    reward = {"discount": {"mode": "per_point", "value": "3", "applies_to": "order"}}
    rules = [{"products": ["TOP"], "reward_point_mode": "money", "reward_point_amount": "0.2"}]
    fields = {"rewards": [{"reward_type": "discount", **reward}], "rules": rules}
    made = shop.program("gift_card", loyalty_program="stars", **fields)
    issue = {"count": 1, "points": "20"}
    (code,) = shop.admin.ok("POST", f"programs/{made['id']}/coupons", issue)["codes"]
    long_in_force()
    (result,) = sync(shop, sold(shop, ("A", "1"), codes=[code], charged_total="9.99", ago=NOW))
    assert result["problem"] is None
    assert LoyaltyCard.objects.get().points == Decimal("16.66")  # 3.33 at 3.00 each, rounded up
