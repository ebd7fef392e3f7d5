"""Rewards claimed several times, and claims that are cut back to what the card can pay for."""

from __future__ import annotations

from decimal import Decimal
from time import process_time

import pytest

from promotions.engine.cart import Claim
from promotions.engine.decision import Decision
from promotions.engine.definition import BonusPoints, Program, Reward
from promotions.engine.terms import AppliesTo, DiscountMode, EarnOn, Reason, RewardType
from promotions.engine.wallet import Wallet
from tests.promotions.engine.shop import (
    balance,
    card,
    cheapest,
    claim,
    decide,
    discount,
    fixed,
    free,
    line,
    loyalty,
    member,
    per_point,
    per_unit,
    percent,
    program,
    rule,
)

D = Decimal
GOODS = (line(1, 1, 4, "a"), line(2, 2, 10, "b"), line(3, 1, 50, "c"))


def club(*rewards: Reward, **fields) -> Program:
    """A club whose card is filled elsewhere."""
    return loyalty(rewards, per_unit(products=[99]), id=1, **fields)


def asked(offer: Program, *claims: Claim, points: int, goods=GOODS, **more) -> Decision:
    wallet = Wallet(cards=(card(points),))
    others = more.pop("others", ())
    return decide(member(*goods, claims=claims), [offer, *others], wallet, **more)


def taken(decision: Decision) -> list[tuple[int, D, D, dict[str, D]]]:
    return [
        (one.times, one.points_cost, one.amount, {part.line_id: part.amount for part in one.shares})
        for one in decision.rewards
    ]


def reasons(decision: Decision) -> list[Reason]:
    return [one.reason for one in decision.refused_claims]


def test_the_cheapest_unit_free_three_times_is_three_units():
    gift = club(cheapest(100, required=2))
    decision = asked(gift, claim(gift, times=3), points=7, explain=True)
    assert taken(decision) == [(3, D(6), D(24), {"a": D(4), "b": D(20)})]
    assert balance(decision) == ("0", "6", "1")
    assert decision.trace is not None
    # The second and the third are the two units of b: 10 of 20, then 10 of the 10 that are left.
    assert [(one.basis, one.rounded, one.points_cost) for one in decision.trace[0].steps] == [
        (4, 4, 2),
        (10, 10, 2),
        (10, 10, 2),
    ]


def test_half_off_the_cheapest_twice_is_half_of_half():
    gift = club(cheapest(50))
    decision = asked(gift, claim(gift, times=2), points=5)
    assert taken(decision) == [(2, D(2), D(3), {"a": D(3)})]


def test_what_cannot_be_paid_or_gives_nothing_more_ends_it():
    gift = club(cheapest(100, 1))
    decision = asked(gift, claim(gift, times=5), points=5)
    assert taken(decision) == [(1, D(1), D(4), {"a": D(4)})]
    assert (balance(decision), reasons(decision)) == (("0", "1", "4"), [])
    poor = asked(gift, claim(gift, times=5), points=0)
    assert (taken(poor), reasons(poor)) == ([], [Reason.NOT_ENOUGH_POINTS])


def test_a_percent_claimed_three_times_is_taken_off_what_is_left_each_time():
    off = club(percent(10, 3))
    decision = asked(off, claim(off, times=3), points=9, explain=True)
    assert taken(decision) == [(3, D(3), D("13.55"), {"c": D("13.55")})]
    assert decision.trace is not None
    assert [(one.basis, one.rounded) for one in decision.trace[0].steps] == [
        (D(50), D(5)),
        (D(45), D("4.50")),
        (D("40.50"), D("4.05")),
    ]
    order = club(percent(50))
    assert taken(asked(order, claim(order, times=2), points=2))[0][2] == D("55.50")


def test_a_fixed_amount_is_split_anew_each_time():
    off = club(fixed(7, 1, 3))
    decision = asked(off, claim(off, times=2), points=2)
    # 0.52 of 4 and 6.48 of 50, then 0.52 of 3.48 and 6.48 of 43.52
    assert taken(decision) == [(2, D(2), D(14), {"a": D("1.04"), "c": D("12.96")})]


def test_points_are_worth_money_once_for_each_claim_that_says_how_many():
    off = club(per_point("0.10", required=5))
    some = asked(off, claim(off, points=D(12)), claim(off, points=D(8)), points=100)
    # 12 and 8 are claimed together: 20 points
    assert taken(some)[0][:3] == (1, D(20), D(2))
    capped = club(per_point("0.10", required=5, max_amount="3"))
    twice = asked(capped, claim(capped, times=2), points=100)
    assert taken(twice)[0][:3] == (2, D(60), D(6))


