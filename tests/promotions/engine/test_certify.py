"""The bounds by which the engine knows that no odd cent was lost, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from promotions.engine import certify
from promotions.engine.certify import Part, is_wild
from promotions.engine.choices import _Ladder
from promotions.engine.rewards.reward import Shape
from promotions.engine.rewards.special_set import _Seats


class Standin:
    """A candidate or a turn as far as the bounds look at it; known by its identity."""

    def __init__(self, name: str, **fields: Any) -> None:
        self.name = name
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        return self.name


def candidate(name: str, key: int = 0, groups: int = 0) -> Any:
    return Standin(name, keys=[(key,)], groups=groups)


def turn(one: Any, shape: Shape, *targets: int, **fields: Any) -> Any:
    named = {"purse": 0, "program_id": 1, "frees": False} | fields
    reward = SimpleNamespace(shape=shape, frees=named.pop("frees"), reach=lambda *_given: targets)
    return Standin(f"turn of {one}", candidate=one, reward=reward, targets=targets, **named)


def taken(parts: dict[int, int], units: int = 0) -> Any:
    return SimpleNamespace(parts=parts, units=units)


def test_what_may_be_left_out_comes_in_sets_that_cost_no_more_than_the_slack():
    a, b, c = candidate("a", 2), candidate("b", 1), candidate("c")
    part = Part([0], [])
    assert (part.slack, list(part.left_out())) == (0, [])
    part.loose, part.slack = {a: 0, b: 0, c: 900}, 900
    assert list(part.left_out()) == [(b,), (a,), (c,), (b, a), (b, c), (a, c), (b, a, c)]
    part.loose, part.slack = {a: 300, b: 400, c: 900}, 700
    assert list(part.left_out()) == [(a,), (b,), (a, b)]
    part.slack = 299
    assert list(part.left_out()) == []


@pytest.mark.parametrize(
    ("parts", "now", "final", "most"),
    [
        ({0: 10}, [110, 50], [50, 50], 4 * 500 // 2 + 1),
        ({0: 10, 1: 25}, [110, 50], [100, 20], 4 * 200 // 2 + 1),
        (None, [110, 50], [110, 50], 1),
        (None, [110, 0], [110, 0], 4 * 1000 // 2 + 1),
        ({}, [3, 1], [1, 1], 4 * 667 // 2 + 1),
    ],
)
def test_odd_cents_move_the_more_the_less_is_left_in_the_end(parts, now, final, most):
    split = turn(candidate("a"), Shape.POOL, 0, 1)
    given = None if parts is None else taken(parts)
    assert certify._odd_cents(split, given, now, final) == most


def test_leaving_out_costs_what_later_rewards_do_not_take_back():
    names = [candidate(name) for name in "fedcab"]
    f, e, d, c, a, b = names
    turns = [
        turn(f, Shape.UNITS, 0),
        turn(e, Shape.UNITS, 0),
        turn(d, Shape.POOL, 0, 1),
        turn(c, Shape.UNITS, 0, 1),
        turn(a, Shape.POOL, 0, 1),
        turn(b, Shape.UNITS, 0),
    ]
    given = {
        turns[0]: taken({}, units=1),
        turns[1]: taken({0: 9, 5: 7}),
        turns[3]: taken({0: 1, 1: 1}),
        turns[4]: taken({0: 20, 1: 10}),
        turns[5]: taken({0: 40}),
    }
    part = Part([0, 1], turns)
    certify._measure(part, given, [40, 40, 9, 9, 9, 9])
    # b: all of 40. a: 10 - 1 and 10, more than the slack of -1. Its split of 80 of which 40 are
    # left can move 1.001: a slack of 0.001. c: 0.4 and 0.8, less than later rewards round.
    # d took nothing, and its split of 101 of which 40 are left adds 4 * 604 / 2 + 1 = 1.209.
    # e: 9 * 40 / 101 - 3 = 0.564. f gives goods that would be lost for certain.
    assert part.loose == {c: 0, d: 0, e: 564}
    assert part.slack == 1 + 1209


def test_what_costs_exactly_the_slack_may_be_left_out():
    a, b = candidate("a"), candidate("b")
    turns = [turn(b, Shape.UNITS, 0), turn(a, Shape.POOL, 0, 1)]
    part = Part([0, 1], turns)
    # The split took nothing and half of it is gone: 4 * 1000 / 2 + 1 - 1000 = 1001
    certify._measure(part, {turns[0]: taken({0: 1})}, [1001, 0])
    assert (part.slack, part.loose) == (1001, {b: 1000})
    part = Part([0, 1], [turn(a, Shape.POOL, 0), turn(b, Shape.UNITS, 0)])
    certify._measure(part, {}, [5, 5])
    assert (part.slack, part.loose) == (-1000, {})  # one position alone is not split


def blocks(*steps: tuple[str, int]) -> certify._Blocks:
    made = certify._Blocks()
    for how, mask in steps:
        getattr(made, how)(turn(candidate(f"{how} {mask:b}"), Shape.POOL), mask)
    return made


@pytest.mark.parametrize(
    ("steps", "rough", "joined"),
    [
        ((("pool", 0b011), ("pool", 0b011)), 0, [0b011]),
        ((("pool", 0b011), ("pool", 0b111)), 0, [0b111]),
        ((("pool", 0b011), ("pool", 0b1100)), 0, [0b011, 0b1100]),
        ((("pool", 0b111), ("pool", 0b011)), 0b001, [0b111]),
        ((("pool", 0b110), ("pool", 0b1100)), 0b100, [0b1110]),
        ((("pool", 0b11), ("pool", 0b110000), ("pool", 0b1010)), 0b10, [0b110000, 0b1011]),
        ((("pool", 0b011), ("pool", 0b010)), 0b010, [0b011]),
        ((("pool", 0b011), ("pool", 0b100)), 0, [0b011]),
        ((("pool", 0b011), ("apart", 0b110)), 0b010, [0b011]),
        ((("pool", 0b011), ("apart", 0b100)), 0, [0b011]),
        ((("apart", 0b011), ("pool", 0b011)), 0, [0b011]),
        ((("pool", 0b11), ("pool", 0b1100), ("pool", 0b10), ("pool", 0b1000)), 0b1010, [3, 12]),
        ((("pool", 0b11), ("pool", 0b1100), ("apart", 0b10), ("apart", 0b100)), 0b110, [3, 12]),
    ],
)
def test_positions_are_rough_where_something_else_than_all_of_a_block_is_taken(
    steps, rough, joined
):
    made = blocks(*steps)
    assert made.rough == rough
    assert sorted(made._blocks) == sorted(joined)


def test_rough_parts_have_the_turns_that_reach_them_and_links_connect_them():
    made = blocks(("pool", 0b000011), ("pool", 0b001100), ("pool", 0b110000), ("apart", 0b100000))
    (part,) = made.parts()
    assert part.positions == [4, 5]
    assert [repr(one.candidate) for one in part.turns] == ["pool 110000", "apart 100000"]
    linked = blocks(("pool", 0b0011), ("pool", 0b1100), ("apart", 0b0110), ("apart", 0))
    (whole,) = linked.parts()
    assert whole.positions == [0, 1, 2, 3]
    assert len(whole.turns) == 3
    assert blocks(("pool", 0b0011), ("pool", 0b1100)).parts() == []


def world(*purses: int, budgets: dict[int, int] | None = None) -> Any:
    return SimpleNamespace(purses=list(purses or [1]), budgets=budgets or {})


def test_programs_that_depend_on_each_other_are_told_from_those_that_do_not():
    a, b = candidate("a"), candidate("b")
    plain = [turn(a, Shape.UNITS, 0), turn(b, Shape.UNITS, 0, purse=1, program_id=2)]
    assert not is_wild(plain, world(0, 5))
    assert is_wild(plain, world(1, -1))
    one_purse = [plain[0], turn(b, Shape.UNITS, 0, program_id=2)]
    assert is_wild(one_purse, world())
    rivals = [
        turn(candidate("a", groups=1), Shape.UNITS, 0),
        turn(candidate("b", groups=3), Shape.UNITS, 0),
    ]
    assert not is_wild(rivals, world())
    own = [turn(a, Shape.UNITS, 0), turn(a, Shape.UNITS, 1)]
    assert not is_wild(own, world())
    assert is_wild(own, world(budgets={1: 5}))
    assert not is_wild(plain, world(1, 1, budgets={1: 5, 2: 5}))
    assert not is_wild(own, world(budgets={2: 5}))


def test_two_that_free_the_same_goods_and_sets_of_what_was_taken_from_depend_on_each_other():
    def of(*kinds: tuple[Shape, int, bool]) -> list[Any]:
        return [
            turn(candidate(str(n)), shape, target, purse=n, frees=frees)
            for n, (shape, target, frees) in enumerate(kinds)
        ]

    units, a_set = Shape.UNITS, Shape.SET
    many = world(1, 1, 1)
    assert is_wild(of((units, 0, True), (units, 0, True)), many)
    assert not is_wild(of((units, 0, True), (units, 1, True)), many)
    assert not is_wild(of((units, 0, True), (units, 0, False)), many)
    assert is_wild(of((units, 0, False), (a_set, 0, False)), many)
    assert not is_wild(of((a_set, 0, False), (units, 0, False)), many)
    assert not is_wild(of((units, 1, False), (a_set, 0, False)), many)
    assert is_wild(of((a_set, 0, False), (a_set, 0, False)), many)


def test_a_ladder_tells_the_most_that_the_turns_from_an_index_on_save():
    ladder = _Ladder()
    assert (ladder.most, ladder.most_from(0)) == (0, 0)
    assert [ladder.add(*rung) for rung in ((9, 4), (7, 3), (5, 10), (2, 10))] == [4, 0, 6, 0]
    assert ladder.most == 10
    told = {index: ladder.most_from(index) for index in (0, 5, 6, 7, 9, 10)}
    assert told == {0: 10, 5: 10, 6: 4, 7: 4, 9: 4, 10: 0}


def test_units_move_along_so_that_as_many_as_can_be_are_seated():
    seats = _Seats([2, 2])
    assert seats.take(0b11, 3) == 3  # fit both places: two on the first, one on the second
    assert (seats.room, seats.seated) == ([0, 1], [{0b11: 2}, {0b11: 1}])
    assert seats.take(0b01, 2) == 1  # one moves along to make room, then all is full
    assert (seats.room, seats.seated) == ([0, 0], [{0b11: 1, 0b01: 1}, {0b11: 2}])
    assert seats.take(0b10, 1) == 0
    wide = _Seats([1, 1, 1])
    assert [wide.take(0b011, 1), wide.take(0b110, 1), wide.take(0b001, 1)] == [1, 1, 1]
    assert wide.seated == [{0b001: 1}, {0b011: 1}, {0b110: 1}]
