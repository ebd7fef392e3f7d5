"""What a reward may touch and save at most: the search and the odd cents rest on it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promotions.engine.cart import Claim, PosFacts
from promotions.engine.definition import Reward, SetSlot, SpecialSet
from promotions.engine.rewards.reward import Taken, Turn
from promotions.engine.terms import AppliesTo, DiscountMode, Placement, RewardType
from promotions.engine.wallet import Wallet
from tests.promotions.engine.inside import Opened, opened
from tests.promotions.engine.shop import (
    card,
    cart,
    cheapest,
    claim,
    discount,
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
# By price: half a kilo at 2, nothing at 3, one at 4, three at 5 for 15, one at 9
GOODS = (
    line(1, "0.5", 2),
    line(2, 0, 3),
    line(3, 1, 4),
    line(4, 3, 5),
    line(5, 1, 9),
)


def of(reward: Reward, *goods, rules=None, **more) -> tuple[Turn, Opened]:
    inside = opened(cart(*(goods or GOODS), **more), program(reward, rules))
    (turn,) = inside.turns
    return turn, inside


def reach(turn: Turn, taken: Taken | None, inside: Opened) -> list[int]:
    return list(turn.reward.reach(turn, taken, inside.start))


def most(turn: Turn, inside: Opened) -> int | None:
    return turn.reward.most(turn, inside.start)


def worth(turn: Turn, inside: Opened) -> int | None:
    return turn.reward.worth(turn, inside.start)


def test_the_cheapest_reaches_what_it_took_and_cheaper_units_that_were_gone():
    turn, inside = of(cheapest(50))
    assert reach(turn, None, inside) == [0, 1, 2, 3, 4]
    inside.start.left[2] = 0  # the unit at 4 costs nothing any more
    taken = inside.take()
    assert taken is not None
    assert taken.parts == {3: 250}
    # A part of a unit, and a line without a unit, never cost a unit.
    assert reach(turn, taken, inside) == [2, 3]


def test_the_cheapest_that_takes_its_first_target_reaches_that_alone():
    turn, inside = of(cheapest(50, 3, 4))
    taken = inside.take()
    assert taken is not None
    assert (reach(turn, taken, inside), taken.parts) == ([2], {2: 200})
    one, inside = of(cheapest(50, 4, 5))
    inside.start.left[3] = 0
    assert reach(one, inside.take(), inside) == [3, 4]


def test_the_cheapest_takes_at_most_the_dearest_unit_each_time():
    turn, inside = of(cheapest(10))
    assert most(turn, inside) == 900
    turn.times = 3
    assert most(turn, inside) == 2700
    weighed, inside = of(cheapest(10), line(1, "0.999", 90), line(2, "1.5", 3), line(3, 1, 2))
    assert most(weighed, inside) == 300
    nothing, inside = of(cheapest(10), line(1, "0.999", 90))
    assert most(nothing, inside) == 0


def test_what_takes_of_lines_together_saves_no_more_than_alone():
    for reward in (percent(10), fixed(3), percent(10, 3, 4)):
        turn, inside = of(reward)
        assert most(turn, inside) is None
        assert reach(turn, None, inside) == list(turn.targets)


@pytest.mark.parametrize(
    ("reward", "saved"),
    [
        (percent(10), 290),
        (fixed(3), 300),
        (fixed(300), 2900),
        (percent(10, 3, 4), 190),
        (fixed(300, 3), 400),
        (percent(10, 1), 10),
        (percent(10, 2), 0),
        (percent(10, 9), 0),
    ],
)
def test_what_a_discount_is_worth_now_is_what_it_then_takes(reward, saved):
    turn, inside = of(reward)
    assert worth(turn, inside) == saved
    taken = inside.take()
    assert (0 if taken is None else taken.amount) == saved


def test_a_discount_that_its_points_do_not_pay_is_worth_nothing():
    turn, inside = of(percent(10, required=3), rules=rule(reward_point_amount=2))
    assert (worth(turn, inside), inside.take()) == (0, None)


def test_what_is_taken_several_times_or_off_a_unit_must_be_taken_to_be_known():
    turn, inside = of(percent(10))
    turn.times = 1
    assert worth(turn, inside) == 290
    turn.times = 2
    assert worth(turn, inside) is None
    for reward in (cheapest(10), free(3)):
        turn, inside = of(reward)
        assert worth(turn, inside) is None


def test_one_cent_is_worth_a_cent():
    turn, inside = of(fixed(1, 1), line(1, 1, "0.01"), line(2, 1, 5))
    assert worth(turn, inside) == 1


def test_a_free_product_reaches_its_units_in_the_cart_unless_they_come_on_top():
    turn, inside = of(free(4))
    assert reach(turn, None, inside) == [3]
    extra, inside = of(free(4, placement=Placement.EXTRA))
    assert reach(extra, None, inside) == []
    absent, inside = of(free(9))
    assert reach(absent, None, inside) == []
    two_prices, inside = of(free(4), line(4, 1, 5), line(4, 1, 7), line(9, 1, 6))
    assert reach(two_prices, None, inside) == [0, 2]


def test_a_free_product_is_worth_the_dearest_of_its_prices_for_every_claim():
    # Two points a claim, three units a claim; 4 units of 4 in the cart make six points
    by_unit = per_unit(products=[4])
    turn, inside = of(free(4, qty=3, required=2, price=7), line(4, 6, 5), rules=by_unit)
    assert most(turn, inside) == 3 * 3 * 700
    dear, inside = of(free(4, qty=3, required=2, price=3), line(4, 6, 5), rules=by_unit)
    assert most(dear, inside) == 3 * 3 * 500
    dear.times = 2
    assert most(dear, inside) == 2 * 3 * 500
    dear.times = 9
    assert most(dear, inside) == 3 * 3 * 500


def test_a_price_below_a_cent_counts_as_a_whole_one():
    turn, inside = of(free(7, price="0.0101"))
    assert most(turn, inside) == 2


def test_a_free_product_in_a_currency_without_decimals():
    yen = PosFacts(id=1, ref="tokyo", currency="JPY", digits=0)
    turn, inside = of(free(7, price=300), line(1, 1, 900), pos=yen)
    assert most(turn, inside) == 300


def test_points_that_count_what_is_left_count_all_of_it_at_most():
    turn, inside = of(free(7, required=10, price=2), rules=per_money())
    assert inside.start.purses == [-1]
    # 29.00 make 29 points: two mugs at 2.00
    assert most(turn, inside) == 400


def test_a_chosen_product_is_the_one_that_counts():
    gift = program(free(3, 4, price=7))
    asked = cart(*GOODS, claims=(Claim(gift.id, gift.rewards[0].id, product_id=4),))
    inside = opened(asked, gift)
    (turn,) = inside.turns
    assert reach(turn, None, inside) == [3]
    assert most(turn, inside) == 700


def test_a_set_reaches_what_can_sit_in_any_of_its_places():
    slots = (SetSlot(D(1), only(4, 3)), SetSlot(D(1), only(3, 1)))
    reward = Reward(1, RewardType.SPECIAL_SET, special_set=SpecialSet(D(1), slots))
    turn, inside = of(reward)
    assert reach(turn, None, inside) == [0, 2, 3]


def test_a_fixed_amount_off_the_cheapest_and_points_are_bounded_by_the_unit():
    turn, inside = of(discount(DiscountMode.FIXED, 500, AppliesTo.CHEAPEST))
    taken = inside.take()
    assert taken is not None
    assert (taken.amount, most(turn, inside)) == (400, 900)


def test_claims_on_a_card_count_as_often_as_they_are_made():
    club = loyalty(free(7, required=2, price=3), (), id=1)
    asked = member(*GOODS, claims=(claim(club, times=4),))
    inside = opened(asked, club, Wallet(cards=(card(20),)))
    (turn,) = inside.turns
    assert most(turn, inside) == 4 * 300