def test_a_cap_that_is_met_exactly_is_no_cap():
    off = club(percent(10, 3, max_amount="5"), percent(10, 3, max_amount="4.99"))
    assert taken(asked(off, claim(off, 0), points=1))[0][2] == 5
    assert taken(asked(off, claim(off, 1), points=1))[0][2] == D("4.99")


def test_a_cent_that_is_left_can_be_taken():
    off = club(fixed(3, 1), percent(100, 1))
    goods = (line(1, 1, "0.01"), line(2, 1, 5))
    assert taken(asked(off, claim(off, 0), points=1, goods=goods))[0][2] == D("0.01")
    assert taken(asked(off, claim(off, 1), points=1, goods=goods))[0][2] == D("0.01")


def test_the_cheapest_unit_is_one_that_still_costs_something():
    first = program(percent(100, 1), sequence=1)
    decision = decide(member(*GOODS), [first, program(cheapest(50))])
    assert [one.amount for one in decision.rewards] == [4, 5]
    mills = member(line(1, 1, "0.0001", "mill"), line(2, 200, "0.0001", "mills"))
    # A unit that rounds to nothing is none; of 200 that cost two cents a unit rounds to nothing.
    assert decide(mills, program(cheapest(100))).rewards == ()


def test_bonus_points_are_given_as_often_as_they_can_be_paid():
    bonus = Reward(7, RewardType.POINT, D(2), points=BonusPoints(amount=D(5)))
    other = Reward(8, RewardType.POINT, D(1), points=BonusPoints(amount=D(1)))
    offer = club(bonus, other)
    decision = asked(offer, claim(offer, 0, times=2), claim(offer, 1), points=6)
    assert [one.points_cost for one in decision.rewards] == [4, 1]
    assert balance(decision) == ("11", "5", "12")
    once = asked(offer, claim(offer, 0), points=6)
    assert balance(once) == ("5", "2", "9")
    few = asked(offer, claim(offer, 0, times=3), points=5)
    assert (balance(few), reasons(few)) == (("10", "4", "11"), [Reason.NOT_ENOUGH_POINTS])


def test_several_claims_are_cut_back_to_those_that_the_order_pays_for():
    # 100 points for 100.00; each claim takes 10 off, and ten points with it.
    off = loyalty(fixed(10, required=20), id=1)
    goods = (line(3, 1, 100),)
    decision = decide(member(*goods, claims=(claim(off, times=5),)), off)
    # Three: 70 earned, 60 spent. Four would cost 80 of 60.
    assert taken(decision)[0][:3] == (3, 60, 30)
    assert balance(decision) == ("70", "60", "10")
    assert reasons(decision) == [Reason.NOT_ENOUGH_POINTS]
    # All candidates are paid from this card: the search was of them alone.
    assert decision.optimal
    beside = decide(
        member(*goods, claims=(claim(off, times=5),)), [off, program(fixed(1, 3), id=2)]
    )
    assert (beside.total, beside.optimal) == (69, False)


@pytest.mark.parametrize("held", [0, 20, 40, 60, 80])
@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
def test_as_many_claims_as_can_be_paid_are_left(held, times):
    off = loyalty(fixed(10, required=20), id=1)
    basket = member(line(3, 1, 100), claims=(claim(off, times=times),))
    decision = decide(basket, off, Wallet(cards=(card(held),)))
    affordable = max(n for n in range(times + 1) if held + 100 - 10 * n >= 20 * n)
    assert decision.total == 100 - 10 * affordable
    assert bool(reasons(decision)) == (affordable < times)


def test_the_last_reward_on_an_overdrawn_card_is_cut_back_and_the_first_stays():
    first = free(7, required=30, price=1)  # a mug has its turn before money off
    last = fixed(40, required=50)
    off = loyalty([last, first], id=1)
    asks = (claim(off, 0), claim(off, 1))
    decision = decide(member(line(3, 1, 100), claims=asks), off)
    # 100 points pay for both, but 40 off leave 60: the money off goes, the mug stays.
    assert [one.reward_type for one in decision.rewards] == [RewardType.PRODUCT]
    assert [(one.reward_id, one.reason) for one in decision.refused_claims] == [
        (off.rewards[0].id, Reason.NOT_ENOUGH_POINTS)
    ]
    assert balance(decision) == ("100", "30", "70")


def test_an_open_claim_beside_one_that_says_how_many_points():
    off = loyalty(per_point(1, required=3), id=1)
    basket = member(line(3, 1, 50), claims=(claim(off),))
    decision = decide(basket, off)
    # 50 points; n used leave 50 - n earned: 25, in multiples of three 24.
    assert (decision.total, balance(decision), reasons(decision)) == (26, ("26", "24", "2"), [])
    named = decide(member(line(3, 1, 50), claims=(claim(off, points=D(48)),)), off)
    assert (named.total, reasons(named)) == (26, [Reason.NOT_ENOUGH_POINTS])
    little = decide(member(line(3, 1, 5), claims=(claim(off),)), off)
    # Three of five points leave two earned: they cannot be paid, an open claim of none is refused.
    assert (little.total, reasons(little)) == (5, [Reason.NOT_ENOUGH_POINTS])


