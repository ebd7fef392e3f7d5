"""What cards and e-wallets pay: whole records and their trace, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from promotions.engine import evaluate
from promotions.engine.catalog import Catalog
from promotions.engine.decision import (
    Claimable,
    Hint,
    Payment,
    ProgramTrace,
    TraceStep,
)
from promotions.engine.definition import Program, Reward
from promotions.engine.terms import (
    AppliesOn,
    Outcome,
    PointMode,
    ProgramType,
    Reason,
)
from promotions.engine.wallet import CardFacts, Wallet
from tests.promotions.engine.shop import (
    MEMBER,
    NOON,
    card,
    cart,
    claim,
    decide,
    fixed,
    line,
    member,
    per_point,
    percent,
    program,
    rule,
)

D = Decimal


def pays(reward: Reward, kind: ProgramType = ProgramType.GIFT_CARD, **fields: Any) -> Program:
    named: dict[str, Any] = {"id": 9, "loyalty_program_id": 9}
    return program(
        reward,
        rule(reward_point_mode=PointMode.MONEY, products=[8]),
        program_type=kind,
        applies_on=AppliesOn.FUTURE,
        is_payment=True,
        **(named | fields),
    )


def shown(balance: str | int, card_id: int = 30) -> Wallet:
    facts = CardFacts(card_id, f"G{card_id}", 9, D(balance))
    return Wallet(cards_by_code={f"G{card_id}": facts})


@pytest.mark.parametrize(
    ("reward", "balance", "amount", "points"),
    [
        (per_point("0.5"), 11, "5.50", 11),  # all that is on it
        (per_point("0.5", max_amount="4"), 11, 4, 8),
        (per_point(2), 11, 10, 5),  # no more than is due
        (fixed(3, required=4), 11, 3, 4),
        (fixed(3, required=11), 11, 3, 11),
        (fixed(30, required=4), 11, 10, 4),
        (percent(25, required=4), 11, "2.50", 4),
        (percent("33.33", required=4), 11, "3.33", 4),
    ],
)
def test_a_card_pays_as_its_reward_says(
    reward: Reward, balance: int, amount: str, points: int
) -> None:
    offer = pays(reward)
    decision = decide(cart(line(1), codes=("G30",)), offer, shown(balance), explain=True)
    paid = D(amount)
    assert decision.payments == (Payment(9, 90, reward.id, 30, paid, D(points)),)
    assert decision.amount_due == 10 - paid
    assert decision.trace is not None
    step = TraceStep(9, reward.id, "payment", D(points), D(1), paid, paid, D(points))
    assert decision.trace == (ProgramTrace(9, 90, Outcome.APPLIED, steps=(step,)),)


@pytest.mark.parametrize("balance", [3, "3.99"])
def test_a_card_that_holds_too_little_for_its_reward_pays_nothing(balance: str) -> None:
    decision = decide(cart(line(1), codes=("G30",)), pays(fixed(3, required=4)), shown(balance))
    assert decision.payments == ()
    assert decision.codes[0].reason is not None


WALLET = pays(per_point(1), ProgramType.EWALLET)
HELD = Wallet(cards=(card(12, 9, 4),))


def test_an_ewallet_waits_until_it_is_claimed() -> None:
    decision = decide(member(line(1)), WALLET, HELD, explain=True)
    (reward,) = WALLET.rewards
    assert decision.claimable == (Claimable(9, reward.id, D(1), D(12), (), 4),)
    waiting = ProgramTrace(9, 90, Outcome.OFFERED, Reason.WAITS_FOR_CLAIM)
    assert decision.trace == (waiting,)
    due = decide(member(line(1), claims=(claim(WALLET, points=D(7)),)), WALLET, HELD)
    assert due.payments == (Payment(9, 90, reward.id, 4, D(7), D(7)),)
    assert (due.amount_due, due.claimable, due.refused_claims) == (3, (), ())
    in_full = decide(member(line(1), claims=(claim(WALLET),)), WALLET, HELD)
    assert (in_full.amount_due, in_full.payments[0].points) == (0, 10)


def test_claims_on_cards_are_paired_by_what_they_say_and_the_rest_taken_with_the_members() -> None:
    said = [claim(WALLET, points=D(points)) for points in (1, 2, 3)]
    other = card(8, 9, 3)  # a lower id than the member's own card
    wallet = replace(HELD, cards_by_code={"C3": other})
    for claims in (said, said[::-1]):
        decision = decide(member(line(1), claims=tuple(claims), codes=("C3",)), WALLET, wallet)
        assert [(one.card_id, one.points) for one in decision.payments] == [(3, 1), (4, 5)]
        assert decision.refused_claims == ()


def test_a_claim_that_pays_nothing_says_why() -> None:
    (reward,) = WALLET.rewards

    def refused(goods: int = 10, **more: Any) -> tuple[Hint, ...]:
        wallet = more.pop("wallet", HELD)
        asked = replace(claim(WALLET), **more.pop("claim", {}))
        basket = cart(line(1, 1, goods), claims=(asked,), **more)
        return decide(basket, [WALLET, program(fixed(4), id=1)], wallet).refused_claims

    def hint(reason: Reason, reward_id: int = reward.id) -> tuple[Hint, ...]:
        return (Hint(9, reason, reward_id=reward_id),)

    assert refused(partner_id=MEMBER) == ()
    assert refused(4, partner_id=MEMBER) == hint(Reason.NOTHING_TO_DISCOUNT)
    empty = Wallet(cards=(card(0, 9, 4),))
    assert refused(partner_id=MEMBER, wallet=empty) == hint(Reason.NOT_ENOUGH_POINTS)
    none = Wallet()
    assert refused(partner_id=MEMBER, wallet=none) == hint(Reason.NOT_ENOUGH_POINTS)
    assert refused(wallet=none) == hint(Reason.CUSTOMER_REQUIRED)
    unknown = {"reward_id": 12345}
    assert refused(partner_id=MEMBER, claim=unknown) == hint(Reason.UNKNOWN, 12345)


def test_a_claim_of_a_program_that_is_not_in_force_is_refused_with_the_reason() -> None:
    elsewhere = replace(WALLET, pos_configs=frozenset({7}))
    (reward,) = WALLET.rewards
    decision = decide(member(line(1), claims=(claim(elsewhere),)), elsewhere, HELD)
    assert decision.refused_claims == (Hint(9, Reason.WRONG_POS, reward_id=reward.id),)


def test_two_programs_of_one_card_share_what_is_on_it() -> None:
    small = pays(fixed(3, required=4), id=8)
    large = pays(per_point(1), id=9)
    decision = decide(cart(line(1), codes=("G30",)), [large, small], shown(9))
    told = [(one.program_id, one.amount, one.points) for one in decision.payments]
    assert told == [(8, 3, 4), (9, 5, 5)]


def test_a_program_that_nothing_leads_to_is_explained_when_it_is_asked_about() -> None:
    far = program(fixed(1), rule(products=[7]), id=3)
    catalog = Catalog.build([far], 1)
    asked = evaluate(cart(line(1)), catalog, Wallet(), NOON, explain=True, also=[3])
    reason = Reason.NO_MATCHING_PRODUCT
    assert asked.trace == (ProgramTrace(3, 30, Outcome.PASSED_OVER, reason, missing_qty=None),)
    assert evaluate(cart(line(1)), catalog, Wallet(), NOON, explain=True).trace == ()
