"""The running state of an order: what is taken off it, and what another way leaves untouched."""

from __future__ import annotations

from promotions.engine.basket import Basket
from promotions.engine.standing import Standing
from tests.promotions.engine.shop import cart, line

# In minor units: 100, 300 and 600 on three positions
GOODS = (line(1, 1, 1), line(2, 1, 3), line(3, 1, 6))


def standing(*more, budgets: dict[int, int] | None = None) -> Standing:
    return Standing(Basket(cart(*GOODS, *more)), [7], budgets or {})


def test_a_start_has_given_and_spent_nothing():
    start = standing()
    assert (start.left, start.goods, start.total) == ([100, 300, 600], 1000, 1000)
    assert (start.gifts, start.extras, start.spent, start.freed) == (0, 0, 0, [0, 0, 0])
    assert not start.bounded
    assert standing(budgets={4: 5}).bounded
    assert standing(line(9, 1, "-0.01")).bounded


def test_points_are_spent_from_one_purse():
    start = standing()
    start.purses.append(9)
    start.pay(1, 4)
    start.pay(1, 2)
    assert (start.purses, start.spent) == ([7, 3], 6)


def test_an_amount_is_spread_by_what_is_left_and_names_no_line_without_a_share():
    start = standing()
    assert start.spread(4, (0, 1, 2), 1, 1000) == {2: 1}
    assert start.left == [100, 300, 599]
    assert start.spread(4, (0, 1, 2), 500, 999) == {0: 50, 1: 150, 2: 300}
    assert start.spread(4, (1,), 10, 150) == {1: 10}
    assert start.spread(4, (0, 1), 1, 190) == {1: 1}
    assert start.spread(4, (0, 2), 349, 349) == {0: 50, 2: 299}
    assert (start.left, start.goods) == ([0, 139, 0], 139)


def test_a_budget_is_lowered_by_what_its_program_took():
    start = standing(budgets={4: 500, 5: 60})
    start.spread(4, (0, 1, 2), 200, 1000)
    start.spread(9, (2,), 100, 480)
    assert start.budgets == {4: 300, 5: 60}
    assert start.take(5, {2: 50}) == {2: 50}
    assert start.take(9, {2: 10}) == {2: 10}
    assert start.budgets == {4: 300, 5: 10}
    sums = start.sums()
    assert sums.spread(4, (0, 1, 2), 100, sums.goods) == {}
    sums.spread(9, (0, 1, 2), 20, sums.goods)
    assert (sums.budgets, start.budgets) == ({4: 200, 5: 10}, {4: 300, 5: 10})
    assert (sums.goods, start.goods) == (520, 640)


def test_no_more_is_taken_than_line_budget_and_total_hold():
    start = standing(line(9, 1, "-9.50"), budgets={4: 45})
    assert (start.most(4, 100), start.most(4, 40), start.most(9, 100)) == (45, 40, 50)
    # 45 are left of the budget: 30, then 15 of what the second is asked for
    assert start.take(4, {0: 30, 1: 30, 2: 30}) == {0: 30, 1: 15}
    assert (start.left, start.goods, start.total) == ([70, 285, 600], 955, 5)
    assert start.budgets == {4: 0}
    assert start.take(4, {0: 30}) == {}
    assert start.take(9, {0: 1, 1: 1}) == {0: 1, 1: 1}
    assert start.take(9, {2: 9}) == {2: 3}
    assert start.total == 0


def test_a_line_is_taken_off_as_far_as_it_is_there():
    start = standing()
    assert start.take(4, {0: 150, 1: 50}) == {0: 100, 1: 50}
    assert start.take(4, {0: 1, 1: 1}) == {1: 1}
    assert (start.left, start.goods) == ([0, 249, 600], 849)


def test_a_total_is_never_below_zero():
    assert standing(line(9, 1, -11)).total == 0


def test_another_way_leaves_this_one_as_it_is():
    start = standing(budgets={4: 500})
    start.gifts, start.extras, start.spent = 3, 2, 1
    for twin in (start.copy(), start.sums(), start.sums().copy()):
        assert (twin.gifts, twin.extras, twin.spent, twin.bounded) == (3, 2, 1, True)
        assert (twin.goods, twin.basket, twin.freed) == (1000, start.basket, [0, 0, 0])
        twin.spread(4, (0, 1, 2), 10, 1000)
        twin.pay(0, 5)
        assert (twin.goods, twin.budgets, twin.purses, twin.spent) == (990, {4: 490}, [2], 6)
    assert (start.goods, start.budgets, start.purses, start.spent) == (1000, {4: 500}, [7], 1)
    assert start.left == [100, 300, 600]
    assert [start.copy().by_line, start.sums().by_line, start.sums().copy().by_line] == [
        True,
        False,
        False,
    ]
