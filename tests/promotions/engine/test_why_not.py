"""Why nothing came of a program, a code or a claim, and what is offered instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from promotions.engine.decision import Decision, ProgramTrace
from promotions.engine.definition import Program
from promotions.engine.terms import AppliesOn, Outcome, ProgramType, Reason
from promotions.engine.wallet import CouponFacts, UsageFacts, Wallet
from tests.promotions.engine.shop import (
    NOON,
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


def trace_of(decision: Decision, program_id: int) -> ProgramTrace:
    assert decision.trace is not None
    (found,) = (one for one in decision.trace if one.program_id == program_id)
    return found


def offered(decision: Decision) -> list[tuple[int, int, D]]:
    return [(one.program_id, one.reward_id, one.available_points) for one in decision.claimable]


def hinted(decision: Decision) -> list[tuple[int, D | None, D | None]]:
    return [(one.program_id, one.missing_amount, one.missing_qty) for one in decision.hints]


def wallet_program() -> Program:
    return program(
        per_point(1), (), id=9, program_type=ProgramType.EWALLET, is_payment=True,
        applies_on=AppliesOn.FUTURE, loyalty_program_id=9,
    )  # fmt: skip


def test_what_is_left_on_the_card_after_claims_is_offered_of_every_program():
    club = loyalty([fixed(5, required=50), fixed(1, required=80)], per_unit(2), id=1)
    stamps = loyalty(free(7, required=3), (), id=2, loyalty_program_id=2)
    asked = member(line(1, 1, 20), claims=(claim(club, 0),))
    decision = decide(asked, [club, stamps], Wallet(cards=(card(120), card(3, 2, 2))))
    # 120 + 2 - 50
    assert offered(decision) == [
        (1, club.rewards[0].id, D(72)),
        (2, stamps.rewards[0].id, D(3)),
    ]


def test_money_off_is_not_offered_where_nothing_is_due_but_goods_are():
    club = loyalty([fixed(5, required=5), free(7, required=5)], (), id=1)
    asked = member(line(1, 1, 20))
    decision = decide(asked, [club, program(percent(100), id=2)], Wallet(cards=(card(9),)))
    assert offered(decision) == [(1, club.rewards[1].id, D(9))]


def test_a_wallet_is_offered_while_something_is_due():
    pays = wallet_program()
    held = Wallet(cards=(card(30, 9, 4),))
    assert offered(decide(member(line(1)), pays, held)) == [(9, pays.rewards[0].id, D(30))]
    assert offered(decide(member(line(1), claims=(claim(pays),)), pays, held)) == []
    nothing_due = [pays, program(percent(100), id=2)]
    assert offered(decide(member(line(1)), nothing_due, held)) == []


def test_only_goods_to_choose_from_are_listed_with_an_offer():
    choice, plain = free(7, 8, required=5), free(9, required=5)
    club = loyalty([choice, plain], (), id=1)
    decision = decide(member(line(1)), club, Wallet(cards=(card(9),)))
    assert [one.products for one in decision.claimable] == [("P7", "P8"), ()]


def test_rewards_that_lost_to_a_better_program_are_not_offered():
    both = program([fixed(2), fixed(3, 1)], id=1, exclusion_group="a")
    better = program(fixed(5), id=2, exclusion_group="a")
    asked = cart(line(1), claims=(claim(both, 0),))
    assert offered(decide(asked, [both, better])) == []
    assert [one.reason for one in decide(asked, [both, better]).refused_claims] == [
        Reason.NOT_COMBINABLE
    ]
    waiting = decide(cart(line(1)), both)
    assert [one[:2] for one in offered(waiting)] == [(1, one.id) for one in both.rewards]


def test_points_that_count_what_is_left_are_counted_for_an_offer_too():
    two = program([fixed(2, required=15), fixed(3, 1, required=21)], per_money(), id=1)
    assert offered(decide(cart(line(1, 2, 10)), two)) == [(1, two.rewards[0].id, D(20))]
    off = program(percent(30), id=2)
    # 14 are left: neither can be paid
    assert offered(decide(cart(line(1, 2, 10)), [two, off])) == []


def test_the_nearest_hint_comes_first_by_amount_then_quantity_then_program():
    offers = [
        program(fixed(1), rule(products=[1], minimum_qty=4), id=5),
        program(fixed(1), rule(products=[1], minimum_qty=3), id=6),
        program(fixed(1), rule(products=[1], minimum_amount="10.01"), id=4),
        program(fixed(1), rule(products=[1], minimum_qty=3), id=3),
    ]
    assert hinted(decide(cart(line(1)), offers)) == [
        (3, None, 2),
        (6, None, 2),
        (5, None, 3),
        (4, D("0.01"), None),
    ]


def test_a_cent_that_is_missing_is_missing():
    offer = program(fixed(1), rule(minimum_amount="10.0001"), id=1)
    assert hinted(decide(cart(line(1)), offer)) == [(1, D("0.01"), None)]
    met = program(fixed(1), rule(minimum_amount="10"), id=1)
    assert decide(cart(line(1)), met).discount_total == 1


def test_points_are_missing_of_one_rule_of_this_order_alone():
    by_unit = program(fixed(5, required=3), per_unit(products=[1]), id=1)
    assert hinted(decide(cart(line(1, 2)), by_unit)) == [(1, None, 1)]
    by_order = program(fixed(5, required=3), rule(), id=1)
    assert hinted(decide(cart(line(1, 2)), by_order)) == []
    nothing = program(fixed(5, required=3), per_unit(0, products=[1]), id=1)
    assert hinted(decide(cart(line(1, 2)), nothing)) == []
    two = program(fixed(5, required=9), [per_unit(products=[1]), per_unit()], id=1)
    assert hinted(decide(cart(line(1, 2)), two)) == []
    lost = program(fixed(5, required=3), per_unit(products=[1]), id=1, exclusion_group="a")
    better = program(fixed(1), id=2, exclusion_group="a")
    assert hinted(decide(cart(line(1, 2)), [lost, better])) == []
    on_card = loyalty(fixed(5, required=50), per_unit(), id=1)
    asked = member(line(1), claims=(claim(on_card),))
    assert hinted(decide(asked, on_card, Wallet(cards=(card(3),)))) == []
    held = Wallet(coupons={"A": CouponFacts(1, "A", 3, D(1))})
    dear = coupon_program([fixed(5, required=3), fixed(1)], per_unit(products=[1]), id=3)
    assert hinted(decide(cart(line(1), codes=("A",)), dear, held)) == []


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
    pays = wallet_program()
    other = replace(wallet_program(), id=10, loyalty_program_id=10)
    asks = (claim(other), claim(pays))
    decision = decide(member(line(1), claims=asks), [pays, other], Wallet(cards=(card(4, 9, 4),)))
    assert [(one.program_id, one.amount) for one in decision.payments] == [(9, 4)]
    assert [(one.program_id, one.reason) for one in decision.refused_claims] == [
        (10, Reason.NOT_ENOUGH_POINTS)
    ]
    cent = member(line(1, 1, "0.01"), claims=(claim(pays),))
    paid = decide(cent, pays, Wallet(cards=(card("0.01", 9, 4),)))
    assert [(one.amount, one.points) for one in paid.payments] == [(D("0.01"), D("0.01"))]
    out = replace(pays, limit_usage=0)
    asks = (claim(pays), claim(other))
    two = Wallet(cards=(card(4, 9, 4), card(3, 10, 5)))
    decision = decide(member(line(1), claims=asks), [out, other], two)
    assert [(one.program_id, one.amount) for one in decision.payments] == [(10, 3)]
