"""Claims, referrals, hints and the trace: whole records, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from promotions.engine.decision import (
    Claimable,
    Hint,
    ReferrerReward,
)
from promotions.engine.definition import BonusPoints, Program, Reward
from promotions.engine.terms import (
    AppliesOn,
    DiscountMode,
    Outcome,
    ProgramType,
    Reason,
    RewardType,
)
from promotions.engine.wallet import EMPTY_WALLET, CouponFacts, ReferralFacts, Wallet
from tests.promotions.engine.shop import (
    MEMBER,
    card,
    cart,
    cheapest,
    claim,
    code_program,
    coupon_program,
    decide,
    discount,
    fixed,
    free,
    line,
    loyalty,
    member,
    per_money,
    per_point,
    per_unit,
    percent,
    program,
    rule,
)

D = Decimal
BONUS = Reward(70, RewardType.POINT, points=BonusPoints(amount=D(5)))


# --- claims on points -----------------------------------------------------------------------------


def test_claims_of_one_reward_add_up_and_the_last_is_cut_to_what_there_is() -> None:
    club = loyalty(fixed(2, required=10), (), id=3)
    held = Wallet(cards=(card(35),))
    for times, off, refused in ((1, 2, 0), (2, 4, 0), (3, 6, 0), (4, 6, 1)):
        asked = member(line(1, 1, 50), claims=(claim(club, times=times),))
        decision = decide(asked, club, held)
        assert (decision.discount_total, len(decision.refused_claims)) == (off, refused)
        assert decision.points[0].spent == 5 * off
    twice = member(line(1, 1, 50), claims=(claim(club), claim(club, times=2)))
    decision = decide(twice, club, held)
    assert [(one.times, one.amount, one.points_cost) for one in decision.rewards] == [(3, 6, 30)]
    by_points = member(line(1, 1, 50), claims=(claim(club, points=D(25)),))
    assert decide(by_points, club, held).points[0].spent == 20
    too_few = member(line(1, 1, 50), claims=(claim(club, points=D(5)),))
    assert decide(too_few, club, held).points == ()


def test_claims_of_points_add_up_and_one_that_leaves_them_open_takes_the_rest() -> None:
    club = loyalty(per_point("0.10", required=5), (), id=3)
    held = Wallet(cards=(card(52),))
    some = member(line(1, 1, 50), claims=(claim(club, points=D(10)), claim(club, points=D(15))))
    assert decide(some, club, held).points[0].spent == 25
    rest = member(line(1, 1, 50), claims=(claim(club), claim(club, points=D(15))))
    decision = decide(rest, club, held)
    assert sorted(one.points_cost for one in decision.rewards) == [15, 35]
    assert decision.points[0].balance_after == 2


def test_a_choice_is_claimed_product_by_product() -> None:
    club = loyalty(free(1, 2, required=10), (), id=3)
    goods = (line(1, 1, 4), line(2, 2, 6))
    held = Wallet(cards=(card(30),))
    two = claim(club, product_id=2)
    decision = decide(member(*goods, claims=(two, claim(club, product_id=1), two)), club, held)
    assert [(one.times, one.amount) for one in decision.rewards] == [(1, 4), (2, 12)]
    (reward,) = club.rewards
    open_choice = decide(member(*goods, claims=(claim(club),)), club, held)
    assert open_choice.refused_claims == (Hint(3, Reason.CHOICE_REQUIRED, reward_id=reward.id),)
    offered = (Claimable(3, reward.id, D(10), D(30), ("P1", "P2"), 1),)
    assert decide(member(*goods), club, held).claimable == offered


def test_a_claim_goes_to_the_coupon_that_can_pay_for_it() -> None:
    two = coupon_program([fixed(1, required=2), fixed(5, required=6)], id=4)
    coupons = {
        "AA": CouponFacts(1, "AA", 4, D(3)),
        "BB": CouponFacts(2, "BB", 4, D(7)),
    }
    asked = cart(line(1, 1, 50), codes=("AA", "BB"), claims=(claim(two, 1), claim(two, 0)))
    decision = decide(asked, replace(two, exclusion_group=None), Wallet(coupons=coupons))
    told = {(one.coupon_id, one.amount, one.points_cost) for one in decision.rewards}
    assert told == {(1, 1, 2), (2, 5, 6)}
    dear = cart(line(1, 1, 50), codes=("AA", "BB"), claims=(claim(two, 0, times=4),))
    (most,) = decide(dear, two, Wallet(coupons=coupons)).rewards
    assert (most.coupon_id, most.times, most.points_cost) == (2, 3, 6)


# --- referrals ------------------------------------------------------------------------------------


def refers(*rewards: Reward, **fields: Any) -> Program:
    return program(
        rewards, fields.pop("rules", None), program_type=ProgramType.REFERRAL,
        applies_on=AppliesOn.FUTURE, **fields,
    )  # fmt: skip


ANNA = Wallet(referrals={"ANNA": ReferralFacts("ANNA", 9)})
FRIEND = member(line(1, 3, 10), codes=("anna",))


def test_the_referrer_gets_points_or_a_coupon_of_every_program_that_gave_the_friend_something():
    missed = refers(fixed(1), id=1, rules=rule(minimum_amount=31))
    nothing = refers(percent(10, 5), id=2)
    points = refers(fixed(2), BONUS, id=3, loyalty_program_id=6)
    coupon = refers(fixed(3), id=4, rules=[rule(reward_point_amount=2), per_unit(1)])
    both = [replace(one, exclusion_group=None) for one in (missed, nothing, points, coupon)]
    decision = decide(FRIEND, both, ANNA)
    assert decision.discount_total == 5
    assert decision.referrals == (
        ReferrerReward(3, 9, D(5), 6, D(0)),
        ReferrerReward(4, 9, D(0), None, D(5)),
    )


# --- hints ----------------------------------------------------------------------------------------


def test_hints_name_what_is_missing_the_least_first_and_leave_out_what_is_not_near() -> None:
    offers = [
        program(percent(1), rule(minimum_amount=50), id=1),
        program(percent(1), rule(minimum_amount="32.40"), id=2),
        program(percent(1), rule(minimum_qty=5, products=[1, 2]), id=3),
        program(percent(1), rule(products=[7]), id=4),
        program(fixed(1), id=5),
        program(free(1, required=4), per_unit(products=[1]), id=6),
        program(fixed(1, required=40), per_money(products=[1]), id=7),
        loyalty((), per_money(minimum_amount=45), id=8),
        code_program(fixed(1), "X", rule={"minimum_amount": 99}, id=10),
    ]
    decision = decide(member(line(1, 3, 10)), offers)
    assert decision.hints == (
        Hint(6, Reason.NOT_ENOUGH_POINTS, None, D(1), (1,)),
        Hint(3, Reason.BELOW_MINIMUM_QTY, None, D(2), (1, 2)),
        Hint(2, Reason.BELOW_MINIMUM_AMOUNT, D("2.40")),
        Hint(7, Reason.NOT_ENOUGH_POINTS, D(11), None, (1,)),  # of 29 that are left to pay
        Hint(8, Reason.BELOW_MINIMUM_AMOUNT, D(15)),
        Hint(1, Reason.BELOW_MINIMUM_AMOUNT, D(20)),
    )


def test_a_hint_names_up_to_twenty_products() -> None:
    for count, named in ((20, tuple(range(1, 21))), (21, ())):
        wide = program(percent(1), rule(products=range(1, count + 1), minimum_qty=2))
        (hint,) = decide(cart(line(1)), wide).hints
        assert hint.product_ids == named


def test_points_missing_by_money_are_rounded_up_to_the_cent() -> None:
    # 3 points a unit of money: 10 make 30, of 100 there are 70 missing: 23.34
    offer = program(fixed(1, required=100), per_money(3, products=[1]))
    (hint,) = decide(cart(line(1)), offer).hints
    assert hint.missing_amount == D("23.34")


# --- the trace ------------------------------------------------------------------------------------


def traced(offer: Program, wallet: Wallet = EMPTY_WALLET, **more: Any) -> tuple[Any, ...]:
    basket = cart(line(1, 3, 10), partner_id=more.pop("partner_id", MEMBER), **more)
    decision = decide(basket, offer, wallet, explain=True)
    assert decision.trace is not None
    (one,) = decision.trace
    return (one.outcome, one.reason, one.points, one.missing_amount, one.missing_qty)


def test_the_trace_says_of_each_program_what_became_of_it() -> None:
    applied, offered, passed = Outcome.APPLIED, Outcome.OFFERED, Outcome.PASSED_OVER
    club = loyalty(fixed(5, required=20), per_unit(2), id=1)
    assert traced(club, Wallet(cards=(card(2),))) == (applied, None, 6, None, None)
    idle = loyalty(fixed(5, required=20), (), id=1)
    assert traced(idle, Wallet(cards=(card(20),))) == (
        offered, Reason.WAITS_FOR_CLAIM, 0, None, None,
    )  # fmt: skip
    choice = program([fixed(1), fixed(2)], id=1)
    assert traced(choice) == (offered, Reason.WAITS_FOR_CLAIM, 1, None, None)
    product = program(free(1, 2), id=1)
    assert traced(product) == (offered, Reason.CHOICE_REQUIRED, 1, None, None)
    dear = program([fixed(1, required=5), fixed(2, required=5)], per_unit(1), id=1)
    assert traced(dear) == (passed, Reason.NOT_ENOUGH_POINTS, 3, None, None)
    short = program(fixed(1, required=5), per_unit(1), id=1)
    assert traced(short) == (passed, Reason.NOT_ENOUGH_POINTS, 3, None, None)
    spent = program(percent(10, 7), rule(products=[1]), id=1)
    assert traced(spent) == (passed, Reason.NOTHING_TO_DISCOUNT, 1, None, None)
    far = program(fixed(1), rule(minimum_amount="40.01", minimum_qty=4, products=[1]), id=1)
    assert traced(far) == (passed, Reason.BELOW_MINIMUM_AMOUNT, 0, D("10.01"), 1)


def test_the_trace_of_a_coupon_says_what_its_conditions_miss() -> None:
    two = coupon_program(fixed(1), [rule(minimum_amount=31), rule(minimum_qty=9)], id=4)
    wallet = Wallet(coupons={"C": CouponFacts(1, "C", 4, D(1))})
    quantity = (Reason.BELOW_MINIMUM_QTY, 0, None, 6)
    assert traced(two, wallet, codes=("C",))[1:] == quantity
    level = replace(two, rules=(rule(membership=3), rule(minimum_amount=31)))
    assert traced(level, wallet, codes=("C",))[1:] == (Reason.BELOW_MINIMUM_AMOUNT, 0, D(1), None)
    only_level = replace(two, rules=(rule(membership=3),))
    decision = decide(cart(line(1), codes=("C",)), only_level, wallet, explain=True)
    assert decision.trace is not None
    assert decision.trace[0].reason is decision.codes[0].reason is Reason.MEMBERSHIP_REQUIRED


def test_rewards_of_one_purse_spend_it_one_after_the_other() -> None:
    kinds = (
        discount(DiscountMode.FIXED, 2, required=3),
        cheapest(50, required=4),
        free(2, required=5, price=5),
    )
    club = loyalty(kinds, (), id=3)
    goods = (line(1, 2, 10), line(2, 2, 5))
    claims = tuple(claim(club, place) for place in range(3))
    decision = decide(member(*goods, claims=claims), club, Wallet(cards=(card(12),)))
    told = {one.reward_id: (one.amount, one.points_cost, one.card_id) for one in decision.rewards}
    fixed_id, cheapest_id, free_id = (one.id for one in kinds)
    # A unit of 2 is free; half of the other: 2.50; two off the rest
    assert told == {free_id: (5, 5, 1), cheapest_id: (D("2.50"), 4, 1), fixed_id: (2, 3, 1)}
    assert (decision.points[0].spent, decision.points[0].balance_after) == (12, 0)
    poorer = decide(member(*goods, claims=claims), club, Wallet(cards=(card(11),)))
    assert poorer.points[0].spent < 12
    assert len(poorer.rewards) == 2
