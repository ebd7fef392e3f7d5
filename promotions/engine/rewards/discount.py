"""Percent, fixed amount or amount per point: off the order, specific lines, the cheapest unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from promotions.engine.amounts import E4, divide, to_e4
from promotions.engine.definition import Discount, Reward
from promotions.engine.filters import FilterNode
from promotions.engine.rewards.reward import CompiledReward, Shape, Taken, Turn
from promotions.engine.standing import Standing, Step
from promotions.engine.terms import AppliesTo, DiscountMode

PERCENT = 100 * E4
COUNTED_OUT = 100
"""Claims of a fixed amount are taken one after the other up to so many, more of them together."""
_NOTHING = 0, 0, (0, 1)
_PERCENT, _FIXED = DiscountMode.PERCENT, DiscountMode.FIXED  # looking them up in a class costs
_PER_POINT = DiscountMode.PER_POINT


class CompiledDiscount(CompiledReward):
    """The size of a discount: what is taken of a basis, and what that costs."""

    __slots__ = ("max_amount", "mode", "point_unit", "value")

    def __init__(
        self, reward: Reward, discount: Discount, stage: int, node: FilterNode, point_unit: int
    ) -> None:
        """`point_unit`: the smallest part of a point that the program counts."""
        super().__init__(reward, stage, node)
        self.mode = discount.mode
        self.value = to_e4(discount.value)
        self.max_amount = None if discount.max_amount is None else to_e4(discount.max_amount)
        self.point_unit = point_unit

    def size(
        self, turn: Turn, standing: Standing, basis: tuple[int, int], most: int
    ) -> tuple[int, int, tuple[int, int]]:
        """Return (amount, cost in points, exact amount as a fraction) of one claim.

        `basis` is the fraction of minor units that a percent is taken of; the amount stays
        within `most`. (0, 0, ...) if the points do not suffice or nothing is left.
        """
        purse = standing.purses[turn.purse]
        cost = self.required
        if purse < cost:
            return _NOTHING
        basket = standing.basket
        if self.mode is _PERCENT:
            numerator, denominator = basis[0] * self.value, basis[1] * PERCENT
        elif self.mode is _FIXED:
            numerator, denominator = self.value, basket.scale
        else:
            points = purse if turn.points is None else min(purse, turn.points)
            cost = points - points % cost
            numerator, denominator = self.value * cost, E4 * basket.scale
        if basket.down:
            amount = numerator // denominator
        else:
            amount = (2 * numerator + denominator) // (2 * denominator)
        if self.max_amount is not None and amount * basket.scale > self.max_amount:
            amount = self.max_amount // basket.scale
        amount = min(amount, most)
        if standing.bounded:
            amount = standing.most(turn.program_id, amount)
        if self.mode is _PER_POINT:
            cost = self.points_for(amount, basket.scale, cost)
        return (amount, cost, (numerator, denominator)) if amount > 0 else _NOTHING

    def points_for(self, amount: int, scale: int, points: int) -> int:
        """Return the points that an amount uses up: all, or fewer if it was capped."""
        used = -(-amount * scale * E4 // self.value)
        used += -used % self.point_unit
        return min(points, used)


class LinesDiscount(CompiledDiscount):
    """A discount on all of its target lines together; `whole_order`: manual adjustments count."""

    __slots__ = ("whole_order",)

    def __init__(
        self, reward: Reward, discount: Discount, stage: int, node: FilterNode, point_unit: int
    ) -> None:
        """Take the size and the target."""
        super().__init__(reward, discount, stage, node, point_unit)
        self.whole_order = discount.applies_to is AppliesTo.ORDER

    def worth(self, turn: Turn, standing: Standing) -> int | None:
        """Return the amount of one claim."""
        if (turn.times or 1) > 1:
            return None
        if self.whole_order:
            basis = standing.total
        else:
            left = standing.left
            basis = sum([left[target] for target in turn.targets])
        return self.size(turn, standing, (basis, 1), basis)[0] if basis > 0 else 0

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Take the discount off what is left, once per claim, one claim after the other."""
        if turn.times is None:
            return self._take_once(turn, standing, steps)
        if self.mode is _FIXED and turn.times > COUNTED_OUT:
            return self._take_together(turn, turn.times, standing, steps)
        return repeated(turn.times, self._take_once, turn, standing, steps)

    def _take_together(
        self, turn: Turn, times: int, standing: Standing, steps: list[Step] | None
    ) -> Taken | None:
        """Take a fixed amount so many times at once: thousands of claims cost no more than one."""
        basket, left = standing.basket, standing.left
        targets: Sequence[int] = basket.all if self.whole_order else turn.targets
        weight = standing.goods if self.whole_order else sum([left[one] for one in targets])
        basis = standing.total if self.whole_order else weight
        each = divide(self.value, basket.scale, down=basket.down)
        if self.max_amount is not None:
            each = min(each, self.max_amount // basket.scale)
        times = min(times, standing.purses[turn.purse] // self.required)
        amount = standing.most(turn.program_id, min(each * times, basis))
        if amount <= 0:
            return None
        times = -(-amount // each)
        cost = times * self.required
        parts = standing.spread(turn.program_id, targets, amount, weight)
        standing.pay(turn.purse, cost)
        if steps is not None:
            value = self.value * times
            exact = (value, basket.scale)
            steps.append(Step(self.mode.value, basis, value, exact, amount, cost, parts))
        return Taken(turn, amount, cost, parts, times=times)

    def _take_once(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        if self.whole_order:
            targets: Sequence[int] = standing.basket.all
            weight = standing.goods
            basis = standing.total
        else:
            targets = turn.targets
            left = standing.left
            weight = basis = sum([left[target] for target in targets])
        if basis <= 0:
            return None
        amount, cost, exact = self.size(turn, standing, (basis, 1), basis)
        if not amount:
            return None
        parts = standing.spread(turn.program_id, targets, amount, weight)
        standing.pay(turn.purse, cost)
        if steps is not None:
            steps.append(Step(self.mode.value, basis, self.value, exact, amount, cost, parts))
        return Taken(turn, amount, cost, parts)


class CheapestDiscount(CompiledDiscount):
    """A discount on one unit: the cheapest by unit price, then product id, that costs something.

    A unit is worth its share of what is left of its position. Units given free do not count, nor
    do parts of a unit (weighed goods below one). A unit that is taken off whole is given free.
    """

    __slots__ = ()

    shape: ClassVar[Shape] = Shape.UNITS

    def reach(self, turn: Turn, taken: Taken | None, standing: Standing) -> Sequence[int]:
        """Return the position it took, and the cheaper ones that cost nothing by then."""
        if taken is None:
            return turn.targets
        last = max(taken.parts)
        if turn.targets[0] == last:
            return (last,)
        basket = standing.basket
        return [
            target
            for target in turn.targets
            if target <= last and basket.gross[target] and basket.qty[target] >= E4
        ]

    def most(self, turn: Turn, start: Standing) -> int:
        """Return what it would take of the dearest unit, each time it is claimed."""
        basket = start.basket
        dearest = max(
            (
                divide(basket.gross[target] * E4, basket.qty[target])
                for target in turn.targets
                if basket.qty[target] >= E4
            ),
            default=0,
        )
        return dearest * (turn.times or 1)

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Take the discount off one unit, once per claim."""
        return repeated(turn.times or 1, self._take_once, turn, standing, steps)

    def _take_once(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        position = self._cheapest(turn.targets, standing)
        if position is None:
            return None
        left = standing.left[position]
        paid = standing.basket.qty[position] - standing.freed[position]
        unit = (left * E4, paid)
        worth = divide(left * E4, paid)
        amount, cost, exact = self.size(turn, standing, unit, min(left, worth))
        if not amount:
            return None
        parts = standing.spread(turn.program_id, (position,), amount, left)
        if amount >= worth:
            standing.freed[position] += E4
        standing.pay(turn.purse, cost)
        if steps is not None:
            steps.append(Step(self.mode.value, worth, self.value, exact, amount, cost, parts))
        return Taken(turn, amount, cost, parts)

    @staticmethod
    def _cheapest(targets: Sequence[int], standing: Standing) -> int | None:
        basket, left, freed = standing.basket, standing.left, standing.freed
        for position in targets:
            if left[position] > 0 and basket.qty[position] - freed[position] >= E4:
                return position
        return None


def repeated(
    times: int,
    take: Callable[[Turn, Standing, list[Step] | None], Taken | None],
    turn: Turn,
    standing: Standing,
    steps: list[Step] | None,
) -> Taken | None:
    """Take a reward so many times, as long as it gives something."""
    taken = take(turn, standing, steps)
    for _ in range(times - 1):
        more = None if taken is None else take(turn, standing, steps)
        if taken is None or more is None:
            break
        taken = _add(taken, more)
    return taken


def _add(taken: Taken, more: Taken) -> Taken:
    """Return two claims of one turn as one."""
    parts = taken.parts.copy()
    for position, amount in more.parts.items():
        parts[position] = parts.get(position, 0) + amount
    return Taken(
        taken.turn,
        taken.amount + more.amount,
        taken.cost + more.cost,
        parts,
        times=taken.times + more.times,
    )
