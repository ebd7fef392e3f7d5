"""Free units: in the cart, on top of it, and which units pay."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promotions.engine.cart import Claim
from promotions.engine.terms import Placement, Reason
from tests.promotions.engine.shop import (
    cart,
    decide,
    free,
    line,
    per_unit,
    percent,
    program,
    rule,
)


@pytest.mark.parametrize(
    ("units", "free_units", "to_add"),
    [(1, 0, 0), (2, 0, 1), (3, 1, 0), (4, 1, 0), (5, 1, 1), (6, 2, 0)],
)
def test_buying_two_and_getting_one_of_the_same_works_in_groups_of_three(
    units: int, free_units: int, to_add: int
) -> None:
    decision = decide(cart(line(1, units)), program(free(1, required=2), per_unit(products=[1])))
    assert decision.discount_total == 10 * free_units
    assert sum(item.qty for item in decision.free_items) == to_add


@pytest.mark.parametrize(("units", "free_units"), [(3, 0), (4, 2), (7, 2), (8, 4)])
def test_buying_two_and_getting_two_needs_the_whole_group(units: int, free_units: int) -> None:
    buy = per_unit(products=[1], minimum_qty=2)
    decision = decide(cart(line(1, units)), program(free(1, qty=2, required=2), buy))
    assert decision.discount_total == 10 * free_units


def test_units_on_top_leave_the_cart_paid() -> None:
    extra = free(1, required=2, placement=Placement.EXTRA)
    decision = decide(cart(line(1, 5)), program(extra, per_unit(products=[1])))
    assert decision.discount_total == 0
    assert [(item.sku, item.qty) for item in decision.free_items] == [("P1", 2)]
    assert decision.rewards[0].times == 2


def test_another_product_is_free_as_far_as_it_is_in_the_cart() -> None:
    buy = program(free(2, qty=2, required=1, price=5), per_unit(products=[1]))
    decision = decide(cart(line(1, 2), line(2, 3, 5)), buy)
    assert decision.discount_total == 15
    assert [item.qty for item in decision.free_items] == [1]
    assert decision.rewards[0].points_cost == 2


def test_units_of_a_mixed_range_pay_for_one_of_them() -> None:
    # Six units make six points; two free units of 1 leave four that pay for them.
    decision = decide(
        cart(line(1, 3, 1), line(2, 3, 5)), program(free(1, required=2), per_unit(products=[1, 2]))
    )
    assert decision.discount_total == 2
    assert decision.free_items == ()


def test_a_rule_per_order_keeps_its_least_quantity_paid() -> None:
    buy = program(free(1), rule(minimum_qty=2, products=[1]))
    two, three = decide(cart(line(1, 2)), buy), decide(cart(line(1, 3)), buy)
    assert (two.discount_total, two.free_items[0].qty) == (0, 1)
    assert (three.discount_total, three.free_items) == (10, ())


def test_the_dearest_units_are_free_when_a_product_has_two_prices() -> None:
    basket = cart(line(1, 1, 12), line(1, 1, 8), line(2, 1, 50))
    decision = decide(basket, program(free(1), rule(products=[2])))
    assert [share.line_id for share in decision.rewards[0].shares] == ["1@12"]


def test_a_unit_discounted_before_is_free_for_what_is_left_of_it() -> None:
    basket = cart(line(1, 2, 10), line(2, 1, 50))
    first = program(percent(50, 1), sequence=1)
    decision = decide(basket, [first, program(free(1), rule(products=[2]))])
    assert [str(one.amount) for one in decision.rewards] == ["10.00", "5.00"]


def test_weighed_goods_are_free_by_whole_units() -> None:
    basket = cart(line(1, "1.750", 4), line(2, 1, 50))
    decision = decide(basket, program(free(1, qty=2), rule(products=[2])))
    assert decision.discount_total == 4
    assert [item.qty for item in decision.free_items] == [1]


def test_a_free_product_to_choose_waits_for_the_choice() -> None:
    gift = program(free(1, 2), rule(products=[3]), id=500)
    basket = cart(line(3, 1), line(1, 1, 7))
    offered = decide(basket, gift)
    assert offered.rewards == ()
    assert offered.claimable[0].products == ("P1", "P2")
    reward_id = gift.rewards[0].id
    claimed = decide(cart(*basket.lines, claims=(Claim(500, reward_id, product_id=1),)), gift)
    assert claimed.discount_total == 7
    unnamed = decide(cart(*basket.lines, claims=(Claim(500, reward_id),)), gift)
    assert [one.reason for one in unnamed.refused_claims] == [Reason.CHOICE_REQUIRED]
    wrong = decide(cart(*basket.lines, claims=(Claim(500, reward_id, product_id=3),)), gift)
    assert [one.reason for one in wrong.refused_claims] == [Reason.CHOICE_REQUIRED]


def test_a_million_units_are_decided_at_once() -> None:
    decision = decide(
        cart(line(1, 3_000_000, 1)), program(free(1, required=2), per_unit(products=[1]))
    )
    assert decision.discount_total == Decimal(1_000_000)
