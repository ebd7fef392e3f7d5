"""Split lines, shares, points by line, gift cards by unit: every number worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from promotions.engine.decision import CardPoints, CouponToIssue, LineResult, Share
from promotions.engine.definition import BonusPoints, ProductFilter, Reward
from promotions.engine.terms import (
    AppliesOn,
    EarnOn,
    Placement,
    PointMode,
    ProgramType,
    RewardType,
)
from promotions.engine.wallet import Wallet
from tests.promotions.engine.shop import (
    MEMBER,
    card,
    cart,
    cheapest,
    claim,
    decide,
    fixed,
    free,
    line,
    loyalty,
    member,
    only,
    per_money,
    per_point,
    per_unit,
    percent,
    program,
    rule,
)

D = Decimal
# Three units of 1 on two lines, one of 2; 10 + 20 + 5
SPLIT = (line(1, 1, 10, "a1"), line(2, 1, 5, "b"), line(1, 2, 10, "a2"))


def shares(*parts: tuple[str, str]) -> tuple[Share, ...]:
    return tuple(Share(line_id, D(amount)) for line_id, amount in parts)


def test_rewards_fall_on_split_lines_by_what_is_left_of_each():
    # A tenth of 30 is 3. Five off 32: 0.78 and 4.22 of 27, which is 1.41 of 9 and 2.81 of 18.
    sale, gift = program(percent(10, 1), id=1), program(fixed(5), id=2)
    decision = decide(cart(*SPLIT), [sale, gift])
    assert [one.shares for one in decision.rewards] == [
        shares(("a1", "1"), ("a2", "2")),
        shares(("b", "0.78"), ("a1", "1.41"), ("a2", "2.81")),
    ]
    assert decision.lines == (
        LineResult("a1", D(10), D("2.41"), D("7.59")),
        LineResult("b", D(5), D("0.78"), D("4.22")),
        LineResult("a2", D(20), D("4.81"), D("15.19")),
    )
    assert decision.lines == decide(cart(*SPLIT), [gift, sale], explain=True).lines


def test_points_by_money_are_split_over_lines_by_what_they_cost_before():
    # 27.00 is paid: 4.22 and 22.78, the latter a third and two thirds.
    offers = [program(percent(10, 1)), program(fixed(5)), loyalty((), per_money(), id=3)]
    decision = decide(member(*SPLIT), offers, Wallet(cards=(card(2, card_id=8),)))
    assert decision.points == (
        CardPoints(
            3, 1, 8, D(2), D(27), D(0), D(29),
            shares(("b", "4.22"), ("a1", "7.5933"), ("a2", "15.1867")),
        ),
    )  # fmt: skip


def test_points_by_unit_are_split_without_units_given_free():
    # Two of the three units are left to pay: four points on the lines of 1, two on the other.
    gift = program(free(1, required=2), per_unit(products=[1]))
    decision = decide(member(*SPLIT), [gift, loyalty((), per_unit(2), id=3)])
    (moved,) = decision.points
    assert (moved.card_id, moved.earned) == (None, 6)
    assert moved.earned_by_line == shares(("b", "2"), ("a1", "1.3333"), ("a2", "2.6667"))


def test_points_of_two_rules_meet_on_the_line_that_both_match():
    club = loyalty((), [per_unit(2, products=[1]), per_money(1)], id=3)
    decision = decide(member(line(1, 2, 10, "a"), line(2, 1, 5, "b")), club)
    (moved,) = decision.points
    # 5 by money on b; 20 by money and 4 by units on a
    assert moved.earned == 29
    assert moved.earned_by_line == shares(("a", "24"), ("b", "5"))


def test_lines_that_cost_nothing_share_points_evenly():
    club = loyalty((), per_unit(1), id=3)
    decision = decide(member(line(1, 1, 0, "a"), line(1, 1, 0, "b"), line(2, 1, 3, "c")), club)
    assert decision.points[0].earned_by_line == shares(("a", "1"), ("b", "1"), ("c", "1"))


def test_points_earned_before_the_programs_own_rewards_count_them_back():
    # 20 less 4 of its own and 10 % of 16 of another: 14.40 paid, 18.40 counted
    own = loyalty(per_point("0.10", required=40), per_money(), earn_on=EarnOn.BEFORE_OWN_REWARDS)
    gross = loyalty((), per_money(), earn_on=EarnOn.GROSS, loyalty_program_id=2)
    other = program(percent(10), sequence=99)
    wallet = Wallet(cards=(card(40), card(0, 2, 2)))
    asked = member(line(1, 2, 10), claims=(claim(own),))
    decision = decide(asked, [own, gross, other], wallet)
    assert [(one.loyalty_program_id, one.earned, one.spent) for one in decision.points] == [
        (1, D("18.40"), 40),
        (2, 20, 0),
    ]


def test_programs_that_add_most_to_a_card_come_first():
    spends = loyalty(per_point("0.10", required=10), (), id=1)
    little = loyalty((), rule(reward_point_amount=3), id=2)
    much = loyalty((), rule(reward_point_amount=7), id=3)
    asked = member(line(1), claims=(claim(spends, points=D(20)),))
    decision = decide(asked, [spends, little, much], Wallet(cards=(card(10),)))
    told = [
        (one.program_id, one.balance_before, one.earned, one.spent, one.balance_after)
        for one in decision.points
    ]
    assert told == [(3, 10, 7, 0, 17), (2, 17, 3, 0, 20), (1, 20, 0, 20, 0)]


def test_bonus_points_are_once_for_each_claim_and_multiply_the_card_they_are_on():
    bonus = Reward(7, RewardType.POINT, D(2), points=BonusPoints(amount=D(5)))
    double = Reward(8, RewardType.POINT, points=BonusPoints(multiplier=D("2.5")))
    offers = [
        program(bonus, per_unit(1), id=1, loyalty_program_id=1),
        program(double, id=2, loyalty_program_id=1),
        loyalty((), per_money(), id=3),
        loyalty((), per_money(9), id=4, loyalty_program_id=2),
    ]
    asked = member(line(1, 5, 3), claims=(claim(offers[0], times=2),))
    decision = decide(asked, offers)
    # Five points pay for two bonuses of 5; 15 earned, and one and a half times that again
    taken = [(one.program_id, one.points_cost, one.times, one.amount) for one in decision.rewards]
    assert taken == [(1, 4, 2, 0), (2, 1, 1, 0)]
    earned = {one.program_id: one.earned for one in decision.points}
    assert earned == {1: 10, 2: D("22.5"), 3: 15, 4: 135}


def gift_program(*rules, **fields):
    return program(
        per_point(1),
        rules,
        id=9,
        program_type=ProgramType.GIFT_CARD,
        applies_on=AppliesOn.FUTURE,
        is_payment=True,
        loyalty_program_id=9,
        **fields,
    )


def test_every_whole_unit_of_a_gift_card_becomes_a_card_worth_what_was_paid():
    # Two cards of 25 and one of 10 on three lines; a tenth off the first kind
    bought = (line(8, 1, 25, "x"), line(8, 1, 25, "y"), line(7, 1, 10, "z"), line(1, 1, 5, "a"))
    sells = gift_program(rule(reward_point_mode=PointMode.MONEY, products=[7, 8]))
    sale = program(percent(10, 8))
    decision = decide(cart(*bought), [sells, sale])
    assert decision.coupons_to_issue == (
        CouponToIssue(9, D(10), None, ("z",)),
        CouponToIssue(9, D("22.5"), None, ("x",)),
        CouponToIssue(9, D("22.5"), None, ("y",)),
    )


def test_gift_cards_by_unit_hold_what_the_rule_says_and_an_order_makes_one():
    by_order = rule(products=[1], reward_point_amount=3)
    by_unit = per_unit(20, products=[8])
    decision = decide(member(line(1), line(8, 2, 25, "x")), gift_program(by_order, by_unit))
    assert decision.coupons_to_issue == (
        CouponToIssue(9, D(3), None, ()),
        CouponToIssue(9, D(20), None, ("x",)),
        CouponToIssue(9, D(20), None, ("x",)),
    )


def later(*rules, **fields):
    return program(
        fixed(1),
        rules,
        program_type=ProgramType.NEXT_ORDER_COUPONS,
        applies_on=AppliesOn.FUTURE,
        **fields,
    )


def test_a_coupon_for_later_names_the_lines_that_made_it():
    of_goods = later(rule(products=[1], reward_point_amount=2), id=4)
    of_order = later(rule(minimum_amount=30), id=5)
    decision = decide(member(*SPLIT), [of_order, of_goods])
    assert decision.coupons_to_issue == (
        CouponToIssue(4, D(2), MEMBER, ("a1", "a2")),
        CouponToIssue(5, D(1), MEMBER, ()),
    )
    unknown = decide(cart(*SPLIT), of_goods)
    assert unknown.coupons_to_issue == (CouponToIssue(4, D(2), None, ("a1", "a2")),)


def test_what_split_lines_say_of_their_product_is_put_together():
    by_category = program(fixed(1), rule(filter=ProductFilter(categories=frozenset({7}))))
    by_tag = program(fixed(2), rule(filter=ProductFilter(tags=frozenset({"new"}))))
    one = line(1, 1, 10, "a", categories={7})
    two = line(1, 1, 10, "b", tags={"new"})
    assert decide(cart(one, two), [by_category, by_tag]).discount_total == 3
    assert decide(cart(two, one), [by_category, by_tag]).discount_total == 3
    assert decide(cart(one), [by_category, by_tag]).discount_total == 1


def test_an_adjustment_lowers_the_rules_that_its_product_category_or_tag_meets():
    less = line(3, 1, -4, "m", categories={7}, tags={"new"})
    goods = line(1, 1, 10, "a", categories={7}, tags={"new"})
    for matched, passes in (
        (only(1), True),
        (only(1, 3), False),
        (ProductFilter(categories=frozenset({7})), False),
        (ProductFilter(tags=frozenset({"new"})), False),
        (ProductFilter(products=frozenset({1}), categories=frozenset({9})), True),
    ):
        offer = program(fixed(1), rule(filter=matched, minimum_amount=7))
        assert decide(cart(goods, less), offer).discount_total == (1 if passes else 0)


def test_the_cheapest_unit_is_taken_several_times_as_points_allow():
    # Three units of 4, 7 and 9: the two cheapest are free one after the other, a third half.
    goods = [line(number, 1, price) for number, price in ((1, 4), (2, 7), (3, 9))]
    one = program(cheapest(100), id=1)
    two = program(cheapest(100), id=2)
    three = program(cheapest(50), id=3)
    decision = decide(cart(*goods), [one, two, three])
    assert [reward.amount for reward in decision.rewards] == [4, 7, D("4.50")]
    assert [reward.shares[0].line_id for reward in decision.rewards] == ["1@4", "2@7", "3@9"]


def test_units_on_top_of_two_programs_are_both_given():
    mug = program(free(2, price=6, placement=Placement.EXTRA), id=1)
    pen = program(free(3, qty=2, price=1, placement=Placement.EXTRA), id=2)
    decision = decide(cart(line(1)), [mug, pen])
    told = [
        (one.program_id, one.reward_id, one.product_id, one.sku, one.qty)
        for one in decision.free_items
    ]
    assert told == [
        (1, mug.rewards[0].id, 2, "P2", 1),
        (2, pen.rewards[0].id, 3, "P3", 2),
    ]
    assert [(one.amount, one.times) for one in decision.rewards] == [(0, 1), (0, 1)]
