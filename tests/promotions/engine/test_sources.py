"""What pays for a reward: points of this order, a coupon, a card; and which of them is used."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from promotions.engine.cart import Claim
from promotions.engine.definition import BonusPoints, ProductFilter, Program, Reward
from promotions.engine.terms import (
    AppliesOn,
    CodeStatus,
    PointMode,
    ProgramType,
    Reason,
    RewardType,
    Trigger,
)
from promotions.engine.wallet import CouponFacts, ReferralFacts, Wallet
from tests.promotions.engine.inside import opened
from tests.promotions.engine.shop import (
    balance,
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
    per_point,
    per_unit,
    percent,
    program,
    rule,
)

D = Decimal


def coupons(**ids: int) -> Wallet:
    """Coupons of program 3 by their code."""
    return Wallet(coupons={code: CouponFacts(one, code, 3, D(1)) for code, one in ids.items()})


def test_of_equal_coupons_the_lower_id_is_used_whatever_its_code():
    offer = coupon_program(percent(10), id=3, exclusion_group="order")
    wallet = coupons(A=5, B=2)
    for codes in (("A", "B"), ("B", "A")):
        decision = decide(cart(line(1), codes=codes), offer, wallet)
        assert [one.coupon_id for one in decision.rewards] == [2]
        told = {one.code: one.reason for one in decision.codes}
        assert told == {"A": Reason.NOT_COMBINABLE, "B": None}


def test_the_code_of_a_rule_goes_before_a_coupon_of_the_same_program():
    offer = code_program(percent(10), "TEN", id=3, exclusion_group="order")
    decision = decide(cart(line(1), codes=("A", "TEN")), offer, coupons(A=-1, B=2))
    assert [one.coupon_id for one in decision.rewards] == [-1]
    decision = decide(cart(line(1), codes=("A", "TEN")), offer, coupons(A=2))
    assert [one.coupon_id for one in decision.rewards] == [None]


def test_a_code_that_saves_nothing_more_stays_unused():
    auto = program(percent(10), id=1, exclusion_group="order", sequence=90)
    offer = coupon_program(percent(10), id=3, exclusion_group="order", sequence=1)
    decision = decide(cart(line(1), codes=("A",)), [auto, offer], coupons(A=2))
    assert [one.program_id for one in decision.rewards] == [1]
    coded = code_program(percent(10), "TEN", id=4, exclusion_group="order", sequence=1)
    decision = decide(cart(line(1), codes=("TEN",)), [auto, coded])
    assert [one.program_id for one in decision.rewards] == [1]


def test_one_alternative_of_a_program_in_a_group_is_applied_at_most():
    offer = code_program([fixed(4), fixed(3, 1)], "TWO", id=3, exclusion_group="a")
    basket = cart(line(1, 1, 10), line(2, 1, 10), codes=("TWO",))
    assert decide(basket, offer).discount_total == 4
    rival = program(fixed(5), id=4, exclusion_group="a")
    assert decide(basket, [offer, rival]).discount_total == 5
    beside = program(fixed(5), id=4, exclusion_group="b")
    assert decide(basket, [offer, beside]).discount_total == 9


def test_two_coupons_with_two_rewards_each_are_used_once_each():
    offer = coupon_program([fixed(4), fixed(3, 1)], id=3)
    decision = decide(cart(line(1, 1, 10), codes=("A", "B")), offer, coupons(A=1, B=2))
    assert [(one.coupon_id, one.amount) for one in decision.rewards] == [(1, 4), (2, 4)]


def test_a_claim_of_one_alternative_takes_that_one():
    offer = code_program([fixed(4), fixed(3, 1)], "TWO", id=3)
    asked = cart(line(1, 1, 10), codes=("TWO",), claims=(claim(offer, 1),))
    assert decide(asked, offer).discount_total == 3


def test_points_of_several_rules_pay_for_a_claim_of_the_same_order():
    club = loyalty(fixed(10, required=15), [per_unit(products=[1]), rule(reward_point_amount=10)])
    # 5 by unit and 10 by order
    decision = decide(member(line(1, 5), claims=(claim(club),)), club)
    assert (decision.discount_total, balance(decision)) == (10, ("15", "15", "0"))
    refused = decide(member(line(1, 4), claims=(claim(club),)), club)
    assert refused.discount_total == 0


@pytest.mark.parametrize(
    "other",
    [
        loyalty(fixed(1, required=999), per_money(), id=2, loyalty_program_id=2),
        replace(loyalty(fixed(1, required=999), per_money(), id=2), points_pending=True),
        loyalty(fixed(1, required=999), per_money(), id=2, limit_usage=0),
        program(fixed(1), per_unit(products=[9]), id=2, loyalty_program_id=1),
    ],
    ids=["another kind", "waiting", "used up", "not on a card"],
)
def test_only_points_of_the_card_that_can_be_spent_now_pay(other: Program):
    club = loyalty(fixed(10, required=5), per_unit(products=[9]), id=1)
    asked = member(line(1, 1, 100), claims=(claim(club),))
    decision = decide(asked, [club, other, program(percent(1), id=3)])
    # Refused at once, not planned and cut back: so the rest is known to be the best.
    assert [one.reason for one in decision.refused_claims] == [Reason.NOT_ENOUGH_POINTS]
    assert (decision.discount_total, decision.optimal) == (1, True)


def test_points_of_two_programs_on_one_card_pay_together():
    club = loyalty(fixed(10, required=5), per_unit(2), id=1)
    more = loyalty((), per_unit(1), id=2)
    wallet = Wallet(cards=(card(2),))
    decision = decide(member(line(1, 1, 100), claims=(claim(club),)), [club, more], wallet)
    assert decision.discount_total == 10
    assert [(one.program_id, one.earned, one.spent) for one in decision.points] == [
        (2, 1, 0),
        (1, 2, 5),
    ]


def gift_cards(*rules) -> Program:
    return program(
        per_point(1), rules, id=9, program_type=ProgramType.GIFT_CARD, is_payment=True,
        applies_on=AppliesOn.FUTURE, loyalty_program_id=9,
    )  # fmt: skip


def test_a_gift_card_pays_by_its_code_alone_although_it_is_the_members_own():
    own = card(50, kind=9, card_id=4)
    wallet = Wallet(cards=(own,), cards_by_code={"C4": own})
    pays = gift_cards()
    shown = decide(member(line(1), codes=("C4",)), pays, wallet)
    assert [one.amount for one in shown.payments] == [10]
    hidden = decide(member(line(1)), pays, wallet)
    assert (hidden.payments, hidden.claimable) == ((), ())
    asked = decide(member(line(1), claims=(claim(pays),)), pays, wallet)
    assert [one.reason for one in asked.refused_claims] == [Reason.CODE_REQUIRED]
    assert asked.payments == ()


def test_points_that_count_what_is_left_count_adjustments_of_their_goods():
    # 60 of goods less 15 of the till on the same goods: 45 points, and less 5 on others.
    offer = program(fixed(5, required=45), per_money(products=[1]), id=1)
    short = program(fixed(5, required=46), per_money(products=[1]), id=1)
    goods = (line(1, 1, 60), line(1, 1, -15, "less"), line(9, 1, -5, "other"))
    assert decide(cart(*goods), offer).discount_total == 5
    assert decide(cart(*goods), short).discount_total == 0


def test_a_referral_for_the_referrer_alone_needs_its_rule_and_its_code():
    bonus = Reward(8, RewardType.POINT, points=BonusPoints(amount=D(30)))
    offer = program(
        bonus, rule(minimum_amount=20), id=1, program_type=ProgramType.REFERRAL,
        trigger=Trigger.WITH_CODE, loyalty_program_id=1,
    )  # fmt: skip
    wallet = Wallet(referrals={"ANNA": ReferralFacts("ANNA", 9)})
    told = decide(member(line(1, 1, 20), codes=("anna",)), offer, wallet)
    assert [(one.referrer_id, one.card_points) for one in told.referrals] == [(9, 30)]
    assert [one.status for one in told.codes] == [CodeStatus.APPLIED]
    below = decide(member(line(1, 1, 19), codes=("anna",)), offer, wallet)
    assert (below.referrals, below.codes[0].reason) == ((), Reason.BELOW_MINIMUM_AMOUNT)
    off = replace(offer, limit_usage=0)
    used_up = decide(member(line(1, 1, 20), codes=("anna",)), off, wallet)
    assert (used_up.referrals, used_up.codes[0].reason) == ((), Reason.USED_UP)
    other = program(fixed(1), id=2, program_type=ProgramType.PROMOTION)
    both = decide(member(line(1, 1, 20), codes=("anna",)), [offer, other], wallet)
    assert [one.program_id for one in both.referrals] == [1]


def test_the_smallest_part_of_a_point_counts():
    tiny = rule(reward_point_amount="0.0001")
    club = loyalty((), tiny, id=1, point_decimals=4)
    decision = decide(member(line(1)), club, explain=True)
    assert [one.earned for one in decision.points] == [D("0.0001")]
    assert decision.trace is not None
    assert decision.trace[0].outcome.value == "applied"
    worth = replace(tiny, reward_point_mode=PointMode.UNIT, filter=ProductFilter())
    sells = replace(gift_cards(worth), point_decimals=4)
    (issued,) = decide(cart(line(8)), sells).coupons_to_issue
    assert issued.points == D("0.0001")


def test_a_free_product_is_found_and_no_choice_in_a_claim_without_a_product():
    club = loyalty(free(1, required=2), (), id=1)
    wallet = Wallet(cards=(card(5),))
    decision = decide(member(line(1, 3), claims=(Claim(1, club.rewards[0].id),)), club, wallet)
    assert decision.discount_total == 10


def test_a_limited_program_of_a_group_has_its_budget_too():
    offer = program(fixed(8), id=1, exclusion_group="a", budget=D(5))
    inside = opened(cart(line(1)), offer)
    assert inside.start.budgets == {1: 500}
    assert decide(cart(line(1)), offer).discount_total == 5
    free_of_it = program(fixed(8), id=1, limit_usage=5)
    assert opened(cart(line(1)), free_of_it).start.budgets == {}


def test_a_card_gets_no_part_of_a_point_that_it_does_not_keep():
    by_weight = [per_unit(), per_unit("0.5")]
    club = loyalty((), by_weight, id=1)
    # 0.333 and 0.1665 are 0.4995 together: 0.49; by itself the first would be 0.33.
    assert balance(decide(member(line(1, "0.333")), club))[0] == "0.49"
    whole = replace(club, point_decimals=0)
    assert balance(decide(member(line(1, "1.5")), whole))[0] == "2"
    assert decide(member(line(1, "0.5")), whole).points == ()
    sells = gift_cards(per_unit("10.129", products=[8]), rule(reward_point_amount="5.555"))
    issued = decide(cart(line(8)), sells).coupons_to_issue
    assert sorted(one.points for one in issued) == [D("5.55"), D("10.12")]
    double = Reward(8, RewardType.POINT, points=BonusPoints(multiplier=D("1.5")))
    bonus = program(double, id=3, loyalty_program_id=1)
    told = decide(member(line(1, "0.333")), [club, bonus]).points
    assert {one.program_id: one.earned for one in told} == {1: D("0.49"), 3: D("0.24")}


def test_a_claim_is_not_planned_on_parts_of_points_that_the_card_will_not_get():
    club = loyalty(fixed(1, required=2), per_unit(), id=1, point_decimals=0)
    other = program(percent(1), id=3)
    asked = member(line(1, "1.9"), claims=(claim(club),))
    decision = decide(asked, [club, other])
    assert [one.reason for one in decision.refused_claims] == [Reason.NOT_ENOUGH_POINTS]
    assert decision.optimal
