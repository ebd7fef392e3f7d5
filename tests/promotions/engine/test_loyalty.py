"""Points on cards: earned, spent, spent in the order that earns them; claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from promotions.engine.cart import Claim
from promotions.engine.definition import BonusPoints, Reward
from promotions.engine.terms import (
    EarnOn,
    ProgramType,
    Reason,
    RewardType,
    Trigger,
)
from promotions.engine.wallet import ReferralFacts, Wallet
from tests.promotions.engine.shop import (
    NOON,
    balance,
    card,
    cart,
    cheapest,
    claim,
    code_program,
    decide,
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


def bonus(amount: str | None = None, multiplier: str | None = None) -> Reward:
    size = BonusPoints(
        None if amount is None else Decimal(amount),
        None if multiplier is None else Decimal(multiplier),
    )
    return Reward(77, RewardType.POINT, points=size)


def test_points_wait_on_the_card_until_they_are_claimed() -> None:
    club = loyalty(fixed(10, required=50))
    decision = decide(member(line(1, 1, 100)), club, Wallet(cards=(card(60),)))
    assert (decision.total, balance(decision)) == (100, ("100", "0", "160"))
    (offer,) = decision.claimable
    assert (offer.required_points, offer.available_points, offer.card_id) == (50, 160, 1)


def test_without_a_known_customer_nothing_is_earned() -> None:
    decision = decide(cart(line(1, 1, 100)), loyalty(fixed(10)), explain=True)
    assert decision.points == ()
    assert decision.trace is not None
    assert decision.trace[0].reason is Reason.CUSTOMER_REQUIRED


def test_a_member_without_a_card_earns_on_one_that_commit_opens() -> None:
    decision = decide(member(line(1, 1, 100)), loyalty(fixed(10, required=500)))
    assert [(one.card_id, one.earned) for one in decision.points] == [(None, 100)]


def test_card_points_are_spent_though_the_cart_earns_none() -> None:
    club = loyalty(percent(100), per_unit(products=[9]))
    basket = member(line(1, 1, "5.60"), line(2, 1, "2400"), claims=(claim(club),))
    decision = decide(basket, club, Wallet(cards=(card(2),)))
    assert (decision.total, balance(decision)) == (0, ("0", "1", "1"))


def test_points_per_money_count_what_is_paid_rounded_down() -> None:
    club = loyalty(fixed(1, required=999), per_money("0.3"))
    offers = [club, program(percent(10))]
    assert balance(decide(member(line(1, 1, "9.99")), offers))[0] == "2.69"  # 0.3 x 8.99
    whole = replace(club, point_decimals=0)
    assert balance(decide(member(line(1, 1, "9.99")), [whole]))[0] == "2"


@pytest.mark.parametrize(
    ("earn_on", "earned"),
    [(EarnOn.PAID, "70"), (EarnOn.BEFORE_OWN_REWARDS, "90"), (EarnOn.GROSS, "100")],
)
def test_what_points_count_is_a_setting(earn_on: EarnOn, earned: str) -> None:
    club = replace(loyalty(fixed(20, required=50)), earn_on=earn_on)
    basket = member(line(1, 1, 100), claims=(claim(club),))
    decision = decide(basket, [club, program(fixed(10))], Wallet(cards=(card(50),)))
    assert decision.total == 70
    assert balance(decision)[0] == earned


def test_free_units_in_the_cart_earn_no_points_per_unit() -> None:
    club = loyalty(fixed(1, required=999), per_unit())
    offers = [club, program(free(1, required=2), per_unit(products=[1]))]
    assert balance(decide(member(line(1, 3)), offers))[0] == "2"


def test_points_of_this_order_pay_for_a_reward_of_it() -> None:
    club = loyalty(free(2, required=5), per_money())
    basket = member(line(1, 2, "5.10"), claims=(claim(club),))
    decision = decide(basket, club)
    assert (balance(decision), decision.free_items[0].qty) == (("10.2", "5", "5.2"), 1)


def test_points_that_wait_before_they_can_be_spent_pay_nothing_of_the_order() -> None:
    club = replace(loyalty(free(1, required=2), per_unit(), id=1), points_pending=True)
    basket = member(line(1, 3), claims=(claim(club),))
    refused = decide(basket, club)
    assert (refused.total, balance(refused)) == (30, ("3", "0", "3"))
    assert [one.reason for one in refused.refused_claims] == [Reason.NOT_ENOUGH_POINTS]
    paid = decide(basket, club, Wallet(cards=(card(2),)))
    assert (paid.total, balance(paid)) == (20, ("2", "2", "2"))


def test_a_reward_that_lowers_what_it_is_paid_with_is_cut_back() -> None:
    # One point per money, worth one each: of 100, half can be paid with its own points.
    club = loyalty(per_point(1))
    decision = decide(member(line(1, 1, 100), claims=(claim(club),)), club)
    assert (decision.total, balance(decision)) == (50, ("50", "50", "0"))
    assert decision.refused_claims == ()  # the claim left open how many points to use


def test_a_claim_of_so_many_points_that_is_cut_back_says_so() -> None:
    club = loyalty(per_point(1))
    decision = decide(member(line(1, 1, 100), claims=(claim(club, points=Decimal(80)),)), club)
    assert (decision.total, balance(decision)) == (50, ("50", "50", "0"))
    assert [one.reason for one in decision.refused_claims] == [Reason.NOT_ENOUGH_POINTS]


def test_a_reward_that_cannot_be_paid_after_all_is_refused() -> None:
    club = loyalty(fixed(10, required=95))
    decision = decide(member(line(1, 1, 100), claims=(claim(club),)), club)
    assert (decision.total, balance(decision)) == (100, ("100", "0", "100"))
    assert [one.reason for one in decision.refused_claims] == [Reason.NOT_ENOUGH_POINTS]


def test_a_card_in_debt_pays_nothing_until_the_order_makes_up_for_it() -> None:
    club = loyalty(fixed(10, required=50))
    wallet = Wallet(cards=(card(-30),))
    poor = decide(member(line(1, 1, 60), claims=(claim(club),)), club, wallet)
    assert (poor.total, balance(poor), len(poor.refused_claims)) == (60, ("60", "0", "30"), 1)
    rich = decide(member(line(1, 1, 100), claims=(claim(club),)), club, wallet)
    assert (rich.total, balance(rich)) == (90, ("90", "50", "10"))


def test_the_customer_says_how_many_points_to_use() -> None:
    club = loyalty(per_point("0.5", required=10), per_unit(products=[9]))
    wallet = Wallet(cards=(card(95),))
    some = member(line(1, 1, 100), claims=(claim(club, points=Decimal(34)),))
    decision = decide(some, club, wallet)
    assert (decision.total, balance(decision)[1]) == (85, "30")
    everything = decide(member(line(1, 1, 100), claims=(claim(club),)), club, wallet)
    assert (everything.total, balance(everything)[1]) == (55, "90")
    too_many = member(line(1, 1, 100), claims=(claim(club, points=Decimal(200)),))
    refused = decide(too_many, club, wallet)
    assert [one.reason for one in refused.refused_claims] == [Reason.NOT_ENOUGH_POINTS]


def test_a_claim_is_taken_as_often_as_it_says() -> None:
    club = loyalty(percent(10, 1, required=2), per_unit(products=[9]))
    basket = member(line(1, 1, 100), claims=(claim(club, times=2), claim(club)))
    decision = decide(basket, club, Wallet(cards=(card(7),)))
    (reward,) = decision.rewards
    assert (reward.times, reward.points_cost, reward.amount) == (3, 6, Decimal("27.10"))
    short = decide(basket, club, Wallet(cards=(card(5),)))
    assert (short.rewards[0].times, len(short.refused_claims)) == (2, 1)


def test_two_rewards_of_one_card_share_its_points() -> None:
    club = loyalty([percent(10, 1), free(2, required=2)], per_unit(products=[9]))
    claims = (claim(club, 0), claim(club, 1))
    basket = member(line(1, 1, 100), claims=claims)
    assert balance(decide(basket, club, Wallet(cards=(card(4),)))) == ("0", "3", "1")
    poor = decide(basket, club, Wallet(cards=(card(2),)))
    assert len(poor.refused_claims) == 1


@pytest.mark.parametrize(
    ("facts", "used"),
    [({"active": False}, None), ({"expires_at": NOON - timedelta(1)}, None), ({}, 2)],
)
def test_only_a_usable_card_is_used_the_fullest_first(
    facts: dict[str, Any], used: int | None
) -> None:
    club = loyalty(fixed(1, required=999))
    cards = (card(5, card_id=2, **facts), card(3, card_id=1, **facts))
    decision = decide(member(line(1)), club, Wallet(cards=cards))
    assert [one.card_id for one in decision.points] == [used]


def test_several_programs_on_one_card_carry_its_balance_on() -> None:
    club = loyalty(fixed(10, required=30), per_unit(products=[9]), id=1)
    more = loyalty(fixed(1, required=999), per_money("0.2"), id=2)
    basket = member(line(1, 1, 100), claims=(claim(club),))
    decision = decide(basket, [club, more], Wallet(cards=(card(15),)))
    assert decision.total == 90
    # 15 and 18 of 90.00 paid make 33, of which 30 are spent; what adds comes first.
    moves = [(one.program_id, one.balance_before, one.balance_after) for one in decision.points]
    assert moves == [(2, 15, 33), (1, 33, 3)]


def test_points_earned_are_told_by_the_lines_that_made_them() -> None:
    club = loyalty(fixed(1, required=999), per_money(products=[1, 2]))
    basket = member(line(1, 1, 30), line(2, 1, 10), line(3, 1, 60))
    (moved,) = decide(basket, club).points
    assert {one.line_id: str(one.amount) for one in moved.earned_by_line} == {
        "1@30": "30",
        "2@10": "10",
    }


def test_bonus_points_come_on_top_of_what_the_order_earns() -> None:
    club = loyalty(fixed(1, required=999), per_money("0.5"), id=1)
    fifty = program(bonus("50"), rule(minimum_amount=80), id=2, loyalty_program_id=1)
    double = program(bonus(multiplier="2"), id=3, loyalty_program_id=1)
    decision = decide(member(line(1, 1, 100)), [club, fifty, double], Wallet(cards=(card(1),)))
    assert {one.program_id: one.earned for one in decision.points} == {1: 50, 2: 50, 3: 50}
    assert decision.points[-1].balance_after == 151


def test_bonus_points_cannot_be_spent_in_the_same_order() -> None:
    club = loyalty(fixed(10, required=40), per_unit(products=[9]), id=1)
    gift = program(bonus("50"), id=2, loyalty_program_id=1)
    decision = decide(member(line(1, 1, 100), claims=(claim(club),)), [club, gift])
    assert decision.total == 100
    assert [one.reason for one in decision.refused_claims] == [Reason.NOT_ENOUGH_POINTS]


def test_a_referrer_with_points_gets_them_on_the_card() -> None:
    offer = program(
        [fixed(5), bonus("30")],
        id=1,
        program_type=ProgramType.REFERRAL,
        trigger=Trigger.WITH_CODE,
        loyalty_program_id=1,
    )
    wallet = Wallet(referrals={"ANNA": ReferralFacts("ANNA", 9)})
    decision = decide(member(line(1, 1, 50), codes=("Anna",)), offer, wallet)
    assert decision.total == 45
    (referrer,) = decision.referrals
    assert (referrer.card_points, referrer.loyalty_program_id) == (30, 1)
    assert (referrer.coupon_points, decision.points) == (0, ())


def test_claims_that_make_no_sense_are_refused() -> None:
    offer = program(fixed(1), rule(minimum_qty=5), id=3)
    basket = cart(line(1), claims=(Claim(404, 1), Claim(3, 404), claim(offer)))
    refused = decide(basket, offer).refused_claims
    assert [(one.program_id, one.reason) for one in refused] == [
        (404, Reason.UNKNOWN),
        (3, Reason.BELOW_MINIMUM_QTY),
        (3, Reason.BELOW_MINIMUM_QTY),
    ]


def test_of_several_rewards_without_a_code_none_is_taken_before_it_is_claimed() -> None:
    offer = program([percent(10), cheapest(100)], id=3)
    basket = cart(line(1, 1, 100), line(2, 1, 4))
    waiting = decide(basket, offer)
    assert (waiting.rewards, [one.reward_id for one in waiting.claimable]) == (
        (),
        [reward.id for reward in offer.rewards],
    )
    taken = decide(replace(basket, claims=(claim(offer, 1),)), offer)
    assert taken.discount_total == 4


def test_a_member_card_shown_as_a_code_is_no_error() -> None:
    club = loyalty(fixed(1, required=999))
    wallet = Wallet(cards=(card(1),), cards_by_code={"C1": card(1)})
    decision = decide(member(line(1), codes=("c1",)), club, wallet)
    assert [one.reason for one in decision.codes] == [None]


def test_a_rule_with_a_code_earns_more_on_the_card() -> None:
    club = loyalty(fixed(1, required=999), [per_money(), per_money(code="TWICE")])
    assert balance(decide(member(line(1, 1, 10)), club))[0] == "10"
    decision = decide(member(line(1, 1, 10), codes=("twice",)), club)
    assert (balance(decision)[0], decision.codes[0].reason) == ("20", None)


def test_a_code_program_stands_beside_a_claim() -> None:
    club = loyalty(per_point(1), per_unit(products=[9]), id=1)
    basket = member(line(1, 1, 100), claims=(claim(club),), codes=("TEN",))
    offers = [club, code_program(percent(10), "TEN")]
    decision = decide(basket, offers, Wallet(cards=(card(25),)))
    assert (decision.total, decision.optimal) == (65, True)
