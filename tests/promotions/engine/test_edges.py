"""Sums, roundings and ties at their edges: what only shows where two things meet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from promotions.engine.amounts import divide
from promotions.engine.catalog import Catalog
from promotions.engine.combine import Combination
from promotions.engine.definition import (
    BonusPoints,
    Program,
    Reward,
    SpecialPrice,
    Step,
    Steps,
)
from promotions.engine.terms import (
    EarnOn,
    ProgramType,
    RewardType,
    Rounding,
    StepsMode,
    Trigger,
)
from promotions.engine.wallet import CouponFacts, ReferralFacts, Wallet
from tests.promotions.engine.inside import opened
from tests.promotions.engine.shop import (
    NOON,
    POS,
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
    only,
    per_money,
    per_unit,
    percent,
    program,
    rule,
)

D = Decimal
DOWN = replace(POS, discount_rounding=Rounding.DOWN)


def special_price(price: str, *products: int, most: int | None = None) -> Reward:
    limit = None if most is None else D(most)
    return Reward(
        1, RewardType.SPECIAL_PRICE, special_price=SpecialPrice(D(price), only(*products), limit)
    )


def cascade(*percents: str) -> Reward:
    made = tuple(Step(D(place), D(one)) for place, one in enumerate(percents))
    return Reward(1, RewardType.MULTIPLE_DISCOUNT, steps=Steps(StepsMode.CASCADE, made))


def shares(decision: Any) -> list[dict[str, str]]:
    return [{one.line_id: str(one.amount) for one in taken.shares} for taken in decision.rewards]


@pytest.mark.parametrize(
    ("numerator", "down", "expected"),
    [(5, False, 3), (-5, False, -3), (5, True, 2), (-5, True, -2), (4, False, 2), (-1, True, 0)],
)
def test_halves_are_rounded_away_from_zero_and_down_means_towards_it(numerator, down, expected):
    assert divide(numerator, 2, down=down) == expected


def test_steps_one_after_the_other_are_one_reward_with_the_sum_of_their_shares():
    goods = (line(1, 3, "7.35", "a"), line(2, 1, "4.99", "b"))
    decision = decide(cart(*goods), program(cascade("10", "5")))
    # 2.70 of 27.04 and 1.22 of 24.34: 2.20 + 0.99 and 0.50 + 0.23
    assert [one.amount for one in decision.rewards] == [D("3.92")]
    assert shares(decision) == [{"a": "3.19", "b": "0.73"}]
    rounded_down = decide(cart(*goods, pos=DOWN), program(cascade("10", "5")))
    assert [one.amount for one in rounded_down.rewards] == [D("3.91")]


def test_a_step_may_take_one_cent_and_one_that_takes_none_is_left_out():
    little = cart(line(1, 1, "0.10", "a"))
    assert decide(little, program(cascade("10"))).discount_total == D("0.01")
    assert decide(little, program(cascade("1", "10"))).discount_total == D("0.01")


def test_a_special_price_is_rounded_as_the_store_does():
    reward = program(special_price("1.0033"))
    half = decide(cart(line(1, "0.5", "1.0144")), reward)
    down = decide(cart(line(1, "0.5", "1.0144"), pos=DOWN), reward)
    # (1.0144 - 1.0033) / 2 = 0.00555
    assert (half.discount_total, down.discount_total) == (D("0.01"), 0)


def test_a_special_price_skips_units_given_free_and_goes_on_to_cheaper_ones():
    first = program(free(1), rule(products=[3]), id=1, sequence=1)
    price = program(special_price("5", 1, 2), id=2, sequence=2)
    goods = (line(1, 1, 12), line(2, 2, 8), line(3, 1, 3))
    decision = decide(cart(*goods), [first, price])
    assert [one.amount for one in decision.rewards] == [12, 6]
    # Of two that may have the price, the one given free takes none of the places.
    limited = program(special_price("5", 1, 2, most=2), id=2, sequence=2)
    assert [one.amount for one in decide(cart(*goods), [first, limited]).rewards] == [12, 6]
    weighed = decide(cart(line(1, "0.0001", 60_000)), program(special_price("5", 1)))
    assert weighed.discount_total == 6


def bonus(amount: str | None = None, multiplier: str | None = None, required: str = "1") -> Reward:
    size = BonusPoints(
        None if amount is None else D(amount), None if multiplier is None else D(multiplier)
    )
    return Reward(7, RewardType.POINT, D(required), points=size)


def test_a_bonus_that_is_not_claimed_is_given_once_whatever_the_points():
    offer = program(bonus("5"), rule(reward_point_amount=3), id=1, loyalty_program_id=1)
    decision = decide(member(line(1)), offer)
    assert [(one.times, one.points_cost) for one in decision.rewards] == [(1, 1)]
    assert [one.earned for one in decision.points] == [5]
    poor = program(bonus("5", required="4"), rule(reward_point_amount=3), id=1)
    assert decide(member(line(1)), poor).rewards == ()
    nothing = program(bonus(multiplier="1"), id=1, loyalty_program_id=1)
    assert decide(member(line(1)), nothing).rewards == ()


def test_two_gifts_count_as_two_where_the_saving_is_the_same():
    offers = [program(bonus("5"), id=one, loyalty_program_id=1) for one in (1, 2)]
    assert opened(member(line(1)), offers).take_all().standing.extras == 2
    mugs = [program(free(7), id=one) for one in (1, 2)]
    assert opened(member(line(1)), mugs).take_all().standing.extras == 2


def test_points_by_money_are_lowered_by_adjustments_of_their_goods():
    club = loyalty((), [per_money(products=[1]), per_money(2, products=[2])], id=1)
    goods = (line(1, 1, 30), line(2, 1, 10), line(1, 1, -4, "less"), line(9, 1, -3, "other"))
    (moved,) = decide(member(*goods), club).points
    assert moved.earned == 26 + 20


def test_two_own_rewards_on_one_line_are_both_added_back():
    club = loyalty([fixed(3, 1, required=10), fixed(4, 1, required=10)], per_money(), id=1)
    club = replace(club, earn_on=EarnOn.BEFORE_OWN_REWARDS)
    asks = (claim(club, 0), claim(club, 1))
    decision = decide(member(line(1, 1, 50), claims=asks), club, Wallet(cards=(card(20),)))
    assert (decision.total, decision.points[0].earned) == (43, 50)


def test_gift_cards_given_free_are_no_cards_sold():
    sells = program(
        (), per_unit(25, products=[8]), id=9, program_type=ProgramType.GIFT_CARD,
        is_payment=True, loyalty_program_id=9,
    )  # fmt: skip
    gift = program(free(8, price=25), rule(products=[1]), id=2)
    decision = decide(cart(line(8, 3, 25), line(1)), [sells, gift])
    assert [one.points for one in decision.coupons_to_issue] == [25, 25]


def test_lines_of_one_product_say_everything_that_any_of_them_says():
    offers = [
        program(fixed(n), rule(filter=replace(only(), tags=frozenset({tag}))), id=n)
        for n, tag in ((1, "new"), (2, "red"))
    ]
    lines = (line(1, 1, 10, "a", tags={"new"}), line(1, 1, 10, "b", tags={"red"}))
    assert decide(cart(*lines), offers).discount_total == 3
    assert decide(cart(*lines[::-1]), offers).discount_total == 3


def test_points_that_were_spent_are_not_counted_again():
    offer = program([fixed(4), fixed(3, 1)], rule(), id=3)
    asks = (claim(offer, 0), claim(offer, 1))
    decision = decide(cart(line(1), claims=asks), offer)
    assert [one.points_cost for one in decision.rewards] == [1]
    counted = program([fixed(4, required=10), fixed(3, 1, required=10)], per_money(), id=3)
    asks = (claim(counted, 0), claim(counted, 1))
    two = decide(cart(line(1, 1, 20), claims=asks), counted)
    # 20 points, counted once before the first takes 3 off the line
    assert [one.points_cost for one in two.rewards] == [10, 10]
    one = decide(cart(line(1, 1, 19), claims=asks), counted)
    assert [taken.points_cost for taken in one.rewards] == [10]


def test_a_catalog_forgets_a_program_that_moves_points_on_no_card():
    extra = program(bonus("5"), id=1, loyalty_program_id=1)
    club = loyalty((), id=2)
    catalog = Catalog.build([extra, club], 1).changed((), [1, 2], 2)
    assert dict(catalog.programs) == {}
    assert (catalog.by_card(1), catalog.by_code("NONE"), catalog.version) == ((), (), 2)


def test_equal_filters_of_a_catalog_are_one():
    catalog = Catalog.build([program(fixed(1), rule(products=[1, 2])) for _ in range(3)], 1)
    assert len({one.rules[0].node for one in catalog.compiled.values()}) == 1
    later = catalog.changed([program(fixed(1), rule(products=[2, 1]))], (), 2)
    assert len({one.rules[0].node for one in later.compiled.values()}) == 1


def combination(saving: int, *keys: tuple[int, ...], codes: int = 0) -> Combination:
    """A combination that saved so much by turns of these keys, the first so many by a code."""
    basket = SimpleNamespace(goods=100)
    standing: Any = SimpleNamespace(
        basket=basket, goods=100 - saving, gifts=0, extras=0, spent=len(keys)
    )
    taken: list[Any] = [
        SimpleNamespace(
            turn=SimpleNamespace(key=key, candidate=SimpleNamespace(by_code=place < codes, key=key))
        )
        for place, key in enumerate(keys)
    ]
    for one in taken:
        one.turn.candidate = _Known(one.turn.candidate.by_code)
    return Combination(frozenset(), taken, standing)


class _Known:
    def __init__(self, by_code: bool) -> None:
        self.by_code = by_code


def test_of_equal_combinations_the_one_with_fewer_codes_then_the_earlier_is_preferred():
    assert combination(5, (1,)).beats(None)
    assert combination(6, (9,)).beats(combination(5, (1,)))
    assert not combination(5, (1,)).beats(combination(6, (9,)))
    assert combination(5, (9,)).beats(combination(5, (1,), codes=1))
    assert not combination(5, (1,), codes=1).beats(combination(5, (9,)))
    early, late = combination(5, (1,), (3,)), combination(5, (1,), (4,))
    assert early.beats(late)
    assert not late.beats(early)
    assert not early.beats(combination(5, (1,), (3,)))
    assert early.optimal


def test_a_referral_without_bonus_points_makes_a_coupon_though_its_points_have_a_card():
    offer = program(
        fixed(5), id=1, program_type=ProgramType.REFERRAL, trigger=Trigger.WITH_CODE,
        loyalty_program_id=1,
    )  # fmt: skip
    wallet = Wallet(referrals={"ANNA": ReferralFacts("ANNA", 9)})
    (reward,) = decide(member(line(1), codes=("anna",)), offer, wallet).referrals
    assert (reward.card_points, reward.coupon_points) == (0, 1)


def test_the_first_of_two_coupons_that_holds_enough_pays():
    offer = coupon_program([fixed(4, required=2), fixed(3, 1, required=2)], id=3)
    held = {"A": CouponFacts(1, "A", 3, D(2)), "B": CouponFacts(2, "B", 3, D(5))}
    asked = cart(line(1), codes=("A", "B"), claims=(claim(offer, 0),))
    decision = decide(asked, offer, Wallet(coupons=held))
    assert [one.coupon_id for one in decision.rewards] == [1]
    dearer = cart(line(1), codes=("A", "B"), claims=(claim(offer, 0, times=2),))
    assert [one.coupon_id for one in decide(dearer, offer, Wallet(coupons=held)).rewards] == [2]


def test_a_card_and_a_coupon_are_good_to_the_last_instant():
    pays = program(
        fixed(1), (), id=9, program_type=ProgramType.EWALLET, is_payment=True, loyalty_program_id=9
    )
    own = card(50, kind=9, card_id=4, expires_at=NOON)
    shown = decide(
        member(line(1), codes=("C4",)), pays, Wallet(cards=(own,), cards_by_code={"C4": own})
    )
    assert [one.reason for one in shown.codes] == [None]
    coupon = CouponFacts(1, "A", 3, D(1), expires_at=NOON)
    offer: Program = coupon_program(fixed(1), id=3)
    decision = decide(cart(line(1), codes=("A",)), offer, Wallet(coupons={"A": coupon}))
    assert [one.reason for one in decision.codes] == [None]


def test_each_rule_of_a_program_is_looked_at_although_one_before_does_not_hold():
    offer = code_program(percent(10), "NOT-ENTERED", id=3)
    offer = replace(offer, rules=(*offer.rules, rule(membership=4), rule(products=[1])))
    offer = replace(offer, trigger=Trigger.AUTO)
    assert decide(cart(line(1)), offer).discount_total == 1
