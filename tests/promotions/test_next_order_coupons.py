"""The life of a coupon for the next order: made by a sale, used later, taken back by a return."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promotions.models import Coupon, PartnerUsage, ProgramUsage
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00")
    shop.member("ann")
    return shop


def come_again(shop: Shop, **fields: object) -> Json:
    """A coupon of 10 off for whoever buys an A."""
    fields.setdefault("rules", [{"products": ["A"]}])
    fields.setdefault("rewards", [discount("10", "fixed")])
    return shop.program("next_order_coupons", name="Come again", **fields)


def code_in(answer: Json) -> str:
    (one,) = answer["coupons_issued"]
    return str(one["code"])


def test_a_quote_makes_no_coupon_and_a_commit_makes_one(shop):
    come_again(shop)
    assert shop.quote(("A", "1"), partner="ann")["coupons_issued"] == []
    assert not Coupon.objects.exists()
    code = code_in(shop.commit(("A", "1"), partner="ann"))
    coupon = Coupon.objects.get(code=code, partner__ref="ann", issued_by__ref="order-1")
    assert coupon.points == 1
    assert shop.commit(("B", "1"))["coupons_issued"] == []


def test_it_is_good_once_for_its_owner_whatever_is_bought(shop):
    come_again(shop)
    shop.member("bob")
    code = code_in(shop.commit(("A", "1"), partner="ann"))
    other = shop.quote(("B", "3"), partner="bob", codes=[code])
    assert other["codes"][0]["reason"] == "wrong_customer"
    assert shop.commit(("B", "3"), partner="ann", codes=[code])["total"] == "5.00"
    again = shop.commit(("B", "3"), partner="ann", codes=[code])
    assert (again["total"], again["codes"][0]["reason"]) == ("15.00", "used_up")


def test_the_same_order_again_makes_no_second_coupon(shop):
    come_again(shop)
    first = shop.commit(("A", "1"), ref="R")
    again = shop.commit(("A", "1"), ref="R")
    assert code_in(again) == code_in(first)
    assert Coupon.objects.count() == 1


@pytest.mark.parametrize("way", ["cancel", "return"])
def test_it_is_withdrawn_when_the_goods_that_made_it_come_back(shop, way):
    come_again(shop)
    code = code_in(shop.commit(("A", "2"), ("B", "1"), ref="R"))
    if way == "cancel":
        answer = shop.till.ok("POST", "orders/R/cancel")
    else:
        assert shop.back("R", ("1", "1"))["coupons"] == []
        # The B is kept, but it was the A that made the coupon.
        answer = shop.back("R", ("1", "1"))
    assert answer["coupons"] == [{"code": code, "what": "withdrawn"}]
    quoted = shop.quote(("B", "3"), codes=[code])
    assert (quoted["total"], quoted["codes"][0]["reason"]) == ("15.00", "inactive")


def test_one_that_was_used_is_named_and_what_it_gave_stays(shop):
    come_again(shop)
    code = code_in(shop.commit(("A", "1"), ref="R"))
    assert shop.commit(("B", "3"), codes=[code], ref="S")["total"] == "5.00"
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert (answer["refund"], answer["coupons"]) == (
        "100.00",
        [{"code": code, "what": "already_used"}],
    )
    # The order that used it comes back as well: the coupon does not come to life again.
    back = shop.till.ok("POST", "orders/S/cancel")
    assert (back["refund"], back["coupons"]) == ("5.00", [{"code": code, "what": "withdrawn"}])
    assert shop.quote(("B", "3"), codes=[code])["total"] == "15.00"


def test_one_with_several_uses_loses_those_that_are_left(shop):
    come_again(shop, rules=[{"products": ["A"], "reward_point_amount": "2"}])
    code = code_in(shop.commit(("A", "1"), ref="R"))
    shop.commit(("B", "3"), codes=[code])
    answer = shop.till.ok("POST", "orders/R/cancel")
    assert answer["coupons"] == [{"code": code, "what": "partly_used"}]
    assert shop.quote(("B", "3"), codes=[code])["codes"][0]["reason"] == "inactive"


def test_a_limit_counts_coupons_made_and_a_return_gives_it_back(shop):
    come_again(shop, limit_usage=1)
    shop.commit(("A", "1"), ref="R")
    assert shop.commit(("A", "1"))["coupons_issued"] == []
    shop.till.ok("POST", "orders/R/cancel")
    assert len(shop.commit(("A", "1"))["coupons_issued"]) == 1


@pytest.mark.parametrize("limit", [{"limit_usage": 1}, {"limit_per_partner": 1}])
def test_a_coupon_that_was_given_is_honoured_whatever_the_limit_since(shop, limit):
    shop.member("ann")
    made = come_again(shop, **limit)
    code = code_in(shop.commit(("A", "1"), partner="ann", ref="R"))
    quoted = shop.quote(("A", "1"), partner="ann", codes=[code])
    assert (quoted["codes"][0]["status"], quoted["coupons_issued"]) == ("applied", [])
    assert quoted["hints"] == []
    used = shop.commit(("A", "1"), partner="ann", codes=[code], ref="U")
    assert used["discount_total"] == quoted["discount_total"] != "0.00"
    held = PartnerUsage if "limit_per_partner" in limit else ProgramUsage
    assert list(held.objects.filter(program=made["id"]).values_list("times", flat=True)) == [1]
    # Using it was no use of the program, so bringing it back gives none back.
    shop.till.ok("POST", "orders/U/cancel")
    assert list(held.objects.filter(program=made["id"]).values_list("times", flat=True)) == [1]
    assert shop.commit(("A", "1"), partner="ann")["coupons_issued"] == []
    shop.till.ok("POST", "orders/R/cancel")
    assert len(shop.commit(("A", "1"), partner="ann")["coupons_issued"]) == 1


def test_a_budget_counts_the_money_that_coupons_give_and_not_their_number(shop):
    made = come_again(shop, limit_usage=3, budget="100.00")
    code = code_in(shop.commit(("A", "1"), ref="R"))
    used = shop.commit(("B", "3"), codes=[code], ref="U")
    usage = ProgramUsage.objects.get(program=made["id"])
    assert (usage.times, usage.amount) == (1, Decimal(used["discount_total"]))
    shop.till.ok("POST", "orders/U/cancel")
    usage.refresh_from_db()
    assert (usage.times, usage.amount) == (1, 0)
