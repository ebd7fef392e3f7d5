"""The search for the best admissible combination, exact within a budget of nodes.

Candidates that exclude nothing are taken; certify.py says when that is certain to be best, and
which of them to try without. Where candidates exclude each other every choice is tried: depth
first along the order of application, from a greedy start, cut off where even the sum of what
every later turn could save at most cannot beat the best found. A node is one turn taken. When
the budget is used up the best combination found so far stands, never worse than the greedy one,
and the decision says that it is not certainly the best.
"""

from __future__ import annotations

from promotions.engine.candidates import Candidate
from promotions.engine.certify import Part, is_wild, rough_parts
from promotions.engine.combine import Combination, take_all, take_turn, turns_of
from promotions.engine.rewards.reward import Taken, Turn
from promotions.engine.standing import Standing

NODE_BUDGET = 4_000
ODD_CENTS_BUDGET = 400
"""Of these nodes, so many may go into leaving programs out for the sake of odd cents."""
MOST_WILD = 12
"""Up to so many candidates that depend on one another, every combination of them is tried."""


def best_combination(candidates: list[Candidate], start: Standing) -> Combination:
    """Return the best admissible combination of the candidates."""
    best = _Search([one for one in candidates if not one.exclusive], start).run()
    certain = best.optimal
    for one in candidates:
        if one.exclusive:
            alone = _Search([one], start).run()
            certain = certain and alone.optimal
            if alone.beats(best):
                best = alone
    best.optimal = certain
    return best


class _Search:
    """One search over candidates none of which is exclusive."""

    def __init__(self, candidates: list[Candidate], start: Standing) -> None:
        self.candidates = candidates
        self.start = start
        self.turns = turns_of(candidates)
        self.nodes = 0
        self.odd_nodes = 0
        self.certain = True
        self.best: Combination | None = None
        self.wild = len(self.turns) > 1 and is_wild(self.turns, start)
        self.optional = self._optional()
        self.bounds: list[int] = []

    def run(self) -> Combination:
        if self.optional:
            worth = self._most_savings()
            self.best = self._greedy(worth)
            self._set_bounds(worth)
            self._descend(0, self.start.copy(), 0, [], frozenset(), frozenset())
        else:
            everything = frozenset(self.candidates)
            self.best = self._refined(take_all(self.turns, everything, self.start))
        assert self.best is not None
        self.best.optimal = self.certain
        return self.best

    def _optional(self) -> frozenset[Candidate]:
        """Return the candidates that there is a choice about."""
        if self.wild:
            if len(self.candidates) <= MOST_WILD:
                return frozenset(self.candidates)
            self.certain = False
        once = twice = 0
        for one in self.candidates:
            twice |= once & one.groups
            once |= one.groups
        if not twice:
            return frozenset()
        return frozenset(one for one in self.candidates if one.groups & twice)

    def _most_savings(self) -> dict[Turn, int]:
        """Return the most each turn can save in any company: what it saves alone on the
        undiscounted basket, unless its reward knows better.
        """
        savings: dict[Turn, int] = {}
        for turn in self.turns:
            most = turn.reward.most(turn, self.start)
            if most is None:
                standing = self.start.copy()
                taken = take_turn(turn, standing)
                most = 0 if taken is None else taken.amount + standing.gifts
            savings[turn] = most
        return savings

    def _greedy(self, worth: dict[Turn, int]) -> Combination:
        """Return what taking the candidates by what they save alone gives."""
        sums: dict[Candidate, int] = {}
        for turn in self.turns:
            sums[turn.candidate] = sums.get(turn.candidate, 0) + worth[turn]
        used = 0
        chosen = []
        for one in sorted(sums, key=lambda one: (-sums[one], one.turns[0].key)):
            if not one.groups & used:
                used |= one.groups
                chosen.append(one)
        return take_all(turns_of(chosen), frozenset(chosen), self.start)

    def _set_bounds(self, worth: dict[Turn, int]) -> None:
        """Set, for every turn, the most that it and the later ones can save.

        Of the candidates of a group only the one that saves most counts.
        """
        bound = 0
        bounds = [0]
        largest: dict[int, int] = {}
        for turn in reversed(self.turns):
            group = turn.candidate.groups & -turn.candidate.groups
            if group and len(turn.candidate.turns) == 1:
                before = largest.get(group, 0)
                if worth[turn] > before:
                    bound += worth[turn] - before
                    largest[group] = worth[turn]
            else:
                bound += worth[turn]
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
            if not self._may_win(index, standing):
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
                    fork = standing.copy()
                    more = self._with(turn, fork, taken)
                    self._descend(index, fork, used | one.groups, more, chosen | {one}, left_out)
                    left_out |= {one}
                    continue
                chosen |= {one}
                used |= one.groups
            taken = self._with(turn, standing, taken)
        found = self._refined(Combination(chosen, taken, standing))
        if found.beats(self.best):
            self.best = found

    def _with(self, turn: Turn, standing: Standing, taken: list[Taken]) -> list[Taken]:
        self.nodes += 1
        result = take_turn(turn, standing)
        return taken if result is None else [*taken, result]

    def _may_win(self, index: int, standing: Standing) -> bool:
        """Tell whether going on is allowed and can still reach the best value found."""
        if self.nodes >= NODE_BUDGET:
            self.certain = False
            return False
        assert self.best is not None
        saved = standing.basket.goods - standing.goods + standing.gifts
        return saved + self.bounds[index] >= self.best.value[0]

    def _refined(self, found: Combination) -> Combination:
        """Return the combination without what rounding makes a loss, if there is any such."""
        if self.wild or len(found.taken) < 2:
            return found
        turns = [turn for turn in self.turns if turn.candidate in found.chosen]
        out: set[Candidate] = set()
        for part in rough_parts(turns, found.taken, found.standing):
            out.update(self._best_without(part))
        if not out:
            return found
        kept = [turn for turn in turns if turn.candidate not in out]
        better = take_all(kept, found.chosen - out, self.start)
        return better if better.beats(found) else found

    def _best_without(self, part: Part) -> tuple[Candidate, ...]:
        """Return the candidates to leave out of one part of the basket."""
        best: tuple[Candidate, ...] = ()
        least = self._left(part, ())
        for out in part.left_out():
            if self.odd_nodes >= ODD_CENTS_BUDGET:
                self.certain = False
                break
            self.odd_nodes += len(part.turns)
            left = self._left(part, out)
            if left < least:
                best, least = out, left
        return best

    def _left(self, part: Part, out: tuple[Candidate, ...]) -> tuple[int, int]:
        """Return what is left to pay in a part without some candidates, and the points spent."""
        standing = self.start.copy()
        for turn in part.turns:
            if turn.candidate not in out:
                take_turn(turn, standing)
        left = sum([standing.left[position] for position in part.positions])
        return left - standing.gifts, standing.spent