def test_free_goods_on_a_card_are_cut_back_by_claims():
    # Points count units; a unit given free makes none, so fewer can be paid for.
    off = loyalty(free(1, required=2), per_unit(products=[1]), id=1)
    decision = decide(member(line(1, 6, 10), claims=(claim(off, times=3),)), off)
    assert (decision.total, balance(decision)) == (40, ("4", "4", "0"))
    assert [one.qty for one in decision.free_items] == []


def test_a_claim_before_its_own_rewards_is_not_cut_back():
    off = loyalty(fixed(10, required=50), earn_on=EarnOn.BEFORE_OWN_REWARDS, id=1)
    decision = decide(member(line(3, 1, 100), claims=(claim(off, times=2),)), off)
    assert (decision.total, balance(decision)) == (80, ("100", "100", "0"))


def test_a_claim_takes_the_greater_part_of_one_card_that_two_programs_share():
    ours = loyalty(fixed(10, required=60), (), id=1)
    theirs = loyalty(fixed(5, required=50), rule(reward_point_amount=1), id=2)
    asks = (claim(ours), claim(theirs))
    decision = decide(member(*GOODS, claims=asks), [ours, theirs], Wallet(cards=(card(99),)))
    # 99 and one of this order pay for one of them, and ten off save more than five.
    assert [one.program_id for one in decision.rewards] == [1]
    both = decide(member(*GOODS, claims=asks), [ours, theirs], Wallet(cards=(card(109),)))
    assert [one.program_id for one in both.rewards] == [1, 2]


def test_a_fixed_amount_off_the_cheapest_is_given_as_often_as_claimed():
    off = club(discount(DiscountMode.FIXED, 3, AppliesTo.CHEAPEST))
    decision = asked(off, claim(off, times=3), points=3)
    # 3 of the 4 of a, the rest of it, and 3 of a unit of b
    assert taken(decision) == [(3, D(3), D(7), {"a": D(4), "b": D(3)})]


def test_a_claim_of_fewer_points_than_a_reward_costs_takes_no_more_than_was_said() -> None:
    club = loyalty(fixed(5, required=50), per_unit(products=[9]))
    wallet = Wallet(cards=(card(200),))
    for points, taken in ((10, 0), (49, 0), (50, 1), (99, 1), (100, 2)):
        basket = member(line(1, 1, 100), claims=(claim(club, points=D(points)),))
        decision = decide(basket, club, wallet)
        assert decision.discount_total == 5 * taken
        assert [one.reason for one in decision.refused_claims] == (
            [] if taken else [Reason.NOT_ENOUGH_POINTS]
        )


@pytest.mark.parametrize("of", [(), (101, 103)], ids=["the order", "some lines"])
@pytest.mark.parametrize("cap", [None, "0.01"])
def test_thousands_of_claims_of_a_fixed_amount_are_taken_together(of, cap):
    goods = [line(one, 1, 900, f"{one:03}") for one in range(101, 401)]
    offer = club(fixed("0.01", *of, max_amount=cap))
    most = 180000 if of else 800000
    begin = process_time()
    one = asked(offer, claim(offer, points=D(800000)), points=900000, goods=goods)
    assert process_time() - begin < 1
    ((times, cost, amount, shares),) = taken(one)
    assert (times, cost, amount, sum(shares.values())) == (most, most, D(most) / 100, amount)
    assert (reasons(one), balance(one)[2]) == ([], str(900000 - most))


def test_claims_taken_together_come_to_what_they_come_to_one_by_one():
    offer = club(fixed("0.07", required=2), budget=D(9))
    one_by_one = asked(offer, claim(offer, times=100), points=999)
    together = asked(offer, claim(offer, points=D(202)), points=999, explain=True)
    assert taken(one_by_one)[0][:3] == (100, 200, D("7.00"))
    assert taken(together)[0][:3] == (101, 202, D("7.07"))
    assert together.trace is not None
    (step,) = together.trace[0].steps
    assert (step.basis, step.rate, step.rounded, step.points_cost) == (
        74,
        D("7.07"),
        D("7.07"),
        202,
    )
    # The budget ends within a claim: that one is taken in part, the rest not at all.
    ended = asked(offer, claim(offer, points=D(900)), points=999)
    assert taken(ended)[0][:3] == (129, 258, D("9.00"))
