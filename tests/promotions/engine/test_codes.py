"""What becomes of the codes that are entered."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import codes as generated
from promotions.engine.cart import Cart, Claim
from promotions.engine.decision import CodeFate, Decision
from promotions.engine.definition import Program, Reward
from promotions.engine.terms import AppliesOn, CodeStatus, ProgramType, Reason
from promotions.engine.wallet import CouponFacts, ReferralFacts, Wallet
from tests.promotions.engine.shop import (
    NOON,
    cart,
    code_program,
    coupon_program,
    decide,
    fixed,
    free,
    line,
    percent,
    program,
    rule,
)


def coupon(code: str = "CP1", program_id: int = 1, **fields: Any) -> CouponFacts:
    named: dict[str, Any] = {"points": Decimal(1)}
    return CouponFacts(id=11, code=code, program_id=program_id, **(named | fields))


def with_coupons(*coupons: CouponFacts) -> Wallet:
    return Wallet(coupons={generated.normalise(one.code): one for one in coupons})


def fates(decision: Decision) -> list[Reason | None]:
    for fate in decision.codes:
        assert (fate.status is CodeStatus.APPLIED) == (fate.reason is None)
    return [fate.reason for fate in decision.codes]


def test_a_code_is_found_without_regard_to_case_spaces_and_dashes() -> None:
    offer = code_program(percent(10), "Summer-2026", id=1)
    decision = decide(cart(line(1, 1, 100), codes=("sum mer2026",)), offer)
    assert decision.codes == (CodeFate("sum mer2026", CodeStatus.APPLIED, None, 1),)
    assert decision.total == 90


def test_a_code_entered_twice_counts_once_and_both_say_so() -> None:
    offer = code_program(percent(10), "TEN")
    decision = decide(cart(line(1, 1, 100), codes=("TEN", "ten")), offer)
    assert (decision.total, fates(decision)) == (90, [None, None])


def test_unknown_and_mistyped_codes_are_told_apart() -> None:
    good = generated.generate()
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    decision = decide(cart(line(1), codes=("NOPE", good, wrong)), [])
    assert fates(decision) == [Reason.UNKNOWN, Reason.UNKNOWN, Reason.MISTYPED]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"minimum_amount": 200}, Reason.BELOW_MINIMUM_AMOUNT),
        ({"minimum_qty": 3}, Reason.BELOW_MINIMUM_QTY),
        ({"minimum_amount": 200, "minimum_qty": 3}, Reason.BELOW_MINIMUM_AMOUNT),
        ({"products": [8]}, Reason.NO_MATCHING_PRODUCT),
        ({"membership": 4}, Reason.MEMBERSHIP_REQUIRED),
    ],
)
def test_a_rule_code_and_a_coupon_say_what_is_missing(
    fields: dict[str, Any], expected: Reason
) -> None:
    basket = cart(line(1, 1, 100), codes=("CP1",))
    assert fates(decide(basket, code_program(percent(10), "CP1", rule=dict(fields)))) == [expected]
    offer = coupon_program(percent(10), rule(**fields), id=1)
    assert fates(decide(basket, offer, with_coupons(coupon()))) == [expected]


@pytest.mark.parametrize(
    ("fields", "partner", "expected"),
    [
        ({}, None, None),
        ({"expires_at": NOON}, None, None),
        ({"expires_at": NOON - timedelta(seconds=1)}, None, Reason.EXPIRED),
        ({"points": Decimal(0)}, None, Reason.USED_UP),
        ({"points": Decimal("0.5")}, None, Reason.USED_UP),
        ({"partner_id": 5}, 5, None),
        ({"partner_id": 5}, 6, Reason.WRONG_CUSTOMER),
        ({"partner_id": 5}, None, Reason.CUSTOMER_REQUIRED),
        ({"withdrawn": True}, None, Reason.INACTIVE),
        ({"program_id": 2}, None, Reason.INACTIVE),
    ],
)
def test_a_coupon_that_is_not_good_says_why(
    fields: dict[str, Any], partner: int | None, expected: Reason | None
) -> None:
    basket = cart(line(1, 1, 100), codes=("CP1",), partner_id=partner)
    decision = decide(basket, coupon_program(percent(10), id=1), with_coupons(coupon(**fields)))
    assert fates(decision) == [expected]
    assert decision.total == (90 if expected is None else 100)


def test_nothing_left_to_discount_consumes_no_coupon() -> None:
    offers = [program(percent(100), id=2), coupon_program(fixed(5), id=1, sequence=99)]
    decision = decide(cart(line(1, 1, 9), codes=("CP1",)), offers, with_coupons(coupon()))
    assert fates(decision) == [Reason.NOTHING_TO_DISCOUNT]
    assert [reward.coupon_id for reward in decision.rewards] == [None]


def test_a_coupon_names_itself_in_what_it_paid() -> None:
    offer = coupon_program(percent(10), id=1)
    decision = decide(cart(line(1), codes=("CP1",)), offer, with_coupons(coupon()))
    assert [(one.coupon_id, one.points_cost) for one in decision.rewards] == [(11, 1)]


def test_the_best_reward_of_a_coupon_is_taken_when_none_is_claimed() -> None:
    offer = coupon_program([percent(5), percent(20), fixed(12)], id=1)
    cheap, dear = cart(line(1, 1, 40), codes=("CP1",)), cart(line(1, 1, 100), codes=("CP1",))
    assert decide(cheap, offer, with_coupons(coupon())).total == 28
    assert decide(dear, offer, with_coupons(coupon())).total == 80
    chosen = cart(line(1, 1, 100), codes=("CP1",), claims=(Claim(1, offer.rewards[0].id),))
    assert decide(chosen, offer, with_coupons(coupon())).total == 95


def test_several_rewards_of_one_coupon_are_each_paid_for() -> None:
    offer = coupon_program([percent(10), free(2)], id=1)
    claims = tuple(Claim(1, reward.id) for reward in offer.rewards)
    basket = cart(line(1, 1, 100), codes=("CP1",), claims=claims)
    both = decide(basket, offer, with_coupons(coupon(points=Decimal(2))))
    assert (both.total, len(both.free_items), both.refused_claims) == (90, 1, ())
    one = decide(basket, offer, with_coupons(coupon()))
    assert [refused.reason for refused in one.refused_claims] == [Reason.NOT_ENOUGH_POINTS]


def test_two_coupons_of_one_program_are_two_rewards_unless_a_group_forbids_it() -> None:
    twin = coupon("CP2")
    wallet = Wallet(coupons={"CP1": coupon(), "CP2": CouponFacts(12, twin.code, 1, Decimal(1))})
    basket = cart(line(1, 1, 100), codes=("CP1", "CP2"))
    offer = coupon_program(fixed(5), id=1)
    assert decide(basket, offer, wallet).total == 90
    grouped = coupon_program(percent(10), id=1, exclusion_group="order")
    decision = decide(basket, grouped, wallet)
    assert decision.total == 90
    assert sorted(fates(decision), key=str) == [None, Reason.NOT_COMBINABLE]


def test_a_coupon_program_needs_its_coupon() -> None:
    offer = coupon_program(percent(10), rule(minimum_qty=1), id=1)
    assert decide(cart(line(1)), offer).rewards == ()


def test_what_earned_a_coupon_for_later_is_no_condition_of_using_it() -> None:
    later = program(
        fixed(5),
        rule(minimum_amount=100),
        id=1,
        program_type=ProgramType.NEXT_ORDER_COUPONS,
        applies_on=AppliesOn.FUTURE,
    )
    earned = decide(cart(line(1, 1, 100), partner_id=5), later)
    assert earned.rewards == ()
    assert [(one.points, one.partner_id) for one in earned.coupons_to_issue] == [(1, 5)]
    used = decide(cart(line(1, 1, 20), codes=("CP1",)), later, with_coupons(coupon()))
    assert (used.total, used.coupons_to_issue) == (15, ())


def test_a_code_that_earns_a_coupon_for_later_is_applied() -> None:
    later = code_program(fixed(5), "LATER", id=1, applies_on=AppliesOn.FUTURE)
    decision = decide(cart(line(1), codes=("LATER",)), later)
    assert (fates(decision), len(decision.coupons_to_issue)) == ([None], 1)


def test_a_code_whose_reward_needs_a_choice_says_so() -> None:
    offer = code_program(free(1, 2), "GIFT")
    decision = decide(cart(line(3), codes=("GIFT",)), offer)
    assert fates(decision) == [Reason.CHOICE_REQUIRED]
    assert len(decision.claimable) == 1


def referral_program(*rewards: Reward, **fields: Any) -> Program:
    return program(
        rewards,
        rule(minimum_amount=20),
        id=1,
        program_type=ProgramType.REFERRAL,
        **fields,
    )


def referred(partner_id: int | None = 5, price: int = 30, **more: Any) -> tuple[Cart, Wallet]:
    wallet = Wallet(referrals={"ANNA": ReferralFacts("ANNA", 9)}, **more)
    return cart(line(1, 1, price), codes=("anna",), partner_id=partner_id), wallet


def test_a_friend_gets_the_reward_now_and_the_referrer_a_coupon() -> None:
    basket, wallet = referred()
    decision = decide(basket, referral_program(fixed(5)), wallet)
    assert (decision.total, fates(decision)) == (25, [None])
    (referrer,) = decision.referrals
    assert (referrer.referrer_id, referrer.coupon_points, referrer.card_points) == (9, 1, 0)


def test_nothing_of_a_referral_happens_without_the_code() -> None:
    _, wallet = referred()
    decision = decide(cart(line(1, 1, 30), partner_id=5), referral_program(fixed(5)), wallet)
    assert (decision.rewards, decision.referrals) == ((), ())


@pytest.mark.parametrize(
    ("partner", "price", "more", "expected"),
    [
        (None, 30, {}, Reason.CUSTOMER_REQUIRED),
        (9, 30, {}, Reason.SELF_REFERRAL),
        (5, 30, {"has_ordered_before": True}, Reason.NOT_A_NEW_CUSTOMER),
        (5, 19, {}, Reason.BELOW_MINIMUM_AMOUNT),
    ],
)
def test_a_referral_that_is_none_says_why(
    partner: int | None, price: int, more: dict[str, Any], expected: Reason
) -> None:
    basket, wallet = referred(partner, price, **more)
    decision = decide(basket, referral_program(fixed(5)), wallet)
    assert (fates(decision), decision.rewards, decision.referrals) == ([expected], (), ())


def test_a_code_that_saves_no_more_than_what_is_given_anyway_stays_unused() -> None:
    by_code = code_program(percent(10), "TEN", id=1, exclusion_group="order")
    anyway = program(percent(10), id=2, exclusion_group="order")
    decision = decide(cart(line(1, 1, 100), codes=("TEN",)), [by_code, anyway])
    assert [one.program_id for one in decision.rewards] == [2]
    assert fates(decision) == [Reason.NOT_COMBINABLE]


def test_a_coupon_that_saves_no_more_is_not_used_up() -> None:
    behind_coupon = coupon_program(fixed(5), id=1, exclusion_group="order")
    anyway = program(percent(5), id=2, exclusion_group="order")
    shown = cart(line(1, 1, 100), codes=("CP1",))
    decision = decide(shown, [behind_coupon, anyway], with_coupons(coupon()))
    assert [one.program_id for one in decision.rewards] == [2]
    saves_more = cart(line(1, 1, 99), codes=("CP1",))
    decision = decide(saves_more, [behind_coupon, anyway], with_coupons(coupon()))
    assert [one.program_id for one in decision.rewards] == [1]
