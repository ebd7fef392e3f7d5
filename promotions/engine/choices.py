"""Choosing among candidates that exclude each other: depth first, cut off by what could be saved.

Along the order of application, from a greedy start, and no further where even the sum of what
every later turn could save at most cannot beat the best found. Where only rewards on the whole
order are left to take, the sums suffice to tell combinations apart; what falls on which line is
worked out for the best one alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from promotions.engine.candidates import Candidate
from promotions.engine.combine import Combination, Effort, take_all, take_turn
from promotions.engine.refine import Refiner
from promotions.engine.rewards.reward import Taken, Turn
from promotions.engine.standing import Standing

NODE_BUDGET = 4_000
MOST_GROUPS = 200
"""With more groups than this in one cart the greedy combination stands."""

Chosen = frozenset[Candidate]
_NONE: Chosen = frozenset()


class Choices:
    """The part of a search from the first choice on, after what is common to all combinations."""

    def __init__(
        self, turns: Sequence[Turn], optional: Chosen, refiner: Refiner, effort: Effort
    ) -> None:
        """Take the turns in their order; `optional` are those that there is a choice about."""
        first = 0
        while turns[first].candidate not in optional:
            first += 1
        self.before = turns[:first]
        self.turns = turns[first:]
        self.optional = optional
        self.refiner = refiner
        self.effort = effort
        self.sums_from = max(0, refiner.tail - first)
        self.rough = False  # whether odd cents matter before the turns of which sums are kept
        self.common: Combination
        self.best: Combination

    def best_of_all(self, start: Standing) -> Combination:
        """Return the best combination found."""
        chosen = frozenset([turn.candidate for turn in self.before])
        self.common = take_all(self.before, chosen, start)
        if any(start.purses[turn.purse] < 0 for turn in self.turns[self.sums_from :]):
            self.sums_from = len(self.turns)  # points that count what is left of single lines
        self._look_ahead()
        self.best = self.refiner.refined(self._greedy())
        if len({one.groups for one in self.optional}) > MOST_GROUPS:
            self.effort.certain = False
        else:
            common = self.common
            begin = common.standing.copy()
            self._descend(0, self.bounds[0], begin, 0, common.taken, common.chosen, _NONE)
        return self._in_full(self.best)

    def _look_ahead(self) -> None:
        """Note for each turn what it saves alone and at most, and from each on what all can save.

        In company a turn saves no more than alone, unless its reward says so itself. Of the
        candidates of a group only the one that saves most counts. `group`: the group that a turn
        counts for, and `rivals` the most that later turns of it save; `shut`: the groups of which
        one taken shuts a turn out; `next_other`: the next turn that other groups shut out.
        """
        size = len(self.turns)
        self.solo = [self._alone(turn) for turn in self.turns]
        self.most = self.solo[:]
        self.bounds = [0] * (size + 1)
        self.group_bounds: dict[int, _Ladder] = {}
        self.group = [0] * size
        self.rivals = [0] * size
        self.shut = [0] * size
        self.next_other = list(range(1, size + 1))
        for index in range(size - 1, -1, -1):
            turn = self.turns[index]
            most = turn.reward.most(turn, self.common.standing)
            if most is not None and most > self.most[index]:
                self.most[index] = most
            most = self.most[index]
            candidate = turn.candidate
            if candidate.groups and len(candidate.keys) == 1:
                group = self.group[index] = candidate.groups & -candidate.groups
                ladder = self.group_bounds.setdefault(group, _Ladder())
                self.rivals[index] = ladder.most
                most = ladder.add(index, most)
                self.shut[index] = candidate.groups
                if index + 1 < size and self.shut[index + 1] == candidate.groups:
                    self.next_other[index] = self.next_other[index + 1]
            self.bounds[index] = self.bounds[index + 1] + most

    def _alone(self, turn: Turn) -> int:
        """Return what a turn would save if none of the others were taken."""
        before = self.common.standing
        if before.purses[turn.purse] >= 0:
            worth = turn.reward.worth(turn, before)
            if worth is not None:
                return worth
        standing = before.copy()
        taken = take_turn(turn, standing)
        return 0 if taken is None else taken.amount + standing.gifts - before.gifts

    def _greedy(self) -> Combination:
        """Return what taking the candidates by what they save alone gives."""
        sums: dict[Candidate, int] = {}
        for turn, saving in zip(self.turns, self.solo, strict=True):
            sums[turn.candidate] = sums.get(turn.candidate, 0) + saving
        used = 0
        chosen = set(self.common.chosen)
        for one in self.common.chosen:
            used |= one.groups
        for one in sorted(sums, key=lambda one: (-sums[one], one.keys[0])):
            if not one.groups & used or one in chosen:
                used |= one.groups
                chosen.add(one)
        return self._taken(frozenset(chosen))

    def _taken(self, chosen: Chosen) -> Combination:
        """Return a combination of the common candidates and others."""
        standing = self.common.standing.copy()
        taken = self.common.taken[:]
        for turn in self.turns:
            if turn.candidate in chosen:
                result = take_turn(turn, standing)
                if result is not None:
                    taken.append(result)
        return Combination(chosen, taken, standing)

    def _in_full(self, found: Combination) -> Combination:
        """Return a combination with the shares of all lines, if only sums were kept."""
        return found if found.standing.by_line else self._taken(found.chosen)

    def _descend(
        self,
        index: int,
        bound: int,
        standing: Standing,
        used: int,
        taken: list[Taken],
        chosen: Chosen,
        left_out: Chosen,
    ) -> None:
        """Go on from turn `index`; `used` holds the bits of groups that are taken.

        `bound`: the most that turns from `index` on can save, groups that are taken left out.
        """
        while index < len(self.turns):
            if not self._may_win(standing, bound):
                return
            here = index
            index = self.next_other[here] if self.shut[here] & used else here + 1
            if not self.group[here] & used:
                bound -= self.bounds[here] - self.bounds[index]
            if self.shut[here] & used:
                continue
            if here >= self.sums_from and standing.by_line:
                self.rough = bool(self.refiner.left_out(chosen, taken, standing))
                standing = standing.sums()
            turn = self.turns[here]
            one = turn.candidate
            if one not in chosen:
                free = not one.groups & used and one not in left_out
                if free and one in self.optional:
                    if self._may_win(standing, bound - self.rivals[here] + self.most[here]):
                        fork = standing.copy()
                        more = self._with(turn, fork, taken)
                        rest = self._shut_out(bound, index, one.groups)
                        groups, with_it = used | one.groups, chosen | {one}
                        self._descend(index, rest, fork, groups, more, with_it, left_out)
                    free = False
                if not free:
                    left_out |= one.later
                    continue
                chosen |= {one}
                bound = self._shut_out(bound, index, one.groups)
                used |= one.groups
            taken = self._with(turn, standing, taken)
        self._compare(Combination(chosen, taken, standing))

    def _shut_out(self, bound: int, index: int, groups: int) -> int:
        """Return the bound from `index` on when some groups are taken."""
        while groups:
            group = groups & -groups
            groups -= group
            if group in self.group_bounds:
                bound -= self.group_bounds[group].most_from(index)
        return bound

    def _compare(self, found: Combination) -> None:
        """Keep a combination if it is the best so far, if need be without some programs."""
        if found.standing.by_line or self.rough:
            found = self.refiner.refined(self._in_full(found))
        if found.beats(self.best):
            self.best = found

    def _with(self, turn: Turn, standing: Standing, taken: list[Taken]) -> list[Taken]:
        self.effort.nodes += turn.work
        result = take_turn(turn, standing)
        return taken if result is None else [*taken, result]

    def _may_win(self, standing: Standing, bound: int) -> bool:
        """Tell whether going on is allowed and can still reach the best value found.

        `bound`: the most that can be saved yet.
        """
        saved = standing.basket.goods - standing.goods + standing.gifts
        ahead = saved + bound - self.best.value[0]
        if self.effort.nodes < NODE_BUDGET:
            return ahead >= 0
        if ahead > 0:  # what could only be equal takes no certainty away
            self.effort.certain = False
        return False


class _Ladder:
    """The most that the turns of one group save, from each of its turns on; filled backwards."""

    def __init__(self) -> None:
        self.most = 0
        self._places: list[int] = []  # minus the index of the turn, so that they ascend
        self._most: list[int] = []

    def add(self, index: int, most: int) -> int:
        """Add the turn before the others; return by how much it raises the most."""
        before = self.most
        if most > before:
            self.most = most
            self._places.append(-index)
            self._most.append(most)
        return self.most - before

    def most_from(self, index: int) -> int:
        """Return the most that the turns at `index` and later save."""
        count = bisect_right(self._places, -index)
        return self._most[count - 1] if count else 0
