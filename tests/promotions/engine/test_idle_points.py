"""A point reward that gives nobody a point is no reward: it uses up nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promotions.engine.cart import Claim
from promotions.engine.decision import Decision
from promotions.engine.definition import BonusPoints, Program, Reward
from promotions.engine.terms import CodeStatus, Reason, RewardType, Stacking
from promotions.engine.wallet import CouponFacts, Wallet
from tests.promotions.engine.shop import (
    cart,
    claim,
    code_program,
    coupon_program,
    decide,
    fixed,
    line,
    loyalty,
    member,
    per_money,
    percent,
    program,
)

FIFTY = Reward(77, RewardType.POINT, points=BonusPoints(amount=Decimal(50)))
DOUBLE = Reward(78, RewardType.POINT, points=BonusPoints(multiplier=Decimal(2)))
COUPON = Wallet(coupons={"C": CouponFacts(1, "C", 5, Decimal(1))})


@pytest.mark.parametrize("reward", [FIFTY, DOUBLE])
def test_without_a_known_customer_a_code_for_points_is_kept(reward: Reward) -> None:
    offer = code_program(reward, "BONUS", loyalty_program_id=1)
    decision = decide(cart(line(1), codes=("bonus",)), offer, explain=True)
    assert decision.rewards == ()
    assert decision.codes[0].reason is Reason.CUSTOMER_REQUIRED
    assert decision.trace is not None
    assert decision.trace[0].reason is Reason.CUSTOMER_REQUIRED


def test_without_a_known_customer_a_coupon_for_points_is_kept() -> None:
    offer = coupon_program(FIFTY, id=5, loyalty_program_id=1)
    decision = decide(cart(line(1), codes=("c",)), offer, COUPON)
    assert (decision.rewards, decision.codes[0].status) == ((), CodeStatus.REJECTED)
    known = decide(member(line(1), codes=("c",)), offer, COUPON)
    assert ([one.coupon_id for one in known.rewards], known.points[0].earned) == ([1], 50)


def test_twice_the_points_of_an_order_that_earns_none_are_nothing() -> None:
    offer = code_program(DOUBLE, "TWICE", loyalty_program_id=1)
    decision = decide(member(line(1), codes=("twice",)), offer)
    assert (decision.rewards, decision.codes[0].reason) == ((), Reason.NOTHING_TO_DISCOUNT)
    club = loyalty(fixed(1, required=999), per_money(), id=9)
    earned = decide(member(line(1, 1, 10), codes=("twice",)), [offer, club])
    assert [one.earned for one in earned.points] == [10, 10]


def test_points_that_nobody_gets_keep_no_discount_away() -> None:
    alone = program(FIFTY, id=1, loyalty_program_id=1, exclusion_group="one")
    both = program([FIFTY, fixed(2)], id=2, loyalty_program_id=1, exclusion_group="one")
    twice = program(DOUBLE, id=3, loyalty_program_id=1, stacking=Stacking.EXCLUSIVE)
    tenth = program(percent(10), id=4)
    unknown = decide(cart(line(1, 1, 100)), [alone, both, twice, tenth])
    assert ([one.program_id for one in unknown.rewards], unknown.total) == ([4], 90)
    assert unknown.optimal


def test_a_claim_for_points_that_nobody_gets_is_refused() -> None:
    offer = program([FIFTY, fixed(2)], id=2, loyalty_program_id=1)
    wanted = claim(offer)
    unknown = decide(cart(line(1, 1, 100), claims=(wanted,)), offer)
    assert _refused(unknown, offer, wanted) == [Reason.CUSTOMER_REQUIRED]
    doubled = program([DOUBLE, fixed(2)], id=2, loyalty_program_id=1)
    wanted = claim(doubled)
    idle = decide(member(line(1, 1, 100), claims=(wanted,)), doubled)
    assert _refused(idle, doubled, wanted) == [Reason.NOTHING_TO_DISCOUNT]


def _refused(decision: Decision, offer: Program, wanted: Claim) -> list[Reason]:
    assert decision.rewards == ()
    assert {(one.program_id, one.reward_id) for one in decision.refused_claims} == {
        (offer.id, wanted.reward_id)
    }
    return [one.reason for one in decision.refused_claims]
