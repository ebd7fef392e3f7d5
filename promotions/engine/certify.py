"""Whether leaving a program out could save the customer more, and which ones.

Programs that exclude nothing are simply taken. In exact arithmetic that is always best: what a
reward leaves of a line never grows when less was there before it, so one more program can only
lower what is left in the end. In cents it need not be: a reward over several lines is rounded and
split, and odd cents may move from a line of which later rewards leave little to one of which
they leave much. So:

1. Where every reward over several lines takes together only lines that earlier ones took apart or
   in smaller groups (specific lines before the order, as the stages have it), only sums matter,
   each step leaves a sum that grows with the sum before, and nothing needs to be looked at.
2. Elsewhere the odd cents are bounded. With and without some other program, a reward over k lines
   puts at most k/4 + 1/2 cents on other lines than an exact split; times two, times the
   difference between what later rewards leave of these lines. A program may be worth leaving
   out only if what that surely costs is less than what all splits after it can move, by a cent
   at least; every other program certainly stays.

What leaving a program out surely costs: what it took of a line, times the share that later
rewards left of the rest of the line, less a cent of rounding for each of them. Without it later
rewards leave at least that share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from promotions.engine.candidates import Candidate
from promotions.engine.rewards.discount import LinesDiscount
from promotions.engine.rewards.reward import Shape, Taken, Turn
from promotions.engine.standing import Standing

MILLI = 1000
_POOL, _SET, _NOTHING = Shape.POOL, Shape.SET, Shape.NOTHING  # looking them up in a class costs


def is_wild(turns: Sequence[Turn], start: Standing) -> bool:
    """Tell whether rewards depend on one another in ways that the bounds do not cover.

    Points counted on what is left; one purse or one budget for several programs or rewards; two
    rewards that free units of the same product; a set of units that were discounted before.
    """
    if min(start.purses) < 0:
        return True
    if len({turn.purse for turn in turns}) < len(turns) and _share_purse(turns):
        return True
    if start.budgets:
        budgets = [turn.program_id for turn in turns if turn.program_id in start.budgets]
        if len(set(budgets)) < len(budgets):
            return True
    freed: set[int] = set()
    touched: set[int] = set()
    free = [turn for turn in turns if turn.reward.frees]
    sets = [turn for turn in turns if turn.reward.shape is _SET]
    for turn in turns if sets else free:
        reach = turn.reward.reach(turn, None, start)
        if turn.reward.shape is _SET and not touched.isdisjoint(reach):
            return True
        if turn.reward.frees:
            if not freed.isdisjoint(reach):
                return True
            freed.update(reach)
        touched.update(reach)
    return False


def _share_purse(turns: Sequence[Turn]) -> bool:
    """Tell whether candidates that may be taken together are paid from the same points."""
    first: dict[int, Candidate] = {}
    for turn in turns:
        other = first.setdefault(turn.purse, turn.candidate)
        if other is not turn.candidate and not other.groups & turn.candidate.groups:
            return True
    return False


class Part:
    """A connected part of the basket where odd cents might matter.

    `slack`: the most that splits can move, less the cent that it takes, in thousandths of minor
    units. `loose`: candidates that may be left out, with what that surely costs.
    """

    __slots__ = ("loose", "positions", "slack", "turns")

    def __init__(self, positions: list[int], turns: list[Turn]) -> None:
        """Start without knowing anything."""
        self.positions = positions
        self.turns = turns
        self.slack = 0
        self.loose: dict[Candidate, int] = {}

    def left_out(self) -> Iterator[tuple[Candidate, ...]]:
        """Yield the sets of candidates that it may pay to leave out, smaller sets first."""
        cheap = sorted(self.loose, key=lambda one: (self.loose[one], one.keys[0]))
        for size in range(1, len(cheap) + 1):
            if sum(self.loose[one] for one in cheap[:size]) > self.slack:
                return
            for out in combinations(cheap, size):
                if sum(self.loose[one] for one in out) <= self.slack:
                    yield out


def rough_parts(turns: Sequence[Turn], taken: Sequence[Taken], end: Standing) -> list[Part]:
    """Return the parts of the basket where leaving a program out might save something."""
    turns = turns[: tail_of(turns)]
    if len(turns) < 2:
        return []
    given = {one.turn: one for one in taken}
    blocks = _Blocks()
    masks: dict[int, int] = {}
    for turn in turns:
        if turn.reward.shape is _POOL:
            mask = masks.get(id(turn.targets))
            if mask is None:
                mask = masks[id(turn.targets)] = _mask(turn.targets)
            blocks.pool(turn, mask)
        else:
            blocks.apart(turn, _mask(turn.reward.reach(turn, given.get(turn), end)))
    if not blocks.rough:
        return []
    parts = blocks.parts()
    before_tail = _before_tail(turns, given, end)
    for part in parts:
        _measure(part, given, before_tail[:])
    return [part for part in parts if part.loose]


def _mask(positions: Sequence[int]) -> int:
    """Return positions as a bit mask."""
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask


def tail_of(turns: Sequence[Turn]) -> int:
    """Return where the rewards begin that take the whole order together, up to the end."""
    start = len(turns)
    while start:
        reward = turns[start - 1].reward
        whole = isinstance(reward, LinesDiscount) and reward.whole_order
        if not whole and reward.shape is not _NOTHING:
            break
        start -= 1
    return start


def _before_tail(turns: Sequence[Turn], given: dict[Turn, Taken], end: Standing) -> list[int]:
    """Return what was left of each position before the tail."""
    left = end.basket.gross[:]
    for turn in turns:
        taken = given.get(turn)
        if taken is not None:
            for position, amount in taken.parts.items():
                left[position] -= amount
    return left


class _Blocks:
    """Which positions were taken together so far, and whether one was taken from apart later.

    All as bit masks over positions. `_blocks`: positions of which rewards took the sum, two or
    more; `_joined` has all of them. `rough`: a position for each time that something else was
    taken of a block than all of it.
    """

    def __init__(self) -> None:
        self.turns: list[tuple[Turn, int]] = []
        self.rough = 0
        self._blocks: list[int] = []
        self._joined = 0
        self._links: list[int] = []

    def pool(self, turn: Turn, mask: int) -> None:
        """Take the next turn into account, whose reward takes of the sum of some positions."""
        self.turns.append((turn, mask))
        if not mask & (mask - 1):
            self.rough |= mask & self._joined
            return
        if mask & self._joined:
            block, apart = mask, []
            for other in self._blocks:
                if other & mask:
                    if other & ~mask:
                        self.rough |= mask & -mask
                    block |= other  # a block that sticks out comes along
                else:
                    apart.append(other)
            self._blocks = apart
            self._blocks.append(block)
        else:
            self._blocks.append(mask)
        self._joined |= mask

    def apart(self, turn: Turn, mask: int) -> None:
        """Take the next turn into account, whose reward takes of each position by itself."""
        if mask:
            self.turns.append((turn, mask))
            if mask & self._joined:
                self.rough |= mask & -mask
                self._links.append(mask)

    def parts(self) -> list[Part]:
        """Return the connected parts in which something is rough, with their turns."""
        parts = []
        for mask in self._connected():
            if mask & self.rough:
                positions = [one for one in range(mask.bit_length()) if mask >> one & 1]
                turns = [turn for turn, reach in self.turns if reach & mask]
                parts.append(Part(positions, turns))
        return parts

    def _connected(self) -> list[int]:
        """Return the blocks, those as one that a reward on several positions connects."""
        connected = self._blocks
        for link in self._links:
            whole, apart = link, []
            for block in connected:
                if block & link:
                    whole |= block
                else:
                    apart.append(block)
            connected = [*apart, whole]
        return connected


def _measure(part: Part, given: dict[Turn, Taken], final: list[int]) -> None:
    """Find the slack of a part, and the candidates that leaving out costs no more than it.

    Goes back through the turns: `now` is what was left after each, `later` how many rewards came
    after it on a position. `final` is what is left of each position in the end.
    """
    now = final[:]
    later = [0] * len(final)
    inside = set(part.positions)
    firm: set[Candidate] = set()
    slack = -MILLI
    for turn in reversed(part.turns):
        candidate = turn.candidate
        taken = given.get(turn)
        cost = 0
        for position, amount in () if taken is None else taken.parts.items():
            if position in inside:
                if now[position]:
                    share = amount * final[position] * MILLI // now[position]
                    cost += max(0, share - later[position] * MILLI)
                now[position] += amount
                later[position] += 1
        if cost > slack:
            firm.add(candidate)
        else:
            part.loose[candidate] = max(cost, part.loose.get(candidate, 0))
        if turn.reward.shape is _POOL and len(turn.targets) > 1:
            slack += _odd_cents(turn, taken, now, final)
    part.slack = slack
    # Free units on top would be lost for certain.
    gives_goods = {turn.candidate for turn, taken in given.items() if taken.units}
    part.loose = {one: cost for one, cost in part.loose.items() if one not in gives_goods}


def _odd_cents(turn: Turn, taken: Taken | None, now: list[int], final: list[int]) -> int:
    """Return the most that the odd cents of a split can move, in thousandths."""
    shares = {} if taken is None else taken.parts
    least = MILLI
    for position in turn.targets:
        rest = now[position] - shares.get(position, 0)
        least = min(least, final[position] * MILLI // rest if rest else 0)
    return (len(turn.targets) + 2) * (MILLI - least) // 2 + 1
