"""Leaving programs out of a combination for the sake of odd cents, where certify.py allows it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from promotions.engine.candidates import Candidate
from promotions.engine.certify import Part, rough_parts, tail_of
from promotions.engine.combine import Combination, Effort, take_all, take_turn
from promotions.engine.rewards.reward import Taken, Turn
from promotions.engine.standing import Standing

ODD_CENTS_BUDGET = 400
"""Of the nodes of a search, so many may go into leaving programs out for the sake of odd cents."""
LOOK_BUDGET = 20_000
"""So many turns, by their work, are looked at for odd cents over all combinations."""

Out = frozenset[Candidate]
_NONE: Out = frozenset()


class Refiner:
    """Takes out of combinations of some turns what rounding makes a loss, if there is any such.

    `tail`: from this turn on, all take of the whole order together, so that which of them are
    taken has no part in the question; what was found for the turns before it is kept.
    """

    __slots__ = ("_found", "_start", "effort", "tail", "turns", "wild")

    def __init__(
        self, turns: Sequence[Turn], start: Standing, effort: Effort, *, wild: bool
    ) -> None:
        """Take the turns in their order; `wild` combinations are not refined."""
        self.turns = turns
        self.effort = effort
        self.wild = wild
        self.tail = tail_of(turns)
        self._start = start
        self._found: dict[Out, Out] = {}

    def refined(self, found: Combination) -> Combination:
        """Return the combination, or a better one with fewer programs."""
        out = self.left_out(found.chosen, found.taken, found.standing)
        if not out:
            return found
        chosen = found.chosen - out
        kept = [turn for turn in self.turns if turn.candidate in chosen]
        better = take_all(kept, chosen, self._start)
        return better if better.beats(found) else found

    def left_out(self, chosen: Out, taken: Sequence[Taken], end: Standing) -> Out:
        """Return what to try a combination without: `taken` and `end` are what it gave."""
        if self.wild or len(taken) < 2:
            return _NONE
        turns = [turn for turn in self.turns[: self.tail] if turn.candidate in chosen]
        if len(turns) < 2:
            return _NONE
        before = frozenset([turn.candidate for turn in turns])
        out = self._found.get(before)
        if out is None:
            self.effort.looked += sum([turn.work for turn in turns])
            if self.effort.looked > LOOK_BUDGET:
                self.effort.certain = False
                return _NONE
            found: set[Candidate] = set()
            for part in rough_parts(turns, taken, end):
                found.update(self._best_without(part))
            out = self._found[before] = frozenset(found)
        return out

    def _best_without(self, part: Part) -> tuple[Candidate, ...]:
        """Return the candidates to leave out of one part of the basket."""
        effort = self.effort
        work = sum([turn.work for turn in part.turns])
        affordable = (ODD_CENTS_BUDGET - effort.odd_nodes) // work
        tries = list(islice(part.left_out(), affordable + 1))
        if len(tries) > affordable:
            effort.certain = False
            return ()
        effort.odd_nodes += len(tries) * work
        best: tuple[Candidate, ...] = ()
        least = self._left(part, ())
        for out in tries:
            left = self._left(part, out)
            if left < least:
                best, least = out, left
        return best

    def _left(self, part: Part, out: tuple[Candidate, ...]) -> tuple[int, int]:
        """Return what is left to pay in a part without some candidates, and the points spent."""
        standing = self._start.copy()
        for turn in part.turns:
            if turn.candidate not in out:
                take_turn(turn, standing)
        left = sum([standing.left[position] for position in part.positions])
        return left - standing.gifts, standing.spent
