"""The search finds what trying every combination finds, and looks at little of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import pytest

from benchmarks.engine_shapes import rivals
from promotions.engine.candidates import Candidate
from promotions.engine.choices import NODE_BUDGET
from promotions.engine.combine import Effort, Value, take_all
from promotions.engine.definition import Program
from promotions.engine.search import best_combination
from promotions.engine.terms import Stacking
from promotions.engine.wallet import Wallet
from tests.promotions.engine.inside import Opened, opened
from tests.promotions.engine.shop import (
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
    per_money,
    percent,
    program,
    rule,
)

GOODS = (line(1, 3, 8), line(2, 2, 15), line(3, 1, 40), line(4, 4, "2.50"))


def admissible(candidates: list[Candidate]) -> Iterator[frozenset[Candidate]]:
    """Yield every set of which no two share a group; an exclusive one is alone."""
    for size in range(len(candidates) + 1):
        for chosen in combinations(candidates, size):
            groups = [one.groups for one in chosen]
            apart = sum(groups) == _union(groups)
            if apart and not (size > 1 and any(one.exclusive for one in chosen)):
                yield frozenset(chosen)


def _union(groups: list[int]) -> int:
    union = 0
    for one in groups:
        union |= one
    return union


def best_of_all(inside: Opened) -> Value:
    return max(value_of(inside, chosen) for chosen in admissible(inside.proposal.candidates))


def value_of(inside: Opened, chosen: frozenset[Candidate]) -> Value:
    turns = [turn for turn in inside.turns if turn.candidate in chosen]
    return take_all(turns, chosen, inside.start).value


def searched(inside: Opened) -> tuple[Value, int, bool]:
    effort = Effort()
    found = best_combination(inside.proposal.candidates, inside.turns, inside.start, effort)
    return found.value, effort.nodes, found.optimal


def grouped(*groups: str, **fields) -> list[Program]:
    """Programs on one line each, by a letter for the group; the later the more they take."""
    return [
        program(
            percent(4 + 3 * place, 1 + place % 4),
            id=place + 1,
            exclusion_group=None if name == "-" else name,
            **fields,
        )
        for place, name in enumerate("".join(groups))
    ]


SHAPES: dict[str, tuple[list[Program], int]] = {
    "one group": (grouped("aaaaaa"), 1),
    "two groups": (grouped("ababab"), 2),
    "groups one after the other": (grouped("aabbcc"), 3),
    "some free": (grouped("a-b-a-b-"), 6),
    "order-wide": (
        [program(percent(5 + n), id=n + 1, exclusion_group="o") for n in range(5)]
        + [program(fixed(3 + n), id=n + 11, exclusion_group="f") for n in range(4)],
        2,
    ),
    "lines and order-wide": (
        [
            *grouped("aab"),
            *(program(percent(5 + n), id=n + 11, exclusion_group="o") for n in range(4)),
        ],
        3,
    ),
    "the last is best": (
        [
            program(fixed(2 + n, 1 + n % 4), id=n + 1, exclusion_group="ab"[n % 2], sequence=n)
            for n in range(8)
        ],
        2,
    ),
    "cheapest and free units": (
        [
            program(cheapest(50), id=1, exclusion_group="a"),
            program(free(2, price=15), rule(products=[1]), id=2, exclusion_group="a"),
            program(free(7, price=9), id=3, exclusion_group="b"),
            program(percent(30, 2), id=4, exclusion_group="b"),
            program(percent(10), id=5),
        ],
        7,
    ),
    "exclusive": (
        [
            *grouped("a-b"),
            program(percent(9), id=20, stacking=Stacking.EXCLUSIVE),
            program(fixed(6), id=21, stacking=Stacking.EXCLUSIVE),
        ],
        0,
    ),
    "points that count what is left": (
        [
            program(percent(20), id=1, sequence=1),
            program(fixed(30, required=90), per_money(), id=2, sequence=2),
            program(fixed(4, 1), id=3, sequence=3),
        ],
        6,
    ),
    "points in a group": (
        [
            program(percent(20, 1), id=1, exclusion_group="a", sequence=1),
            program(fixed(12, required=70), per_money(), id=2, exclusion_group="a", sequence=2),
            program(fixed(2, required=90), per_money(), id=3, exclusion_group="b", sequence=3),
            program(percent(2), id=4, exclusion_group="b", sequence=4),
        ],
        3,
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_no_admissible_combination_is_better_and_few_turns_are_taken(shape):
    programs, most = SHAPES[shape]
    inside = opened(cart(*GOODS), programs)
    value, nodes, optimal = searched(inside)
    assert optimal
    assert value == best_of_all(inside)
    assert nodes <= most, nodes


@pytest.mark.parametrize(("groups", "each", "most"), [(3, 3, 6), (4, 4, 13)])
def test_programs_much_alike_are_told_apart_with_few_turns(groups, each, most):
    programs, basket = rivals(groups, each, 12, 4)
    inside = opened(basket, programs)
    value, nodes, optimal = searched(inside)
    assert optimal
    by_group: dict[int, list[Candidate]] = {}
    for one in inside.proposal.candidates:
        by_group.setdefault(one.groups, []).append(one)
    values = (value_of(inside, frozenset(chosen)) for chosen in product(*by_group.values()))
    assert value == max(values)
    assert nodes <= most, nodes


def test_what_could_only_be_equal_takes_no_certainty_away():
    # Both of a group save the same: once the budget is gone, the one not tried could not win.
    twins = [program(fixed(5), id=one, exclusion_group="a") for one in (1, 2)]
    inside = opened(cart(*GOODS), twins)
    effort = Effort()
    effort.nodes = NODE_BUDGET
    found = best_combination(inside.proposal.candidates, inside.turns, inside.start, effort)
    assert found.optimal
    assert [one.turn.program_id for one in found.taken] == [1]


@pytest.mark.parametrize(("spent", "certain"), [(NODE_BUDGET - 4, True), (NODE_BUDGET, False)])
def test_what_could_win_and_is_not_tried_does(spent, certain):
    # Greedy takes 20 off the third line, of which the last leaves little, not 18 off the first.
    offers = [
        program(percent(50, 3), id=1, exclusion_group="a", sequence=1),
        program(fixed(18, 1), id=2, exclusion_group="a", sequence=2),
        program(percent(90, 3), id=3, sequence=3),
    ]
    inside = opened(cart(*GOODS), offers)
    effort = Effort()
    effort.nodes = spent
    found = best_combination(inside.proposal.candidates, inside.turns, inside.start, effort)
    assert found.optimal is certain
    assert [one.turn.program_id for one in found.taken] == ([2, 3] if certain else [1, 3])


def test_more_groups_than_can_be_searched_are_taken_greedily():
    many = [
        program(fixed("0.10", 1 + n % 4), id=2 * n + m + 1, exclusion_group=f"g{n}")
        for n in range(201)
        for m in range(2)
    ]
    decision = decide(cart(line(1, 10, 50), line(2, 10, 50), line(3, 9, 50), line(4, 9, 50)), many)
    assert (str(decision.discount_total), decision.optimal) == ("20.10", False)
    fewer = decide(cart(line(1, 10, 50)), [one for one in many if one.id <= 400])
    assert str(fewer.discount_total) == "5.00"


def test_a_claim_and_a_group_are_weighed_by_what_they_save():
    club = loyalty([fixed(9, required=5), percent(50, 3, required=5)], (), id=1)
    asked = member(*GOODS, claims=(claim(club, 0), claim(club, 1)))
    rival = program(percent(30, 3), id=2, exclusion_group="a")
    other = program(fixed(3), id=3, exclusion_group="a")
    decision = decide(asked, [club, rival, other], Wallet(cards=(card(10),)))
    assert [one.program_id for one in decision.rewards] == [1, 2, 1]
    assert decision.optimal
