"""A budget is what all rewards of a program may give, whichever kind comes first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promotions.engine.definition import Reward, SetSlot, SpecialPrice, SpecialSet, Step, Steps
from promotions.engine.terms import Reason, RewardType, StepsBy, StepsMode
from promotions.engine.wallet import UsageFacts, Wallet
from tests.promotions.engine.shop import (
    card,
    cart,
    cheapest,
    claim,
    decide,
    fixed,
    free,
    line,
    loyalty,
    member,
    only,
    percent,
    program,
)

D = Decimal
GOODS = (line(1, 2, 20, "a"), line(2, 1, 8, "b"), line(3, 1, 2, "c"))  # 40, 8 and 2


def a_set(price: str) -> Reward:
    slots = (SetSlot(D(1), only(1)), SetSlot(D(1), only(2)))
    return Reward(91, RewardType.SPECIAL_SET, special_set=SpecialSet(D(price), slots))


def steps(*pairs: tuple[int, str]) -> Reward:
    listed = tuple(Step(D(least), D(rate)) for least, rate in pairs)
    made = Steps(StepsMode.CASCADE, listed, StepsBy.AMOUNT, only(1))
    return Reward(92, RewardType.MULTIPLE_DISCOUNT, steps=made)


PRICE = Reward(90, RewardType.SPECIAL_PRICE, special_price=SpecialPrice(D(18), only(1)))
#: Every one takes four off if it may.
FOUR = [
    PRICE,
    a_set("24"),
    free(2, price=8, required=1),
    cheapest(50, 2),
    percent(10, 1),
    fixed(4, 1, 2),
    percent(8),
    fixed(4),
    steps((1, "5"), (30, "5.2632")),
]


@pytest.mark.parametrize("first", FOUR, ids=lambda one: one.reward_type.value)
@pytest.mark.parametrize("left", ["3", "6", "7.50"])
def test_what_one_reward_took_is_gone_for_the_next(first: Reward, left: str) -> None:
    other = fixed(5, 1)
    club = loyalty([first, other], (), id=3, budget=D(10))
    usage = {3: UsageFacts(1, 1, 10 - D(left))}
    wallet = Wallet(cards=(card(9),), usage=usage)
    asked = member(*GOODS, claims=(claim(club, 0), claim(club, 1)))
    decision = decide(asked, club, wallet)
    # Whichever has its turn first: together they give what the budget holds, or both in full.
    assert decision.discount_total == min(D(left), (D(8) if first.product else D(4)) + 5)
    beside = decide(asked, [club, program(fixed(1, 3), id=4)], wallet)
    assert beside.discount_total == decision.discount_total + 1


@pytest.mark.parametrize("one", FOUR, ids=lambda one: one.reward_type.value)
def test_one_reward_gives_what_is_left_of_the_budget(one: Reward) -> None:
    offer = program(one, id=3, budget=D(10))
    wallet = Wallet(usage={3: UsageFacts(1, 1, D("8.51"))})
    assert decide(cart(*GOODS), offer, wallet).discount_total == D("1.49")
    nothing = Wallet(usage={3: UsageFacts(1, 1, D(10))})
    decision = decide(cart(*GOODS), offer, nothing, explain=True)
    assert (decision.discount_total, decision.trace and decision.trace[0].reason) in {
        (D("0.00"), Reason.BUDGET_SPENT),
        (D("0.00"), ()),
    }


# A percentage of the whole order is one of what the adjustment leaves.
@pytest.mark.parametrize("one", [*FOUR[:6], *FOUR[7:]], ids=lambda one: one.reward_type.value)
def test_no_reward_takes_more_than_adjustments_leave_of_the_total(one: Reward) -> None:
    basket = cart(*GOODS, line(7, 1, "-48.80", "less"))
    decision = decide(basket, program(one, id=3))
    assert (decision.subtotal, decision.discount_total, decision.total) == (D("1.20"), D("1.20"), 0)
    assert [entry.total for entry in decision.lines if entry.line_id == "less"] == [D("-48.80")]


@pytest.mark.parametrize(
    ("budget", "gift", "half_of", "saved"),
    [
        ("0.01", free(2, price=8), 2, "4.01"),  # 0.01, then half of 7.99
        ("30", free(1, price=20, qty=2), 1, "35.00"),  # one unit and half of the other; half of 10
        ("40", free(1, price=20, qty=2), 1, "40.00"),  # both
    ],
)
def test_a_unit_that_the_budget_pays_in_part_is_not_free_for_the_next(
    budget: str, gift: Reward, half_of: int, saved: str
) -> None:
    programs = [program(gift, id=3, budget=D(budget)), program(cheapest(50, half_of), id=4)]
    decision = decide(cart(*GOODS), programs)
    assert decision.discount_total == D(saved)
    assert decision.optimal
