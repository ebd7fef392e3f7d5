"""Leaving programs out for odd cents: what it looks at, what that may cost, and what it gives."""

from __future__ import annotations

import pytest

from promotions.engine.cart import CartLine
from promotions.engine.combine import Effort
from promotions.engine.refine import LOOK_BUDGET, ODD_CENTS_BUDGET, Refiner
from tests.promotions.engine.inside import Opened, opened
from tests.promotions.engine.shop import cart, fixed, free, line, percent, program

OFFERS = [
    program(percent(5, 1), id=1, sequence=1),
    program(percent(33), id=2, sequence=2),
    program(percent(100, 1), id=3, sequence=3),
]


def goods(price: str) -> tuple[CartLine, ...]:
    """Of 0.24 + 0.53 + 0.37 the first program costs a cent; of 0.26 it costs nothing.

    It takes 0.01 of the first line, so that the odd cent of the second one's 0.37 falls on
    another line, of which the third takes nothing.
    """
    return (line(1, 1, price), line(2, 1, "0.53"), line(3, 1, "0.37"))


LOSING = goods("0.24")


def refiner(inside: Opened, *, wild: bool = False) -> tuple[Refiner, Effort]:
    effort = Effort()
    return Refiner(inside.turns, inside.start, effort, wild=wild), effort


def ids(inside: Opened, refining: Refiner) -> list[int]:
    return [one.turn.program_id for one in refining.refined(inside.take_all()).taken]


def test_a_program_that_costs_a_cent_is_left_out_and_the_rest_is_taken_anew():
    inside = opened(cart(*LOSING), OFFERS)
    refining, effort = refiner(inside)
    every = inside.take_all()
    better = refining.refined(every)
    assert [one.turn.program_id for one in better.taken] == [2, 3]
    assert better.standing.goods == every.standing.goods - 1
    assert {one.program.id for one in better.chosen} == {2, 3}
    assert effort.certain


def test_what_was_looked_at_is_remembered_and_counted_once():
    inside = opened(cart(*LOSING), OFFERS)
    refining, effort = refiner(inside)
    assert ids(inside, refining) == ids(inside, refining) == [2, 3]
    assert effort.looked == 3
    # One set was tried, of the one program that is cheap enough: three turns.
    assert effort.odd_nodes == 3


def test_where_rewards_depend_on_each_other_nothing_is_left_out():
    inside = opened(cart(*LOSING), OFFERS)
    refining, effort = refiner(inside, wild=True)
    assert ids(inside, refining) == [1, 2, 3]
    assert (effort.looked, effort.odd_nodes, effort.certain) == (0, 0, True)


@pytest.mark.parametrize(("spent", "left_out"), [(LOOK_BUDGET - 3, True), (LOOK_BUDGET - 2, False)])
def test_beyond_the_budget_of_looking_all_are_taken_and_nothing_is_certain(spent, left_out):
    inside = opened(cart(*LOSING), OFFERS)
    refining, effort = refiner(inside)
    effort.looked = spent
    assert ids(inside, refining) == ([2, 3] if left_out else [1, 2, 3])
    assert effort.certain is left_out


@pytest.mark.parametrize(
    ("spent", "left_out"), [(ODD_CENTS_BUDGET - 3, True), (ODD_CENTS_BUDGET - 2, False)]
)
def test_beyond_the_budget_of_trying_all_are_taken_and_nothing_is_certain(spent, left_out):
    inside = opened(cart(*LOSING), OFFERS)
    refining, effort = refiner(inside)
    effort.odd_nodes = spent
    assert ids(inside, refining) == ([2, 3] if left_out else [1, 2, 3])
    assert effort.certain is left_out


def test_one_program_that_gave_something_is_not_doubted():
    inside = opened(cart(*LOSING), [OFFERS[0], program(fixed(1, 9), id=9)])
    refining, effort = refiner(inside)
    assert ids(inside, refining) == [1]
    assert effort.looked == 0


def test_two_programs_are_looked_at():
    inside = opened(cart(*LOSING), OFFERS[:2])
    refining, effort = refiner(inside)
    found = inside.take_all()
    # The last takes of the whole order: before it there is one alone, and nothing to doubt.
    assert refining.refined(found) is found
    assert (refining.tail, effort.looked) == (1, 0)
    apart = opened(cart(*LOSING), [program(percent(33), id=2, sequence=1), OFFERS[2]])
    refining, effort = refiner(apart)
    assert ids(apart, refining) == [2, 3]
    assert effort.looked == 2


def test_what_is_no_better_without_stays_as_it_was():
    inside = opened(cart(*goods("0.26")), OFFERS)
    refining, effort = refiner(inside)
    found = inside.take_all()
    assert refining.refined(found) is found
    assert effort.odd_nodes == 3


def test_goods_on_top_count_as_much_as_money():
    # The free mug is worth more than any odd cent: it is no program to leave out.
    gift = program(free(7, price="0.01"), id=4, sequence=0)
    inside = opened(cart(*LOSING), [*OFFERS, gift])
    refining, _ = refiner(inside)
    assert ids(inside, refining) == [4, 2, 3]
