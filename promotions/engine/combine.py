"""The admissible combination that saves the customer most.

A combination is a set of candidates: an exclusive one alone, or any others of which no two share
a group. Its turns are taken in the order of application. Candidates that exclude nothing are
simply taken; only where candidates exclude each other is there a choice, and only these choices
are searched: depth first along the order of application, best first, cut off where even the sum
of what every later turn could save alone cannot beat the best combination found.
"""

from __future__ import annotations

from operator import attrgetter

from promotions.engine.candidates import Candidate
from promotions.engine.rewards.reward import Taken, Turn
from promotions.engine.standing import Standing, Step

NODE_BUDGET = 4_000
"""Turns taken in a search before it settles for the best combination found so far."""

Value = tuple[int, int, int]


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
        """Tell whether to prefer this one; at equal value the earlier sequence and id wins."""
        if other is None or self.value != other.value:
            return other is None or self.value > other.value
        mine = [taken.turn.key for taken in self.taken]
        return mine < [taken.turn.key for taken in other.taken]


def combine(candidates: list[Candidate], start: Standing) -> Combination:
    """Return the best admissible combination of the candidates."""
    free = [one for one in candidates if not one.exclusive]
    best = _Search(free, start).run()
    for one in candidates:
        if one.exclusive:
            alone = _Search([one], start).run()
            if alone.beats(best):
                alone.optimal = best.optimal and alone.optimal
                best = alone
            else:
                best.optimal = best.optimal and alone.optimal
    return best


def retrace(combination: Combination, start: Standing) -> list[tuple[Taken, list[Step]]]:
    """Take the rewards of a combination again, noting every arithmetic step."""
    standing = start.copy()
    traced = []
    for turn in _turns(list(combination.chosen)):
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


def _turns(candidates: list[Candidate]) -> list[Turn]:
    turns = [turn for candidate in candidates for turn in candidate.turns]
    turns.sort(key=attrgetter("key"))
    return turns


class _Search:
    """One search over candidates none of which is exclusive."""

    def __init__(self, candidates: list[Candidate], start: Standing) -> None:
        self.candidates = candidates
        self.start = start
        self.turns = _turns(candidates)
        self.nodes = 0
        self.best: Combination | None = None
        self.optional = self._optional()
        self.bounds: list[int] = []

    def run(self) -> Combination:
        if not self.optional:
            return self._take_all()
        solo = self._solo_savings()
        self._greedy(solo)
        self._set_bounds(solo)
        self._descend(0, self.start.copy(), 0, [], frozenset(), frozenset())
        assert self.best is not None
        self.best.optimal = self.nodes < NODE_BUDGET
        return self.best

    def _optional(self) -> frozenset[Candidate]:
        """Return the candidates that exclude one another."""
        once = twice = 0
        for one in self.candidates:
            twice |= once & one.groups
            once |= one.groups
        return frozenset(one for one in self.candidates if one.groups & twice)

    def _take_all(self) -> Combination:
        standing = self.start.copy()
        taken = []
        for turn in self.turns:
            one = take_turn(turn, standing)
            if one is not None:
                taken.append(one)
        return Combination(frozenset(self.candidates), taken, standing)

    def _solo_savings(self) -> dict[Turn, int]:
        """Return what each turn would save alone on the undiscounted basket: never less than it
        saves in company, as a discount of less is less.
        """
        savings: dict[Turn, int] = {}
        for turn in self.turns:
            standing = self.start.copy()
            taken = take_turn(turn, standing)
            savings[turn] = 0 if taken is None else taken.amount + standing.gifts
        return savings

    def _greedy(self, solo: dict[Turn, int]) -> None:
        """Start from what taking the candidates by what they save alone gives."""
        worth: dict[Candidate, int] = {}
        for turn in self.turns:
            worth[turn.candidate] = worth.get(turn.candidate, 0) + solo[turn]
        used = 0
        chosen = []
        for one in sorted(worth, key=lambda one: (-worth[one], one.turns[0].key)):
            if not one.groups & used:
                used |= one.groups
                chosen.append(one)
        standing = self.start.copy()
        taken = []
        for turn in _turns(chosen):
            result = take_turn(turn, standing)
            if result is not None:
                taken.append(result)
        self.best = Combination(frozenset(chosen), taken, standing)

    def _set_bounds(self, solo: dict[Turn, int]) -> None:
        """Set, for every turn, the most that it and the later ones can save.

        Of a group only the largest counts, once.
        """
        bound = 0
        bounds = [0]
        largest: dict[int, int] = {}
        for turn in reversed(self.turns):
            group = turn.candidate.groups & -turn.candidate.groups
            if turn.candidate in self.optional and len(turn.candidate.turns) == 1:
                before = largest.get(group, 0)
                if solo[turn] > before:
                    bound += solo[turn] - before
                    largest[group] = solo[turn]
            else:
                bound += solo[turn]
            bounds.append(bound)
        bounds.reverse()
        self.bounds = bounds

    def _descend(
        self,
        index: int,
        standing: Standing,
        used: int,
        taken: list[Taken],
        chosen: frozenset[Candidate],
        left_out: frozenset[Candidate],
    ) -> None:
        """Go on from turn `index`; `used` holds the bits of groups that are taken."""
        while index < len(self.turns):
            if self.nodes >= NODE_BUDGET or not self._may_win(index, standing):
                return
            turn = self.turns[index]
            one = turn.candidate
            index += 1
            if one in left_out:
                continue
            if one not in chosen:
                if one.groups & used:
                    left_out |= {one}
                    continue
                if one in self.optional:
                    self.nodes += 1
                    fork = standing.copy()
                    result = take_turn(turn, fork)
                    more = taken if result is None else [*taken, result]
                    self._descend(index, fork, used | one.groups, more, chosen | {one}, left_out)
                    left_out |= {one}
                    continue
                chosen |= {one}
                used |= one.groups
            self.nodes += 1
            result = take_turn(turn, standing)
            if result is not None:
                taken = [*taken, result]
        found = Combination(chosen, taken, standing)
        if found.beats(self.best):
            self.best = found

    def _may_win(self, index: int, standing: Standing) -> bool:
        """Tell whether going on can still reach the best value found."""
        assert self.best is not None
        saved = standing.basket.goods - standing.goods + standing.gifts
        return saved + self.bounds[index] >= self.best.value[0]
