"""The admissible combination that saves the customer most.

A combination is a set of candidates: an exclusive one alone, or any others of which no two share
a group. Its turns are taken in the order of application. Among all such sets, those that leave
out a program for no other reason than the saving included, the best one is wanted; search.py
finds it and says whether that is certain.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from operator import attrgetter

from promotions.engine.candidates import Candidate
from promotions.engine.rewards.reward import Taken, Turn
from promotions.engine.standing import Standing, Step

Value = tuple[int, int, int]


class Effort:
    """What a search has spent: see the budgets in choices.py and refine.py.

    `certain`: nothing that might be better was left untried.
    """

    __slots__ = ("certain", "looked", "nodes", "odd_nodes")

    def __init__(self) -> None:
        """Start with nothing spent."""
        self.nodes = 0
        self.odd_nodes = 0
        self.looked = 0
        self.certain = True


class Combination:
    """A combination that was tried: what was taken, what was left out, what is left."""

    __slots__ = ("chosen", "optimal", "standing", "taken", "value")

    def __init__(
        self, chosen: frozenset[Candidate], taken: list[Taken], standing: Standing
    ) -> None:
        """Value a combination: saving, then what is given besides, then fewer points."""
        self.chosen = chosen
        self.taken = taken
        self.standing = standing
        basket = standing.basket
        saving = basket.goods - standing.goods + standing.gifts
        self.value: Value = (saving, standing.extras, -standing.spent)
        self.optimal = True

    def beats(self, other: Combination | None) -> bool:
        """Tell whether to prefer this one.

        At equal value the one that uses up fewer codes wins: a code that saves nothing more stays
        unused. Then the earlier sequence and id.
        """
        if other is None or self.value != other.value:
            return other is None or self.value > other.value
        if self.codes != other.codes:
            return self.codes < other.codes
        for mine, theirs in zip(self.taken, other.taken, strict=False):
            if mine is not theirs and mine.turn.key != theirs.turn.key:
                return mine.turn.key < theirs.turn.key
        return len(self.taken) < len(other.taken)

    @property
    def codes(self) -> int:
        """Return how many that gave something came by a code or a coupon."""
        return len({one.turn.candidate for one in self.taken if one.turn.candidate.by_code})


def retrace(
    combination: Combination, turns: Iterable[Turn], start: Standing
) -> list[tuple[Taken, list[Step]]]:
    """Take the rewards of a combination again, of all turns, noting every arithmetic step."""
    standing = start.copy()
    traced = []
    for turn in in_order(turns, combination.chosen):
        steps: list[Step] = []
        taken = take_turn(turn, standing, steps)
        if taken is not None:
            traced.append((taken, steps))
    return traced


def take_turn(turn: Turn, standing: Standing, steps: list[Step] | None = None) -> Taken | None:
    """Let one turn take its reward, counting its points first if they depend on the moment."""
    if standing.purses[turn.purse] < 0:
        standing.purses[turn.purse] = turn.candidate.points_now(standing)
    return turn.reward.take(turn, standing, steps)


def take_all(turns: Iterable[Turn], chosen: frozenset[Candidate], start: Standing) -> Combination:
    """Return what taking every turn gives."""
    standing = start.copy()
    purses = standing.purses
    taken = []
    for turn in turns:
        if purses[turn.purse] < 0:
            purses[turn.purse] = turn.candidate.points_now(standing)
        one = turn.reward.take(turn, standing, None)
        if one is not None:
            taken.append(one)
    return Combination(chosen, taken, standing)


def in_order(turns: Iterable[Turn], candidates: Container[Candidate]) -> list[Turn]:
    """Return the turns of some candidates in the order of application."""
    return sorted([turn for turn in turns if turn.candidate in candidates], key=attrgetter("key"))
