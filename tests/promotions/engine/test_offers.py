"""What a customer could have: rewards to claim, and what is missing for others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from promotions.engine.decision import Decision
from promotions.engine.terms import Reason
from promotions.engine.wallet import CouponFacts, Wallet
from tests.promotions.engine.shop import (
    card,
    cart,
    claim,
    coupon_program,
    decide,
    ewallet,
    fixed,
    free,
    line,
    loyalty,
    member,
    per_money,
    per_unit,
    percent,
    program,
    rule,
)

D = Decimal


def offered(decision: Decision) -> list[tuple[int, int, D]]:
    return [(one.program_id, one.reward_id, one.available_points) for one in decision.claimable]


def hinted(decision: Decision) -> list[tuple[int, D | None, D | None]]:
    return [(one.program_id, one.missing_amount, one.missing_qty) for one in decision.hints]


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
    pays = ewallet()
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


def test_a_top_up_for_nobody_says_that_the_customer_is_missing() -> None:
    wallet = replace(ewallet(), rules=(per_money(products=[2]),))
    decision = decide(cart(line(1, 1, 5), line(2, 1, 20)), wallet, explain=True)
    assert [(one.program_id, one.reason) for one in decision.hints] == [
        (wallet.id, Reason.CUSTOMER_REQUIRED)
    ]
    assert decision.trace is not None
    assert decision.trace[0].reason is Reason.CUSTOMER_REQUIRED
    assert decide(cart(line(1)), wallet).hints == ()
    named = decide(member(line(2, 1, 20)), wallet)
    assert ([one.earned for one in named.points], named.hints) == ([20], ())
