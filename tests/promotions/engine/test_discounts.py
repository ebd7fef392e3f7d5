"""Discounts: how much they take, off what, and how it is split."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from promotions.engine.cart import PosFacts
from promotions.engine.decision import Decision
from promotions.engine.definition import Reward, Step, Steps
from promotions.engine.terms import (
    AppliesTo,
    DiscountMode,
    RewardType,
    Rounding,
    StepsBy,
    StepsMode,
)
from tests.promotions.engine.shop import (
    POS,
    cart,
    cheapest,
    decide,
    discount,
    fixed,
    line,
    only,
    per_point,
    per_unit,
    percent,
    program,
    rule,
)


def shares(decision: Decision) -> list[list[str]]:
    return [[str(share.amount) for share in reward.shares] for reward in decision.rewards]


def test_percent_is_rounded_half_up_once_and_split_by_largest_remainder() -> None:
    # 10 % of 10.25 is 1.025: 1.03. Exact shares in cents: 10.55, 20.60, 30.75, 41.10.
    basket = cart(line(1, 1, "1.05"), line(2, 1, "2.05"), line(3, 1, "3.06"), line(4, 1, "4.09"))
    decision = decide(basket, program(percent(10)))
    assert decision.discount_total == Decimal("1.03")
    assert shares(decision) == [["0.10", "0.21", "0.31", "0.41"]]


def test_equal_remainders_give_the_odd_cent_to_the_lower_price_then_product() -> None:
    basket = cart(line(3, 1, 2), line(2, 1, 2), line(1, 1, 2))
    decision = decide(basket, program(fixed(4)))
    assert {share.line_id: str(share.amount) for share in decision.rewards[0].shares} == {
        "1@2": "1.34",
        "2@2": "1.33",
        "3@2": "1.33",
    }


def test_odd_cents_inside_a_position_go_to_the_lower_line_id() -> None:
    basket = cart(line(1, 1, 2, "b"), line(1, 1, 2, "c"), line(1, 1, 2, "a"))
    decision = decide(basket, program(fixed(4)))
    assert {share.line_id: str(share.amount) for share in decision.rewards[0].shares} == {
        "a": "1.34",
        "b": "1.33",
        "c": "1.33",
    }


def test_rounding_down_is_a_setting_of_the_pos() -> None:
    basket = cart(line(1, 1, "17.50"), pos=replace(POS, discount_rounding=Rounding.DOWN))
    assert decide(basket, program(percent(5))).discount_total == Decimal("0.87")


def test_a_currency_without_decimals_is_never_split_below_its_unit() -> None:
    basket = cart(
        line(1, 1, 100),
        line(2, 1, 101),
        pos=PosFacts(id=1, ref="tokyo", currency="JPY", digits=0),
    )
    decision = decide(basket, program(percent("3.5")))
    assert str(decision.discount_total) == "7"
    assert shares(decision) == [["3", "4"]]


def test_a_later_discount_takes_off_what_is_left() -> None:
    basket = cart(line(1, 5, 5), line(2, 1, 5))
    decision = decide(basket, [program(percent(10)), program(percent(10, 2))])
    assert decision.total == Decimal("26.55")


def test_without_a_sequence_specific_lines_come_before_the_order_and_percent_before_fixed() -> None:
    basket = cart(line(1, 1, 100))
    decision = decide(
        basket,
        [program(fixed(10), id=1), program(percent(20), id=2), program(percent(50, 1), id=3)],
    )
    assert [reward.program_id for reward in decision.rewards] == [3, 2, 1]
    assert decision.total == Decimal(30)


def test_a_sequence_set_by_staff_goes_before_the_stage() -> None:
    basket = cart(line(1, 1, 100))
    first, second = program(fixed(10), sequence=1), program(percent(20), sequence=2)
    assert decide(basket, [first, second]).total == Decimal(72)


def test_a_fixed_discount_larger_than_what_is_left_takes_what_is_left() -> None:
    decision = decide(cart(line(1, 1, 8), line(2, 1, 90)), program(fixed(50, 1)))
    assert decision.total == Decimal(90)
    assert decision.rewards[0].points_cost == 1


def test_max_amount_caps_the_reward_not_the_line() -> None:
    basket = cart(line(1, 1, 15), line(2, 1, 25))
    decision = decide(basket, program(percent(100, 1, 2, max_amount="30")))
    assert decision.discount_total == Decimal(30)
    assert shares(decision) == [["11.25", "18.75"]]


def test_cheapest_is_one_unit_of_the_cheapest_matching_product() -> None:
    basket = cart(line(1, 3, 12), line(2, 2, 4), line(3, 1, 0))
    assert decide(basket, program(cheapest(50))).discount_total == Decimal(2)
    assert decide(basket, program(cheapest(50, 1))).discount_total == Decimal(6)


def test_cheapest_counts_whole_units_of_weighed_goods() -> None:
    basket = cart(line(1, "0.750", 2), line(2, "1.500", 3), line(3, 1, 10))
    decision = decide(basket, program(cheapest(100)))
    assert decision.rewards[0].shares[0].line_id == "2@3"
    assert decision.discount_total == Decimal(3)


def test_two_programs_for_the_cheapest_unit_free_two_units() -> None:
    basket = cart(line(1, 2, 10), line(2, 3, 2))
    decision = decide(basket, [program(cheapest(100)), program(cheapest(100))])
    assert [str(one.amount) for one in decision.rewards] == ["2.00", "2.00"]


def test_a_fixed_discount_on_the_cheapest_stops_at_its_price() -> None:
    basket = cart(line(1, 3, 4), line(2, 1, 90))
    huge = discount(DiscountMode.FIXED, 10000, AppliesTo.CHEAPEST)
    assert decide(basket, program(huge)).discount_total == Decimal(4)


def test_per_point_multiplies_all_points_of_the_order() -> None:
    basket = cart(line(1, 3, 100), line(2, 1, 20))
    decision = decide(basket, program(per_point(10, 1), per_unit(products=[1])))
    assert decision.discount_total == Decimal(30)
    assert decision.rewards[0].points_cost == 3


def test_per_point_uses_a_multiple_of_the_points_required() -> None:
    basket = cart(line(1, 8, 10))
    decision = decide(basket, program(per_point("1.5", required=3), per_unit()))
    assert (decision.discount_total, decision.rewards[0].points_cost) == (Decimal(9), 6)


def test_a_capped_per_point_reward_costs_only_the_points_it_used() -> None:
    basket = cart(line(1, 9, "0.50"))
    decision = decide(basket, program(per_point("1.5", required=3), per_unit()))
    assert (decision.discount_total, decision.rewards[0].points_cost) == (Decimal("4.50"), 3)
    capped = decide(basket, program(per_point("1.5", max_amount="4"), per_unit()))
    assert str(capped.rewards[0].points_cost) == "2.67"  # 4.00 / 1.5, never in the shop's favour


def test_a_manual_adjustment_is_no_target_and_lowers_what_the_order_can_give() -> None:
    basket = cart(line(1, 1, 100), line(9, 1, -20, "till"))
    decision = decide(basket, program(percent(10)))
    assert decision.discount_total == Decimal(8)
    assert [share.line_id for share in decision.rewards[0].shares] == ["1@100"]
    everything = decide(basket, [program(percent(100, 1)), program(fixed(500))])
    assert everything.total == 0


def test_a_zero_saving_applies_nothing() -> None:
    decision = decide(cart(line(1, 1, "0.04")), program(percent(10)))
    assert decision.rewards == ()
    assert decision.discount_total == 0


@pytest.mark.parametrize(
    ("mode", "by", "qty", "expected"),
    [
        (StepsMode.CASCADE, StepsBy.QTY, 1, "10.00"),
        (StepsMode.CASCADE, StepsBy.QTY, 2, "29.00"),  # 20.00, then 5 % of 180.00
        (StepsMode.TIER, StepsBy.QTY, 2, "10.00"),
        (StepsMode.TIER, StepsBy.AMOUNT, 1, "5.00"),  # 100.00 reaches the step at 2.00
    ],
)
def test_steps_are_taken_one_after_the_other_or_the_highest_reached(
    mode: StepsMode, by: StepsBy, qty: int, expected: str
) -> None:
    steps = (Step(Decimal(0), Decimal(10)), Step(Decimal(2), Decimal(5)))
    reward = Reward(1, RewardType.MULTIPLE_DISCOUNT, steps=Steps(mode, steps, by, only(1)))
    decision = decide(cart(line(1, qty, 100), line(2, 9, 1)), program(reward, rule()))
    assert str(decision.discount_total) == expected
