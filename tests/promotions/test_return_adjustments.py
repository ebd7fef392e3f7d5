"""Manual adjustments of the till: they lower what was paid for the goods, and are not goods."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promotions.models import Order, OrderLine
from tests.shop import Json, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["proportional", "reprice"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """Give a store of each policy that sells A and knows OFF, which takes something off."""
    shop = Shop(return_policy=request.param)
    shop.products(A="10.00", B="4.00", OFF="0.00")
    return shop


def sell(shop: Shop, off: str, *lines: tuple[str, str]) -> Json:
    body = shop.order(*lines, ("OFF", "1"), ref="R")
    body["lines"][-1] |= {"unit_price": off, "line_id": "off"}
    return shop.till.ok("POST", "orders", body)


def test_the_only_unit_comes_back_for_what_was_paid(shop: Shop) -> None:
    assert sell(shop, "-3.00", ("A", "1"))["total"] == "7.00"
    answer = shop.back("R", ("1", "1"))
    assert (answer["refund"], answer["refund_due"], answer["status"]) == (
        "7.00",
        "7.00",
        "returned",
    )
    assert shop.till.call("POST", "orders/R/cancel")["code"] == "order_already_returned"


def test_each_unit_comes_back_less_its_share(shop: Shop) -> None:
    sell(shop, "-3.00", ("A", "2"), ("B", "1"))
    refunds = [shop.back("R", step)["refund"] for step in (("1", "1"), ("2", "1"), ("1", "1"))]
    assert refunds == ["8.75", "3.50", "8.75"]
    order = Order.objects.get()
    assert (order.status, order.refund_total) == ("returned", order.total)


def test_it_is_nothing_that_comes_back_by_itself(shop: Shop) -> None:
    sell(shop, "-3.00", ("A", "1"))
    answer = shop.back("R", ("off", "1"))
    assert (answer["refund"], answer["refund_due"], answer["status"]) == (
        "0.00",
        "0.00",
        "partly_returned",
    )
    assert shop.back("R", ("1", "1"))["refund"] == "7.00"
    assert Order.objects.get().status == "returned"


def test_with_the_goods_or_called_off_the_same_comes_back(shop: Shop) -> None:
    sell(shop, "-3.00", ("A", "1"), ("B", "2"))
    assert shop.back("R", ("off", "1"), ("2", "1"))["refund"] in ("3.33", "3.34")
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert (answer["refund_total"], answer["status"]) == ("15.00", "cancelled")
    assert {one.returned_qty == one.qty for one in OrderLine.objects.all()} == {True}


def test_an_order_that_costs_less_than_nothing_refunds_nothing(shop: Shop) -> None:
    assert sell(shop, "-12.00", ("A", "2"), ("B", "1"))["total"] == "12.00"
    shop.back("R", ("1", "1"))
    body = shop.order(("B", "1"), ("OFF", "1"), ref="S")
    body["lines"][1]["unit_price"] = "-5.00"
    assert shop.till.ok("POST", "orders", body)["total"] == "-1.00"
    answer = shop.back("S", ("1", "1"))
    assert (answer["refund"], answer["refund_due"]) == ("0.00", "0.00")
    assert Decimal(answer["refund_total"]) == 0


def test_a_payment_by_card_comes_back_with_the_goods_it_bought(shop: Shop) -> None:
    made = shop.program("gift_card", loyalty_program=None, ref="gift")
    issue = {"count": 1, "points": "5"}
    (code,) = shop.admin.ok("POST", f"programs/{made['id']}/coupons", issue)["codes"]
    body = shop.order(("A", "2"), ("OFF", "1"), ref="R", codes=[code])
    body["lines"][1]["unit_price"] = "-4.00"
    assert shop.till.ok("POST", "orders", body)["amount_due"] == "11.00"
    steps = [shop.back("R", ("1", "1")) for _ in range(2)]
    assert [one["refund"] for one in steps] == ["8.00", "8.00"]
    assert all(Decimal(one["refund_due"]) >= 0 for one in steps)
    assert sum(Decimal(one["refund_to_cards"]) for one in steps) == 5
    assert shop.balance(card=code) == 5
