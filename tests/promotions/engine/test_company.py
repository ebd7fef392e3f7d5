"""Rewards in the company of others: what one took or freed before the next has its turn."""

from __future__ import annotations

from decimal import Decimal

from promotions.engine.definition import Reward, SetSlot, SpecialSet, Step, Steps
from promotions.engine.terms import Reason, RewardType, StepsMode
from promotions.engine.wallet import ReferralFacts, Wallet
from tests.promotions.engine.shop import (
    cart,
    cheapest,
    decide,
    fixed,
    free,
    line,
    member,
    only,
    percent,
    program,
    rule,
)

D = Decimal


def a_set(price: str, *products: int) -> Reward:
    slots = tuple(SetSlot(D(1), only(one)) for one in products)
    return Reward(1, RewardType.SPECIAL_SET, special_set=SpecialSet(D(price), slots))


def taken(decision) -> list[tuple[int, D]]:
    return [(one.program_id, one.amount) for one in decision.rewards]


def test_units_given_free_sit_in_no_set_and_are_no_cheapest_and_not_free_again():
    goods = (line(1, 2, 10), line(2, 2, 4), line(3, 1, 30))
    gift = program(free(1), rule(products=[3]), id=1, sequence=1)
    sets = program(a_set("9", 1, 2), id=2, sequence=2)
    # Of the two units of 1 one is left: a single set of 14 for 9.
    assert taken(decide(cart(*goods), [gift, sets])) == [(1, 10), (2, 5)]
    assert taken(decide(cart(*goods), sets)) == [(2, 10)]
    low = program(cheapest(100, 1), id=3, sequence=3)
    thrice = [gift, low, program(cheapest(100, 1), id=4, sequence=4)]
    assert taken(decide(cart(*goods), thrice)) == [(1, 10), (3, 10)]
    two_gifts = program(free(1, qty=2), rule(products=[3]), id=5, sequence=5)
    decision = decide(cart(*goods), [gift, two_gifts])
    assert taken(decision) == [(1, 10), (5, 10)]
    assert [one.qty for one in decision.free_items] == [1]


def test_a_set_that_saves_a_cent_is_sold():
    goods = (line(1, 1, 10), line(2, 1, 4))
    assert decide(cart(*goods), program(a_set("13.99", 1, 2))).discount_total == D("0.01")
    assert decide(cart(*goods), program(a_set("14", 1, 2))).rewards == ()


def test_steps_over_the_whole_order_come_after_discounts_on_lines():
    made = (Step(D(0), D(10)),)
    steps = Reward(1, RewardType.MULTIPLE_DISCOUNT, steps=Steps(StepsMode.TIER, made))
    lines = Reward(
        1, RewardType.MULTIPLE_DISCOUNT, steps=Steps(StepsMode.TIER, made, filter=only(1))
    )
    off = program(fixed(20, 1), id=5)
    assert taken(decide(cart(line(1, 1, 100)), [off, program(steps, id=1)])) == [(5, 20), (1, 8)]
    both = decide(cart(line(1, 1, 100)), [off, program(lines, id=1)])
    assert taken(both) == [(1, 10), (5, 20)]


def test_the_best_of_order_wide_programs_falls_on_the_lines_though_another_looked_better():
    """Alone a third looks best; after half was taken off, a fixed amount saves more."""
    goods = (line(1, 1, 60, "a"), line(2, 1, 40, "b"))
    offers = [
        program(percent(1), id=1, sequence=1, exclusion_group="g"),
        program(percent(50), id=2, sequence=2),
        program(percent(30), id=3, sequence=3, exclusion_group="o"),
        program(fixed(28), id=4, sequence=4, exclusion_group="o"),
        program(fixed("0.60"), id=5, sequence=5, exclusion_group="g"),
    ]
    decision = decide(cart(*goods), offers)
    assert taken(decision) == [(2, 50), (4, 28), (5, D("0.60"))]
    assert decision.optimal
    assert [one.total for one in decision.lines] == [D("12.84"), D("8.56")]
    for reward in decision.rewards:
        assert sum(share.amount for share in reward.shares) == reward.amount


def test_a_referral_code_without_a_program_in_force_is_inactive():
    wallet = Wallet(referrals={"ANNA": ReferralFacts("ANNA", 9)})
    decision = decide(member(line(1), codes=("anna",)), program(fixed(1), id=2), wallet)
    assert [one.reason for one in decision.codes] == [Reason.INACTIVE]


def test_a_decision_names_its_currency_and_each_step_its_reward():
    offer = program(fixed(1), id=2)
    decision = decide(cart(line(1)), offer, explain=True)
    assert decision.currency == "USD"
    assert decision.trace is not None
    assert [step.reward_id for step in decision.trace[0].steps] == [offer.rewards[0].id]
