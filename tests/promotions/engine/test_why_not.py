"""Why nothing came of a program, a code or a claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from promotions.engine.decision import Decision, ProgramTrace
from promotions.engine.terms import AppliesOn, Outcome, ProgramType, Reason, Trigger
from promotions.engine.wallet import CouponFacts, ReferralFacts, UsageFacts, Wallet
from tests.promotions.engine.shop import (
    NOON,
    card,
    cart,
    claim,
    code_program,
    coupon_program,
    decide,
    ewallet,
    fixed,
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


def trace_of(decision: Decision, program_id: int) -> ProgramTrace:
    assert decision.trace is not None
    (found,) = (one for one in decision.trace if one.program_id == program_id)
    return found


def hinted(decision: Decision) -> list[tuple[int, D | None, D | None]]:
    return [(one.program_id, one.missing_amount, one.missing_qty) for one in decision.hints]


def test_the_trace_says_what_each_kind_of_rule_lacks():
    offers = [
        program(fixed(1), rule(membership=4), id=1),
        code_program(fixed(1), "SPRING", id=2),
        program(fixed(1), rule(products=[7], minimum_amount=20, minimum_qty=3), id=3),
    ]
    asked = cart(line(1), codes=("SUMMER",), claims=tuple(claim(one) for one in offers))
    decision = decide(asked, offers, explain=True)
    told = [trace_of(decision, one.id) for one in offers]
    assert [(one.reason, one.missing_amount, one.missing_qty) for one in told] == [
        (Reason.MEMBERSHIP_REQUIRED, None, None),
        (Reason.CODE_REQUIRED, None, None),
        (Reason.NO_MATCHING_PRODUCT, 20, 3),
    ]
    assert [(one.program_id, one.reason) for one in decision.refused_claims] == [
        (1, Reason.MEMBERSHIP_REQUIRED),
        (2, Reason.CODE_REQUIRED),
        (3, Reason.NO_MATCHING_PRODUCT),
    ]


def test_the_rule_that_came_furthest_says_why_whatever_its_place():
    far = rule(products=[1], minimum_qty=2)
    near = rule(products=[7])
    for rules in ([far, near], [near, far]):
        decision = decide(cart(line(1)), program(fixed(1), rules, id=1), explain=True)
        assert trace_of(decision, 1).reason is Reason.BELOW_MINIMUM_QTY


def test_the_first_thing_that_stands_against_a_program_is_told():
    over = program(fixed(1), id=1, date_to=NOON - timedelta(1), limit_usage=1)
    used = Wallet(usage={1: UsageFacts(times=5)})
    decision = decide(cart(line(1)), over, used, explain=True)
    assert trace_of(decision, 1).reason is Reason.EXPIRED
    spent = replace(over, date_to=None)
    decision = decide(cart(line(1)), spent, used, explain=True)
    assert trace_of(decision, 1).reason is Reason.USED_UP


def test_a_member_program_waits_for_a_claim_once_its_card_can_pay():
    club = loyalty(fixed(1, required=5), per_unit(products=[7]), id=1)
    for points, outcome, reason in (
        (4, Outcome.PASSED_OVER, Reason.NO_MATCHING_PRODUCT),
        (5, Outcome.OFFERED, Reason.WAITS_FOR_CLAIM),
    ):
        decision = decide(member(line(1)), club, Wallet(cards=(card(points),)), explain=True)
        told = trace_of(decision, 1)
        assert (told.outcome, told.reason) == (outcome, reason)
    # One that only spends has no rule to miss: points are what it lacks.
    spends = loyalty(fixed(1, required=5), (), id=1)
    decision = decide(member(line(1)), spends, Wallet(cards=(card(4),)), explain=True)
    assert trace_of(decision, 1).reason is Reason.CODE_REQUIRED
    later = program(
        fixed(1), rule(minimum_amount=50), id=2, applies_on=AppliesOn.FUTURE,
        program_type=ProgramType.NEXT_ORDER_COUPONS, loyalty_program_id=1,
    )  # fmt: skip
    decision = decide(member(line(1)), later, Wallet(cards=(card(9),)), explain=True)
    assert trace_of(decision, 2).reason is Reason.BELOW_MINIMUM_AMOUNT


def test_each_coupon_of_a_program_has_its_own_fate():
    offer = coupon_program(fixed(4), id=3, exclusion_group="a")
    held = {
        "A": CouponFacts(1, "A", 3, D(1)),
        "B": CouponFacts(2, "B", 3, D(1)),
        "C": CouponFacts(3, "C", 3, D(0)),
    }
    decision = decide(cart(line(1), codes=("A", "B", "C")), offer, Wallet(coupons=held))
    assert [one.reason for one in decision.codes] == [
        None,
        Reason.NOT_COMBINABLE,
        Reason.USED_UP,
    ]
    nothing_left = [program(percent(100), id=1, sequence=1), replace(offer, exclusion_group=None)]
    decision = decide(cart(line(1), codes=("A",)), nothing_left, Wallet(coupons=held))
    assert [one.reason for one in decision.codes] == [Reason.NOTHING_TO_DISCOUNT]


def test_a_code_of_several_programs_is_applied_if_one_of_them_is():
    small = code_program(fixed(1), "BOTH", id=1, rule={"minimum_amount": 50})
    large = code_program(fixed(2), "BOTH", id=2)
    decision = decide(cart(line(1), codes=("both",)), [small, large])
    assert ([one.reason for one in decision.codes], decision.discount_total) == ([None], 2)
    neither = decide(cart(line(1), codes=("both",)), [small])
    assert [one.reason for one in neither.codes] == [Reason.BELOW_MINIMUM_AMOUNT]
    two_rules = replace(small, rules=(*small.rules, rule(code="BOTH")))
    assert decide(cart(line(1), codes=("both",)), two_rules).discount_total == 1


def test_a_coupon_whose_conditions_do_not_hold_says_which():
    held = Wallet(coupons={"A": CouponFacts(1, "A", 3, D(1))})
    offer = coupon_program(fixed(4), rule(products=[1], minimum_qty=2), id=3)
    decision = decide(cart(line(1), codes=("A",)), offer, held)
    assert [one.reason for one in decision.codes] == [Reason.BELOW_MINIMUM_QTY]
    assert hinted(decision) == [(3, None, 1)]
    levels = coupon_program(fixed(4), rule(membership=4), id=3)
    decision = decide(cart(line(1), codes=("A",)), levels, held)
    assert [one.reason for one in decision.codes] == [Reason.MEMBERSHIP_REQUIRED]


def test_a_wallet_that_is_asked_for_too_much_pays_what_it_holds():
    pays = ewallet()
    other = replace(ewallet(), id=10, loyalty_program_id=10)
    asks = (claim(other), claim(pays))
    decision = decide(member(line(1), claims=asks), [pays, other], Wallet(cards=(card(4, 9, 4),)))
    assert [(one.program_id, one.amount) for one in decision.payments] == [(9, 4)]
    assert [(one.program_id, one.reason) for one in decision.refused_claims] == [
        (10, Reason.NOT_ENOUGH_POINTS)
    ]
    cent = member(line(1, 1, "0.01"), claims=(claim(pays),))
    paid = decide(cent, pays, Wallet(cards=(card("0.01", 9, 4),)))
    assert [(one.amount, one.points) for one in paid.payments] == [(D("0.01"), D("0.01"))]
    out = replace(pays, date_to=NOON - timedelta(1))
    asks = (claim(pays), claim(other))
    two = Wallet(cards=(card(4, 9, 4), card(3, 10, 5)))
    decision = decide(member(line(1), claims=asks), [out, other], two)
    assert [(one.program_id, one.amount) for one in decision.payments] == [(10, 3)]


def test_of_two_referral_codes_the_first_good_one_counts():
    offer = program(
        fixed(5), id=1, program_type=ProgramType.REFERRAL, trigger=Trigger.WITH_CODE,
        loyalty_program_id=1,
    )  # fmt: skip
    codes = {"ANNA": ReferralFacts("ANNA", 9), "BERT": ReferralFacts("BERT", 10)}
    asked = member(line(1), codes=("bert", "anna"))
    two = decide(asked, offer, Wallet(referrals=codes))
    assert [one.reason for one in two.codes] == [Reason.NOT_COMBINABLE, None]
    assert [one.referrer_id for one in two.referrals] == [9]
    own = codes | {"ANNA": ReferralFacts("ANNA", 9, same_person=True)}
    second = decide(asked, offer, Wallet(referrals=own))
    assert [one.reason for one in second.codes] == [None, Reason.SELF_REFERRAL]
    assert [one.referrer_id for one in second.referrals] == [10]
    both = {name: replace(one, same_person=True) for name, one in codes.items()}
    assert decide(asked, offer, Wallet(referrals=both)).referrals == ()


def test_a_program_that_made_no_point_was_not_applied():
    club = loyalty((), per_money(), id=1)
    decision = decide(member(line(1, 1, 0)), club, explain=True)
    assert (decision.points, trace_of(decision, 1).outcome) == ((), Outcome.PASSED_OVER)


def test_a_code_that_was_not_entered_is_what_is_missing_whatever_else_is():
    offer = code_program(fixed(1), "SPRING", id=2, rule={"minimum_amount": 50})
    asked = cart(line(1), claims=(claim(offer),))
    decision = decide(asked, offer, explain=True)
    told = trace_of(decision, 2)
    assert (told.reason, told.missing_amount) == (Reason.CODE_REQUIRED, None)
    assert decision.hints == ()


def test_claims_that_say_how_many_points_on_points_that_are_not_counted_yet():
    # 20 of this order, counted when the reward has its turn: 6 and 8 of them are used together.
    offer = program([per_point("0.10"), fixed(1, 7)], per_money(), id=1)
    asks = (claim(offer, points=D(6)), claim(offer, points=D(8)))
    decision = decide(cart(line(1, 2, 10), claims=asks), offer)
    assert [(one.points_cost, one.amount) for one in decision.rewards] == [(14, D("1.40"))]
    assert decision.refused_claims == ()
