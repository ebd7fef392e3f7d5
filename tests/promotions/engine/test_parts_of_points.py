"""Points are rounded down to what their card counts; those of one order keep four decimals."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from promotions.engine.definition import BonusPoints, Reward, Rule
from promotions.engine.terms import RewardType
from tests.promotions.engine.shop import (
    balance,
    claim,
    decide,
    fixed,
    free,
    line,
    loyalty,
    member,
    per_unit,
    program,
    rule,
)


@pytest.mark.parametrize(
    ("made", "decimals", "earned"),
    [
        (per_unit("0.5"), 0, "1"),
        (per_unit("0.5"), 2, "1.66"),
        (per_unit("0.5"), 4, "1.665"),
        (rule(reward_point_amount="2.5"), 0, "2"),
    ],
)
def test_points_on_a_card_are_rounded_down_to_what_it_counts(
    made: Rule, decimals: int, earned: str
) -> None:
    club = replace(loyalty(fixed(1, required=999), made), point_decimals=decimals)
    assert balance(decide(member(line(1, "3.33")), club)) == (earned, "0", earned)


def test_a_bonus_is_rounded_down_to_what_the_card_counts() -> None:
    size = BonusPoints(Decimal("2.5"))
    two_and_a_half = Reward(77, RewardType.POINT, points=size)
    gift = replace(program(two_and_a_half, loyalty_program_id=1), point_decimals=0)
    assert balance(decide(member(line(1)), gift))[0] == "2"


def test_points_of_this_order_keep_four_decimals() -> None:
    # Three times a third of a kilogram make one point, so one unit is free; on a card two do not.
    basket = member(line(1, "0.3334", "3", "a"), line(2, "0.6668", "3", "b"), line(3, 1, 7))
    third = free(3, required="1.0002")
    assert decide(basket, program(third, per_unit(products=[1, 2]))).discount_total == 7
    club = loyalty(third, per_unit(products=[1, 2]))
    claimed = replace(basket, claims=(claim(club),))
    assert decide(claimed, club).discount_total == 0
