"""Paying by gift card and e-wallet, and putting money on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from promotions.engine.cart import Claim
from promotions.engine.definition import Program
from promotions.engine.terms import (
    AppliesOn,
    PointMode,
    ProgramType,
    Reason,
)
from promotions.engine.wallet import CardFacts, Wallet
from tests.promotions.engine.shop import (
    MEMBER,
    NOON,
    balance,
    card,
    cart,
    claim,
    decide,
    fixed,
    line,
    loyalty,
    member,
    per_point,
    percent,
    program,
    rule,
)


def payment(kind: ProgramType, program_id: int = 9, **fields: Any) -> Program:
    top_up = rule(reward_point_mode=PointMode.MONEY, products=[8])
    return program(
        per_point(1),
        top_up,
        id=program_id,
        program_type=kind,
        applies_on=AppliesOn.FUTURE,
        is_payment=True,
        loyalty_program_id=program_id,
        **fields,
    )


GIFT = payment(ProgramType.GIFT_CARD)
EWALLET = payment(ProgramType.EWALLET)


def gift_card(balance: str, card_id: int = 30, **fields: Any) -> CardFacts:
    return CardFacts(card_id, f"G{card_id}", 9, Decimal(balance), **fields)


def test_a_gift_card_pays_after_all_discounts_any_amount() -> None:
    wallet = Wallet(cards_by_code={"G30": gift_card("100")})
    decision = decide(cart(line(1, 1, 50), codes=("g-30",)), [GIFT, program(percent(10))], wallet)
    assert (decision.total, decision.discount_total, decision.amount_due) == (45, 5, 0)
    assert [(one.amount, one.points) for one in decision.payments] == [(45, 45)]
    assert decision.codes[0].reason is None


def test_two_gift_cards_pay_by_card_id_whatever_the_order_of_codes() -> None:
    wallet = Wallet(cards_by_code={"G30": gift_card("30"), "G31": gift_card("30", 31)})
    for codes in (("G30", "G31"), ("G31", "G30")):
        decision = decide(cart(line(1, 1, 50), codes=codes), GIFT, wallet)
        assert [(one.card_id, one.amount) for one in decision.payments] == [(30, 30), (31, 20)]


def test_two_programs_of_one_kind_of_points_never_take_more_than_is_on_a_card() -> None:
    wallet = Wallet(cards_by_code={"G30": gift_card("30")})
    twin = replace(GIFT, id=10)
    decision = decide(cart(line(1, 1, 50), codes=("G30",)), [GIFT, twin], wallet)
    assert [(one.program_id, one.amount) for one in decision.payments] == [(9, 30)]
    assert decision.amount_due == 20


def test_a_card_pays_with_what_rewards_left_on_it() -> None:
    spent = loyalty(fixed(5, required=20), (), id=3, loyalty_program_id=9)
    held = card(30, 9, 30)
    wallet = Wallet(cards=(held,), cards_by_code={"C30": held})
    asked = member(line(1, 1, 50), codes=("C30",), claims=(claim(spent),))
    decision = decide(asked, [GIFT, spent], wallet)
    taken = sum(one.spent for one in decision.points)
    assert taken == 20
    assert [one.points for one in decision.payments] == [10]


@pytest.mark.parametrize(
    ("facts", "partner", "expected"),
    [
        ({"active": False}, None, Reason.INACTIVE),
        ({"expires_at": NOON - timedelta(1)}, None, Reason.EXPIRED),
        ({"partner_ids": frozenset({6})}, MEMBER, Reason.WRONG_CUSTOMER),
        ({"partner_ids": frozenset({6})}, None, Reason.CUSTOMER_REQUIRED),
    ],
)
def test_a_gift_card_that_is_not_good_says_why(
    facts: dict[str, Any], partner: int | None, expected: Reason
) -> None:
    wallet = Wallet(cards_by_code={"G30": gift_card("30", **facts)})
    decision = decide(cart(line(1), codes=("G30",), partner_id=partner), GIFT, wallet)
    assert ([one.reason for one in decision.codes], decision.payments) == ([expected], ())


def test_an_empty_gift_card_is_used_up_and_a_needless_one_untouched() -> None:
    empty = Wallet(cards_by_code={"G30": gift_card("0")})
    decision = decide(cart(line(1), codes=("G30",)), GIFT, empty)
    assert [one.reason for one in decision.codes] == [Reason.USED_UP]
    full = Wallet(cards_by_code={"G30": gift_card("9")})
    nothing = decide(cart(line(1), codes=("G30",)), [GIFT, program(percent(100))], full)
    assert [one.reason for one in nothing.codes] == [Reason.NOTHING_TO_DISCOUNT]


def test_selling_gift_cards_makes_one_per_unit_worth_what_it_cost() -> None:
    decision = decide(cart(line(8, 2, 50), line(1, 1, 100)), GIFT)
    assert [(one.program_id, one.points) for one in decision.coupons_to_issue] == [(9, 50)] * 2
    cheaper = decide(cart(line(8, 2, 50)), [GIFT, program(percent(10, 8))])
    assert [one.points for one in cheaper.coupons_to_issue] == [45, 45]


def test_an_ewallet_waits_for_a_claim_and_pays_as_much_as_is_said() -> None:
    wallet = Wallet(cards=(card(20, kind=9),))
    waiting = decide(member(line(1, 1, 50)), EWALLET, wallet)
    assert (waiting.amount_due, len(waiting.claimable)) == (50, 1)
    paid = decide(member(line(1, 1, 50), claims=(claim(EWALLET),)), EWALLET, wallet)
    assert (paid.amount_due, paid.total, paid.payments[0].points) == (30, 50, 20)
    some = member(line(1, 1, 50), claims=(claim(EWALLET, points=Decimal("12.5")),))
    assert decide(some, EWALLET, wallet).amount_due == Decimal("37.50")


def test_an_ewallet_pays_with_whole_points_where_it_counts_no_others() -> None:
    wallet = Wallet(cards=(card("30", kind=9),))
    whole = replace(EWALLET, point_decimals=0)
    for said, points in (("3.5", 3), ("0.5", None)):
        basket = member(line(1), claims=(claim(whole, points=Decimal(said)),))
        paid = decide(basket, whole, wallet).payments
        assert [one.points for one in paid] == ([] if points is None else [points])


def test_a_gift_card_holds_no_smaller_part_of_a_point_than_it_counts() -> None:
    per_card = rule(reward_point_mode=PointMode.UNIT, products=[8], reward_point_amount="10.5")
    whole = replace(GIFT, point_decimals=0, rules=(per_card,))
    assert [one.points for one in decide(cart(line(8, 2)), whole).coupons_to_issue] == [10, 10]


def test_a_top_up_is_earned_and_cannot_be_spent_at_once() -> None:
    wallet = Wallet(cards=(card(20, kind=9),))
    basket = member(line(8, 1, 50), line(1, 1, 60), claims=(claim(EWALLET),))
    decision = decide(basket, EWALLET, wallet)
    assert (decision.amount_due, balance(decision)) == (90, ("50", "0", "70"))
    assert decision.payments[0].points == 20


def test_money_on_cards_buys_goods_and_no_more_of_itself() -> None:
    """After discounts: what the gift card is sold for is left to pay in another way."""
    discounts = program(percent(10), id=1)
    cards = Wallet(cards_by_code={"G30": gift_card("100")})
    basket = cart(line(8, 2, 50), line(1, 1, 60), codes=("G30",))
    decision = decide(basket, [discounts, GIFT], cards)
    assert (decision.total, decision.payments[0].amount, decision.amount_due) == (144, 54, 90)
    alone = decide(cart(line(8, 2, 50), codes=("G30",)), GIFT, cards)
    assert (alone.payments, alone.amount_due) == ((), 100)
    assert alone.codes[0].reason == Reason.NOTHING_TO_DISCOUNT


def test_paying_by_wallet_lowers_no_points() -> None:
    club = loyalty(fixed(1, required=999), id=1)
    wallet = Wallet(cards=(card(0), card(10, kind=9, card_id=2)))
    basket = member(line(1, 1, 100), claims=(claim(EWALLET),))
    decision = decide(basket, [club, EWALLET], wallet)
    assert (decision.amount_due, balance(decision)) == (90, ("100", "0", "100"))


def test_a_payment_that_cannot_be_made_is_refused() -> None:
    basket = member(line(1), claims=(claim(EWALLET),))
    refused = decide(basket, EWALLET).refused_claims
    assert [one.reason for one in refused] == [Reason.NOT_ENOUGH_POINTS]
    nobody = decide(cart(line(1), claims=(claim(EWALLET),)), EWALLET).refused_claims
    assert [one.reason for one in nobody] == [Reason.CUSTOMER_REQUIRED]
    no_card = decide(cart(line(1), claims=(claim(GIFT),)), GIFT).refused_claims
    assert [one.reason for one in no_card] == [Reason.CODE_REQUIRED]


def test_several_claims_on_one_wallet_pay_together() -> None:
    """The second uses what the first left: as one claim of both would."""
    wallet = Wallet(cards=(card(50, kind=9),))
    for first, second, points in (("10", "15", 25), ("40", "30", 50), ("10", None, 50)):
        said = [None if one is None else Decimal(one) for one in (first, second)]
        for order in (said, said[::-1]):
            claims = tuple(claim(EWALLET, points=one) for one in order)
            decision = decide(member(line(1, 1, 60), claims=claims), EWALLET, wallet)
            assert [one.points for one in decision.payments] == [points]
            assert (decision.amount_due, decision.refused_claims) == (60 - points, ())


def test_claims_of_two_rewards_of_one_wallet_are_not_taken_together() -> None:
    other = per_point(2)
    twice = replace(EWALLET, rewards=(*EWALLET.rewards, replace(other, id=77)))
    claims = (claim(twice, points=Decimal(5)), Claim(9, 77, points=Decimal(5)))
    decision = decide(
        member(line(1, 1, 60), claims=claims), twice, Wallet(cards=(card(50, kind=9),))
    )
    assert len(decision.payments) == 1
    assert [one.reason for one in decision.refused_claims] == [Reason.NOT_COMBINABLE]


def test_a_wallet_that_has_nothing_to_pay_says_so() -> None:
    free = [EWALLET, program(percent(100))]
    basket = member(line(1), claims=(claim(EWALLET), claim(EWALLET)))
    decision = decide(basket, free, Wallet(cards=(card(50, kind=9),)))
    assert [one.reason for one in decision.refused_claims] == [Reason.NOTHING_TO_DISCOUNT] * 2


@pytest.mark.parametrize(
    ("qty", "mode", "made", "parts"),
    [
        ("1.5", PointMode.MONEY, "1", (8,)),
        ("0.5", PointMode.MONEY, "1", (8,)),
        ("2", PointMode.MONEY, "1", ()),
        ("1.5", PointMode.MONEY, "0.9", ()),
        ("1.5", PointMode.UNIT, "50", (8,)),
        ("1.5", PointMode.UNIT, "49.99", ()),
        ("1.5", PointMode.ORDER, "50", ()),
    ],
)
def test_part_of_a_gift_card_is_hinted(
    qty: str, mode: PointMode, made: str, parts: tuple[int, ...]
) -> None:
    per_card = rule(reward_point_mode=mode, products=[8], reward_point_amount=made)
    decision = decide(cart(line(8, qty, 50), line(1, "0.5")), replace(GIFT, rules=(per_card,)))
    told = [(one.reason, one.product_ids) for one in decision.hints]
    assert told == ([(Reason.WHOLE_UNITS_ONLY, parts)] if parts else [])
