"""The life of a gift card: sold, spent in parts, and what a return of either sale does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loyalty.models import LoyaltyCard
from loyalty.services.verify_ledger import verify_ledger
from promotions.models import OrderLine
from tests.shop import Json, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["proportional", "reprice"])
def shop(request) -> Shop:
    shop = Shop(return_policy=request.param)
    shop.products(A="30.00", GIFT="50.00")
    shop.admin.ok("PUT", "loyalty-programs/gift", {"name": "Gift cards"})
    shop.program(
        "gift_card",
        name="Gift card",
        loyalty_program="gift",
        rules=[{"products": ["GIFT"], "reward_point_mode": "money"}],
    )
    return shop


def sold(answer: Json) -> list[str]:
    return [one["code"] for one in answer["coupons_issued"]]


def left(shop: Shop, code: str) -> Decimal:
    return shop.balance(card=code)


def pay(shop: Shop, code: str, ref: str, qty: str = "1") -> Json:
    return shop.commit(("A", qty), codes=[code], ref=ref)


def test_one_card_for_each_unit_worth_what_was_paid(shop):
    shop.percent_off("10")
    cards = sold(shop.commit(("GIFT", "3"), ("A", "1")))
    assert [left(shop, code) for code in cards] == [45, 45, 45]
    assert len(set(cards)) == 3


def test_it_is_spent_in_parts_and_keeps_what_is_left(shop):
    (code,) = sold(shop.commit(("GIFT", "1")))
    first = pay(shop, code, "P-1")
    assert (first["total"], first["amount_due"]) == ("30.00", "0.00")
    assert left(shop, code) == 20
    second = pay(shop, code, "P-2")
    assert second["payments"][0]["amount"] == "20.00"
    assert second["amount_due"] == "10.00"
    third = pay(shop, code, "P-3")
    assert (third["amount_due"], third["codes"][0]["reason"]) == ("30.00", "used_up")


def test_what_it_paid_goes_back_to_it(shop):
    (code,) = sold(shop.commit(("GIFT", "1")))
    pay(shop, code, "P", qty="2")
    answer = shop.back("P", ("1", "1"))
    assert (answer["refund"], answer["refund_to_cards"], answer["refund_due"]) in (
        ("30.00", "25.00", "5.00"),  # a share of both ways it was paid
        ("30.00", "20.00", "10.00"),  # what the rest would leave on the card
    )
    answer = shop.back("P", ("1", "1"))
    assert left(shop, code) == 50
    assert answer["refund_total"] == "60.00"


def test_an_unused_one_comes_back_whole(shop):
    (code,) = sold(shop.commit(("GIFT", "1"), ref="R"))
    answer = shop.back("R", ("1", "1"))
    assert (answer["refund"], answer["spent"]) == ("50.00", "0.00")
    assert answer["coupons"] == [{"code": code, "what": "withdrawn"}]
    assert left(shop, code) == 0
    assert pay(shop, code, "P")["amount_due"] == "30.00"


def test_what_was_spent_of_it_is_not_refunded(shop):
    (code,) = sold(shop.commit(("GIFT", "1"), ref="R"))
    pay(shop, code, "P")
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert (answer["refund"], answer["refund_due"], answer["spent"]) == ("20.00", "20.00", "30.00")
    assert answer["coupons"] == [{"code": code, "what": "partly_used"}]
    assert left(shop, code) == 0
    # The goods it bought come back: the money is on the card again.
    back = shop.till.ok("POST", "orders/P/cancel")
    assert (back["refund"], back["refund_to_cards"], back["refund_due"]) == (
        "30.00",
        "30.00",
        "0.00",
    )
    assert left(shop, code) == 30
    assert verify_ledger().flaw is None


def test_of_several_the_fullest_come_back_first(shop):
    cards = sold(shop.commit(("GIFT", "3"), ("A", "1"), ref="R"))
    pay(shop, cards[0], "P")
    answer = shop.back("R", ("1", "2"))
    assert (answer["refund"], answer["spent"]) == ("100.00", "0.00")
    assert sorted(one["code"] for one in answer["coupons"]) == sorted(cards[1:])
    assert [left(shop, code) for code in cards] == [20, 0, 0]
    answer = shop.back("R", ("1", "1"))
    assert (answer["refund"], answer["spent"]) == ("20.00", "30.00")
    assert shop.back("R", ("2", "1"))["refund"] == "30.00"
    line = OrderLine.objects.get(order__ref="R", line_id="1")
    assert (line.returned_qty, line.refunded) == (3, 120)


@pytest.mark.parametrize("steps", [("1", "1", "1"), ("2", "1"), ("1", "2"), ("3",)])
def test_however_they_come_back_the_same_is_refunded(shop, steps):
    cards = sold(shop.commit(("GIFT", "3"), ("A", "1"), ref="R"))
    pay(shop, cards[0], "P-1")
    pay(shop, cards[2], "P-2", qty="2")
    for qty in steps:
        answer = shop.back("R", ("1", qty))
    assert answer["refund_total"] == "70.00"
    assert {card.points for card in LoyaltyCard.objects.all()} == {0}


def test_the_goods_beside_it_come_back_alone(shop):
    (code,) = sold(shop.commit(("GIFT", "1"), ("A", "1"), ref="R"))
    answer = shop.back("R", ("2", "1"))
    assert (answer["refund"], answer["coupons"]) == ("30.00", [])
    assert left(shop, code) == 50


def test_one_given_for_an_order_is_taken_back_with_the_order(shop):
    shop.program(
        "gift_card",
        name="Thank you",
        loyalty_program="gift",
        rules=[
            {"products": ["A"], "reward_point_mode": "order", "reward_point_amount": "5"},
        ],
    )
    (code,) = sold(shop.commit(("A", "2"), ref="R"))
    assert left(shop, code) == 5
    assert shop.back("R", ("1", "1"))["coupons"] == []
    answer = shop.back("R", ("1", "1"))
    assert (answer["refund_total"], answer["spent"]) == ("60.00", "0.00")
    assert answer["coupons"] == [{"code": code, "what": "withdrawn"}]


def test_no_step_of_a_return_costs_the_customer_cash(shop):
    shop.products(C="3.3333")
    (code,) = sold(shop.commit(("GIFT", "1")))
    shop.products(REST="10.02")
    shop.commit(("REST", "1"), codes=[code])  # 39.98 are left
    basket = [("C", "3")] * 4
    answer = shop.commit(*basket, codes=[code], ref="R")
    assert (answer["total"], answer["amount_due"]) == ("40.00", "0.02")
    steps = [shop.back("R", *((str(line), "1") for line in range(1, 5))) for _ in range(3)]
    assert all(Decimal(step["refund_due"]) >= 0 for step in steps)
    assert sum(Decimal(step["refund_due"]) for step in steps) == Decimal("0.02")
    assert sum(Decimal(step["refund_to_cards"]) for step in steps) == Decimal("39.98")
    assert left(shop, code) == Decimal("39.98")


def test_a_card_holds_the_smallest_amount_of_its_currency():
    shop = Shop(currency="KWD")
    shop.products(GIFT="10.125", C="1.235")
    made = shop.program(
        "gift_card", ref="gift", rules=[{"products": ["GIFT"], "reward_point_mode": "money"}]
    )
    (code,) = sold(shop.commit(("GIFT", "1")))
    assert left(shop, code) == Decimal("10.125")
    shop.commit(("C", "1"), codes=[code])
    assert left(shop, code) == Decimal("8.890")
    issued = {"count": 1, "points": "5.125"}
    assert shop.admin.ok("POST", f"programs/{made['id']}/coupons", issued)["codes"]


def test_points_coarser_than_the_currency_make_no_gift_card():
    shop = Shop(currency="KWD")
    shop.admin.ok("PUT", "loyalty-programs/coarse", {"name": "Coarse", "point_decimals": 2})
    body = {"name": "Gift", "program_type": "gift_card", "loyalty_program": "coarse"}
    made = shop.admin.ok("POST", "programs", body | {"currency": "KWD"})
    problem = shop.admin.call("POST", f"programs/{made['id']}/publish", {})
    assert (shop.admin.status, problem["code"]) == (422, "program_incomplete")
    assert [(one["pointer"], one["code"]) for one in problem["facts"]["missing"]] == [
        ("/loyalty_program", "too_coarse")
    ]


def test_a_limit_says_how_many_are_sold_and_money_on_one_can_always_be_spent(shop):
    shop.products(SMALL="20.00")
    made = shop.program(
        "gift_card",
        limit_usage=1,
        rules=[{"products": ["SMALL"], "reward_point_mode": "money"}],
    )
    (code,) = sold(shop.commit(("SMALL", "1")))
    nothing = shop.commit(("SMALL", "1"))
    assert sold(nothing) == []
    told = [(one["program"], one["reason"]) for one in nothing["hints"]]
    assert told == [(made["id"], "used_up")]
    paid = pay(shop, code, "P")
    assert [one["program"] for one in paid["payments"]] == [made["id"]]
    assert (paid["amount_due"], left(shop, code)) == ("10.00", 0)
    shop.till.ok("POST", "orders/P/cancel")
    assert left(shop, code) == 20
    assert sold(shop.commit(("SMALL", "1"))) == []


def test_part_of_a_card_is_not_sold(shop):
    """75.00 for one and a half would be a card of 50 only; two halves are a whole."""
    for qty in ("1.5", "0.5"):
        for where, ref in (("orders/quote", None), ("orders", "R")):
            body = shop.order(("A", "1.5"), ("GIFT", qty), ref=ref)
            problem = shop.till.call("POST", where, body)
            assert (shop.till.status, problem["code"]) == (422, "gift_card_in_parts")
            assert problem["facts"] == {"lines": ["2"]}
    assert not OrderLine.objects.exists()
    assert not LoyaltyCard.objects.exists()
    (code,) = sold(shop.commit(("GIFT", "0.5"), ("GIFT", "0.5")))
    assert left(shop, code) == 50


def test_cards_that_come_with_weighed_goods_are_no_parts_of_cards(shop):
    rules = [
        {"products": ["A"], "reward_point_mode": "unit", "reward_point_amount": "2"},
        {"products": ["A"], "reward_point_mode": "money", "reward_point_amount": "0.1"},
    ]
    shop.program("gift_card", name="Thank you", loyalty_program="gift", rules=rules)
    assert len(sold(shop.commit(("A", "1.5")))) == 2
