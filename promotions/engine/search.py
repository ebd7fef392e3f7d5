"""The search for the best admissible combination, exact within a budget of nodes.

Candidates that exclude nothing are taken; certify.py says when that is certain to be best, and
which of them to try without. Where candidates exclude each other every choice is tried: depth
first along the order of application, from a greedy start, cut off where even the sum of what
every later turn could save at most cannot beat the best found. A node is one turn taken. When
the budget is used up the best combination found so far stands, never worse than the greedy one,
and the decision says that it is not certainly the best.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice

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
MOST_GROUPS = 200
"""With more groups than this in one cart the greedy combination stands."""


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
        self.wild = len(self.turns) > 1 and is_wild(self.turns, start)
        self.optional = self._optional()

    def run(self) -> Combination:
        if self.optional:
            best = self._choose()
        else:
            best = self.refined(take_all(self.turns, frozenset(self.candidates), self.start))
        best.optimal = self.certain
        return best

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

    def _choose(self) -> Combination:
        """Take the turns before the first choice, then try the choices."""
        first = 0
        while self.turns[first].candidate not in self.optional:
            first += 1
        before = self.turns[:first]
        common = take_all(before, frozenset(turn.candidate for turn in before), self.start)
        choice = _Choice(self, common, self.turns[first:])
        choice.best = self.refined(choice.greedy())
        if len({one.groups for one in self.optional}) > MOST_GROUPS:
            self.certain = False
        else:
            choice.descend(0, common.standing.copy(), 0, common.taken, common.chosen)
        return choice.best

    def refined(self, found: Combination) -> Combination:
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
        affordable = (ODD_CENTS_BUDGET - self.odd_nodes) // len(part.turns)
        tries = list(islice(part.left_out(), affordable + 1))
        if len(tries) > affordable:
            self.certain = False
            return ()
        self.odd_nodes += len(tries) * len(part.turns)
        best: tuple[Candidate, ...] = ()
        least = self._left(part, ())
        for out in tries:
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


class _Choice:
    """The part of a search from the first choice on, after what is common to all combinations."""

    def __init__(self, search: _Search, common: Combination, turns: list[Turn]) -> None:
        self.search = search
        self.common = common
        self.turns = turns
        self.solo = self._solo_savings()
        self.most = self._most_savings()
        self.bounds, self.group_bounds = self._bounds()
        self.best = common

    def _solo_savings(self) -> dict[Turn, int]:
        """Return what each turn would save if none of the others were taken."""
        savings: dict[Turn, int] = {}
        for turn in self.turns:
            standing = self.common.standing.copy()
            gifts = standing.gifts
            taken = take_turn(turn, standing)
            savings[turn] = 0 if taken is None else taken.amount + standing.gifts - gifts
        return savings

    def greedy(self) -> Combination:
        """Return what taking the candidates by what they save alone gives."""
        sums: dict[Candidate, int] = {}
        for turn in self.turns:
            sums[turn.candidate] = sums.get(turn.candidate, 0) + self.solo[turn]
        used = 0
        chosen = set(self.common.chosen)
        for one in self.common.chosen:
            used |= one.groups
        for one in sorted(sums, key=lambda one: (-sums[one], one.turns[0].key)):
            if not one.groups & used or one in chosen:
                used |= one.groups
                chosen.add(one)
        standing = self.common.standing.copy()
        taken = self.common.taken[:]
        for turn in self.turns:
            if turn.candidate in chosen:
                result = take_turn(turn, standing)
                if result is not None:
                    taken.append(result)
        return Combination(frozenset(chosen), taken, standing)

    def _most_savings(self) -> list[int]:
        """Return the most each turn can save: in company no more than alone, unless its reward
        says so itself.
        """
        savings = []
        for turn in self.turns:
            most = turn.reward.most(turn, self.common.standing)
            savings.append(self.solo[turn] if most is None else max(most, self.solo[turn]))
        return savings

    def _bounds(self) -> tuple[list[int], dict[int, _Ladder]]:
        """Return, from every turn on, the most that can be saved; and of that by each group.

        Of the candidates of a group only the one that saves most counts.
        """
        bounds = [0] * (len(self.turns) + 1)
        groups: dict[int, _Ladder] = {}
        for index in range(len(self.turns) - 1, -1, -1):
            turn = self.turns[index]
            most = self.most[index]
            group = turn.candidate.groups & -turn.candidate.groups
            if group and len(turn.candidate.turns) == 1:
                most = groups.setdefault(group, _Ladder()).add(index, most)
            bounds[index] = bounds[index + 1] + most
        return bounds, groups

    def descend(
        self,
        index: int,
        standing: Standing,
        used: int,
        taken: list[Taken],
        chosen: frozenset[Candidate],
        left_out: frozenset[Candidate] = frozenset(),
    ) -> None:
        """Go on from turn `index`; `used` holds the bits of groups that are taken."""
        optional = self.search.optional
        while index < len(self.turns):
            if not self._may_win(index, standing, used):
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
                if one in optional:
                    if self._may_win(index, standing, used | one.groups, self.most[index - 1]):
                        fork = standing.copy()
                        more = self._with(turn, fork, taken)
                        with_it = chosen | {one}
                        self.descend(index, fork, used | one.groups, more, with_it, left_out)
                    left_out |= {one}
                    continue
                chosen |= {one}
                used |= one.groups
            taken = self._with(turn, standing, taken)
        found = self.search.refined(Combination(chosen, taken, standing))
        if found.beats(self.best):
            self.best = found

    def _with(self, turn: Turn, standing: Standing, taken: list[Taken]) -> list[Taken]:
        self.search.nodes += 1
        result = take_turn(turn, standing)
        return taken if result is None else [*taken, result]

    def _may_win(self, index: int, standing: Standing, used: int, more: int = 0) -> bool:
        """Tell whether going on is allowed and can still reach the best value found.

        `more`: what a turn about to be taken saves at most.
        """
        bound = self.bounds[index] + more
        while used:
            group = used & -used
            used -= group
            if group in self.group_bounds:
                bound -= self.group_bounds[group].most_from(index)
        saved = standing.basket.goods - standing.goods + standing.gifts
        ahead = saved + bound - self.best.value[0]
        if self.search.nodes < NODE_BUDGET:
            return ahead >= 0
        if ahead > 0:  # what could only be equal takes no certainty away
            self.search.certain = False
        return False


class _Ladder:
    """The most that the turns of one group save, from each of its turns on; filled backwards."""

    def __init__(self) -> None:
        self._places: list[int] = []  # minus the index of the turn, so that they ascend
        self._most: list[int] = []

    def add(self, index: int, most: int) -> int:
        """Add the turn before the others; return by how much it raises the most."""
        before = self._most[-1] if self._most else 0
        self._places.append(-index)
        self._most.append(max(before, most))
        return self._most[-1] - before

    def most_from(self, index: int) -> int:
        """Return the most that the turns at `index` and later save."""
        count = bisect_right(self._places, -index)
        return self._most[count - 1] if count else 0
