"""Which units pay for a free one: a unit that pays is not itself free."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from promotions.engine.cart import PosFacts
from promotions.engine.decision import Decision
from promotions.engine.definition import ProductFilter
from promotions.engine.terms import AppliesOn, ProgramType, Reason, Rounding
from promotions.engine.wallet import CouponFacts, Wallet
from tests.promotions.engine.inside import opened
from tests.promotions.engine.shop import (
    POS,
    card,
    cart,
    claim,
    code_program,
    coupon_program,
    decide,
    fixed,
    free,
    line,
    loyalty,
    member,
    per_money,
    per_unit,
    percent,
    program,
    rule,
)

D = Decimal


def given(decision: Decision) -> tuple[D, D]:
    """What was taken off for free units, and how many come on top."""
    return decision.discount_total, sum((one.qty for one in decision.free_items), D(0))


def coupon(points: int = 1, program_id: int = 3) -> Wallet:
    return Wallet(coupons={"CUP": CouponFacts(1, "CUP", program_id, D(points))})


@pytest.mark.parametrize(
    ("units", "expected"),
    [(1, (0, 0)), (2, (0, 1)), (3, (10, 0)), (4, (10, 0)), (5, (10, 1)), (6, (20, 0))],
)
def test_money_that_pays_is_not_free_either(units, expected):
    # A free one costs 18 points and every unit of 10 that is paid makes 10 of them.
    gift = program(free(1, required=18), per_money(products=[1]))
    assert given(decide(cart(line(1, units)), gift)) == expected


def test_the_least_quantity_of_a_rule_by_money_stays_paid():
    gift = program(free(1, required=20), per_money(products=[1], minimum_qty=4))
    # With four units nothing can be free; two are earned on top. With five one can be free.
    assert given(decide(cart(line(1, 4)), gift)) == (0, 2)
    assert given(decide(cart(line(1, 6)), gift)) == (20, 0)


def test_money_off_goods_at_two_prices_is_counted_at_the_dearer():
    # Free is the unit of 12; the eight of the other do not pay for it, so it comes on top.
    gift = program(free(1, required=9), per_money(products=[1]))
    assert given(decide(cart(line(1, 1, 12), line(1, 1, 8)), gift)) == (0, 2)
    assert given(decide(cart(line(1, 1, 12), line(1, 1, 9)), gift)) == (12, 0)


def test_what_rules_lose_adds_up():
    # Three points by unit, and one more for each unit of 1: six of two units, three of one.
    rules = [per_unit(2, products=[1]), per_unit(1, products=[1]), rule(products=[2])]
    gift = program(free(1, required=4), rules)
    assert given(decide(cart(line(1, 2), line(2)), gift)) == (10, 0)
    both_lose = program(free(1, required=5), rules)
    # 7 points; one unit free leaves 4: it comes on top.
    assert given(decide(cart(line(1, 2), line(2)), both_lose)) == (0, 1)


def test_a_rule_that_its_least_quantity_fails_loses_all_its_points_and_no_others():
    rules = [rule(reward_point_amount=3, products=[1], minimum_qty=2), rule(products=[2])]
    cheap, dear = program(free(1), rules), program(free(1, required=2), rules)
    # One of the two free: the rule for two fails, and one point of the other is left.
    assert given(decide(cart(line(1, 2), line(2)), cheap)) == (10, 0)
    assert given(decide(cart(line(1, 2), line(2)), dear)) == (0, 2)


def test_units_of_other_goods_or_without_a_rule_pay_nothing():
    others = program(free(1), per_unit(products=[2]))
    assert given(decide(cart(line(1, 3), line(2, 2)), others)) == (20, 0)
    absent = program(free(5, price=4), per_unit(products=[2]))
    assert given(decide(cart(line(1), line(2, 2)), absent)) == (0, 2)
    tagged = per_unit(filter=ProductFilter(categories=frozenset({7})))
    decision = decide(cart(line(1, 2), line(2, 1, categories=[7])), program(free(1), tagged))
    assert given(decision) == (10, 0)


@pytest.mark.parametrize(
    ("units", "expected"), [(2, (0, 1)), (3, (10, 0)), (4, (10, 0))], ids="two three four".split()
)
def test_what_a_coupon_asks_for_stays_paid(units, expected):
    gift = coupon_program(free(1), rule(products=[1], minimum_qty=2), id=3)
    assert given(decide(cart(line(1, units), codes=("cup",)), gift, coupon())) == expected


def test_one_rule_of_a_coupon_that_still_holds_is_enough():
    rules = [rule(products=[1], minimum_qty=2), rule(products=[2])]
    gift = coupon_program(free(1), rules, id=3)
    basket = cart(line(1, 2), line(2), codes=("cup",))
    assert given(decide(basket, gift, coupon())) == (10, 0)
    back = coupon_program(free(1), rules[::-1], id=3)
    assert given(decide(basket, back, coupon())) == (10, 0)


def test_a_coupon_without_rules_gives_any_unit():
    gift = coupon_program(free(1), id=3)
    assert given(decide(cart(line(1), codes=("cup",)), gift, coupon())) == (10, 0)


def test_a_coupon_pays_for_as_many_as_it_holds_whatever_its_rule_makes():
    gift = coupon_program(free(1), per_unit(5, products=[1]), id=3)
    basket = cart(line(1, 9), codes=("cup",))
    assert given(decide(basket, gift, coupon(2))) == (20, 0)
    # A rule by unit without a least quantity is a condition that any unit fulfils.
    assert given(decide(cart(line(1, 2), codes=("cup",)), gift, coupon(2))) == (20, 0)


def test_a_reward_of_a_coupon_for_later_needs_no_unit_paid():
    # Its rules said when it was made; they ask nothing of the order that uses it.
    gift = program(
        free(1), rule(products=[1], minimum_qty=1), id=3, applies_on=AppliesOn.FUTURE,
        program_type=ProgramType.NEXT_ORDER_COUPONS,
    )  # fmt: skip
    assert given(decide(cart(line(1), codes=("cup",)), gift, coupon())) == (10, 0)


def test_alternatives_behind_a_code_keep_their_rules():
    # Both rewards are paid by the same unit: the free one of 1 would have to pay for itself.
    gift = code_program([free(1), fixed(4)], "TWO", rule={"products": [1], "minimum_qty": 1})
    one = decide(cart(line(1), line(2, 1, 50), codes=("two",)), gift)
    assert (given(one), [reward.times for reward in one.rewards]) == ((0, 1), [1])
    two = decide(cart(line(1, 2), codes=("two",)), gift)
    assert given(two) == (10, 0)


def test_alternatives_of_a_coupon_are_paid_with_the_coupon():
    offer = coupon_program([fixed(4), free(1)], rule(products=[1], minimum_qty=1), id=3)
    basket = cart(line(1, 2), codes=("cup",))
    decision = decide(basket, offer, coupon())
    assert given(decision) == (10, 0)
    assert [reward.coupon_id for reward in decision.rewards] == [1]
    assert [fate.reason for fate in decision.codes] == [None]


def test_a_claim_paid_by_other_goods_may_be_taken_in_part():
    # Two claims of two units; three units are there, one comes on top.
    gift = program(free(1, qty=2), per_unit(products=[2]))
    assert given(decide(cart(line(1, 3), line(2, 2)), gift)) == (30, 1)
    # Points that the units themselves make: whole claims only, the rest comes on top.
    own = program(free(1, qty=2, required=3), per_unit(products=[1]))
    assert given(decide(cart(line(1, 4)), own)) == (0, 2)
    assert given(decide(cart(line(1, 5)), own)) == (20, 0)


def test_free_units_are_worth_what_is_left_rounded_as_the_store_does():
    down = cart(line(1, 3, "0.35"), line(2), pos=replaced(Rounding.DOWN))
    half = cart(line(1, 3, "0.35"), line(2))
    offers = [program(percent(10, 1), sequence=1), program(free(1), rule(products=[2]))]
    # 1.05 less 0.10 leaves 0.95, a third of which is 0.316...; less 0.11 leaves 0.94.
    assert [str(one.amount) for one in decide(down, offers).rewards] == ["0.10", "0.31"]
    assert [str(one.amount) for one in decide(half, offers).rewards] == ["0.11", "0.31"]
    tenth = [program(percent(1, 1), sequence=1), offers[1]]
    # 1.05 less 0.01 is 1.04, a third is 0.346...; rounded half up 0.35
    assert [str(one.amount) for one in decide(down, tenth).rewards] == ["0.01", "0.34"]
    assert [str(one.amount) for one in decide(half, tenth).rewards] == ["0.01", "0.35"]


def replaced(rounding: Rounding):
    return replace(POS, discount_rounding=rounding)


def test_two_gifts_add_up_and_each_costs_its_points():
    one = loyalty([free(7, required=2, price=3), free(8, price=5)], per_unit(products=[9]), id=1)
    asked = member(line(1, 1, 50), claims=(claim(one, 0, times=2), claim(one, 1)))
    decision = decide(asked, one, Wallet(cards=(card(7),)))
    assert [(item.product_id, item.qty) for item in decision.free_items] == [(7, 2), (8, 1)]
    assert [reward.points_cost for reward in decision.rewards] == [4, 1]
    (moved,) = decision.points
    assert (moved.spent, moved.balance_after) == (5, 2)
    inside = opened(asked, one, Wallet(cards=(card(7),)))
    standing = inside.take_all().standing
    # 2 x 3.00 and 5.00 of goods, for five points
    assert (standing.gifts, standing.extras, standing.spent) == (1100, 2, 50_000)
    refused = decide(asked, one, Wallet(cards=(card(4),)))
    assert [one.reason for one in refused.refused_claims] == [Reason.NOT_ENOUGH_POINTS]


def test_gifts_of_one_order_are_compared_by_their_list_price_in_the_currency():
    yen = PosFacts(id=1, ref="tokyo", currency="JPY", digits=0)
    basket = cart(line(1, 1, 900), pos=yen)
    mug = program(free(7, price=300), id=1, exclusion_group="a")
    less, more = (program(fixed(amount), id=2, exclusion_group="a") for amount in (299, 301))
    assert [one.program_id for one in decide(basket, [mug, less]).rewards] == [1]
    assert [one.program_id for one in decide(basket, [mug, more]).rewards] == [2]


def test_weighed_goods_are_free_up_to_the_last_whole_unit():
    gift = program(free(1, qty=3), rule(products=[2]))
    decision = decide(cart(line(1, "2.5", 4), line(2, 1, 50)), gift)
    assert given(decision) == (8, 1)
    half = decide(cart(line(1, "0.5", 4), line(2, 1, 50)), program(free(1), rule(products=[2])))
    assert given(half) == (0, 1)


def test_units_that_two_programs_free_make_no_points():
    gifts = [program(free(1), rule(products=[2])), program(free(1), rule(products=[2]))]
    club = loyalty((), per_unit(), id=1)
    decision = decide(member(line(1, 3), line(2, 2)), [*gifts, club])
    assert given(decision) == (20, 0)
    assert decision.points[0].earned == 3


def test_a_free_unit_is_not_given_where_nothing_is_left_to_pay():
    gift = program(free(1), rule(products=[2]))
    basket = cart(line(1, 1, 6), line(2, 1, 4), line(9, 1, -10, "till"))
    assert decide(basket, gift).rewards == ()
    # What comes on top is given although the rest is free anyway.
    both = program(free(1, qty=2), rule(products=[2]))
    assert given(decide(basket, both)) == (0, 1)
