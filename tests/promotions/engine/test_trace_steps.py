"""Each kind of reward notes its arithmetic: basis, rate, exact and rounded amount, cost, shares."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promotions.engine.definition import (
    BonusPoints,
    Reward,
    SetSlot,
    SpecialPrice,
    SpecialSet,
    Step,
    Steps,
)
from promotions.engine.terms import RewardType, StepsMode
from promotions.engine.wallet import Wallet
from tests.promotions.engine.shop import (
    card,
    cheapest,
    claim,
    decide,
    fixed,
    free,
    line,
    loyalty,
    member,
    only,
    per_point,
    per_unit,
    percent,
    program,
)  # fmt: skip

D = Decimal
GOODS = (line(1, 3, "7.35", "a"), line(2, 1, "4.99", "b"))  # 22.05 and 4.99
PRICE = Reward(1, RewardType.SPECIAL_PRICE, special_price=SpecialPrice(D("6.30"), only(1)))
SET = Reward(
    1,
    RewardType.SPECIAL_SET,
    special_set=SpecialSet(D(10), (SetSlot(D(1), only(1)), SetSlot(D(1), only(2)))),
)
CASCADE = Reward(
    1,
    RewardType.MULTIPLE_DISCOUNT,
    steps=Steps(StepsMode.CASCADE, (Step(D(1), D(10)), Step(D(4), D(5)))),
)


@pytest.mark.parametrize(
    ("reward", "steps"),
    [
        (percent(10), [("percent", "27.04", 10, "2.704", "2.70", 1, {"a": "2.20", "b": "0.50"})]),
        (fixed(5), [("fixed", "27.04", 5, 5, 5, 1, {"a": "4.08", "b": "0.92"})]),
        (cheapest(50), [("percent", "4.99", 50, "2.495", "2.50", 1, {"b": "2.50"})]),
        (free(1), [("free_units", 1, 1, "7.35", "7.35", 1, {"a": "7.35"})]),
        (PRICE, [("special_price", "22.05", "6.30", "3.15", "3.15", 1, {"a": "3.15"})]),
        (SET, [("special_set", "12.34", 10, "2.34", "2.34", 1, {"a": "1.39", "b": "0.95"})]),
        (
            CASCADE,
            [
                ("percent", "27.04", 10, "2.704", "2.70", 0, {"a": "2.20", "b": "0.50"}),
                ("percent", "24.34", 5, "1.217", "1.22", 0, {"a": "0.99", "b": "0.23"}),
            ],
        ),
    ],
    ids="percent fixed cheapest free_units special_price special_set cascade".split(),
)
def test_a_step_can_be_done_again_by_hand(reward, steps):
    decision = decide(member(*GOODS), program(reward), explain=True)
    assert noted(decision) == [as_numbers(step) for step in steps]


def test_points_for_a_discount_and_bonus_points_are_steps_too():
    bonus = Reward(8, RewardType.POINT, D(2), points=BonusPoints(amount=D(5)))
    club = loyalty([per_point("0.10", required=10), bonus], per_unit(1))
    wanted = (claim(club, 0, points=D(30)), claim(club, 1))
    decision = decide(member(*GOODS, claims=wanted), club, Wallet(cards=(card(40),)), explain=True)
    assert noted(decision) == [
        as_numbers(("per_point", "27.04", "0.10", 3, 3, 30, {"a": "2.45", "b": "0.55"})),
        as_numbers(("bonus_points", 0, 5, 0, 0, 2, {})),
    ]
    (moved,) = decision.points
    assert (moved.earned, moved.spent, moved.balance_after) == (9, 32, 17)


def noted(decision):
    return [
        (
            step.operation, step.basis, step.rate, step.exact, step.rounded, step.points_cost,
            {share.line_id: share.amount for share in step.shares},
        )
        for one in decision.trace
        for step in one.steps
    ]  # fmt: skip


def as_numbers(step):
    operation, *numbers, shares = step
    return (operation, *map(D, numbers), {name: D(share) for name, share in shares.items()})
