"""Several percents in one reward: one after the other, or the highest step reached."""

from __future__ import annotations

from promotions.engine.amounts import divide, to_e4
from promotions.engine.definition import Reward, Steps
from promotions.engine.filters import FilterNode
from promotions.engine.rewards.discount import PERCENT
from promotions.engine.rewards.reward import CompiledReward, Taken, Turn
from promotions.engine.standing import Standing, Step
from promotions.engine.terms import StepsBy, StepsMode


class CompiledSteps(CompiledReward):
    """Percents off the target lines, from the quantity or the gross amount that each step names.

    A step is reached by what is in the cart before any reward. `cascade` takes every step
    reached, each of what the one before left; `tier` takes the highest step reached.
    """

    __slots__ = ("by_qty", "cascade", "steps")

    def __init__(self, reward: Reward, steps: Steps, stage: int, node: FilterNode) -> None:
        """Take the steps by threshold; steps at the same threshold keep their order."""
        super().__init__(reward, stage, node)
        self.cascade = steps.mode is StepsMode.CASCADE
        self.by_qty = steps.by is StepsBy.QTY
        self.steps = sorted(
            ((to_e4(step.threshold), to_e4(step.percent)) for step in steps.steps),
            key=lambda step: step[0],
        )

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Take the steps reached, rounding each."""
        basket, left, targets = standing.basket, standing.left, turn.targets
        purse = standing.purses[turn.purse]
        basis = sum([left[target] for target in targets])
        if purse < self.required or not basis:
            return None
        shares: dict[int, int] = {}
        total = 0
        for percent in self._reached(turn, standing):
            exact = (basis * percent, PERCENT)
            amount = divide(*exact, down=basket.down)
            amount = standing.most(turn.program_id, min(amount, basis))
            if amount <= 0:
                continue
            parts = standing.spread(turn.program_id, targets, amount, basis)
            if steps is not None:
                steps.append(Step("percent", basis, percent, exact, amount, 0, parts))
            basis -= amount
            total += amount
            for position, share in parts.items():
                shares[position] = shares.get(position, 0) + share
        if not total:
            return None
        standing.pay(turn.purse, self.required)
        return Taken(turn, total, self.required, shares)

    def _reached(self, turn: Turn, standing: Standing) -> list[int]:
        basket = standing.basket
        if self.by_qty:
            reached = sum(basket.qty[target] for target in turn.targets)
        else:
            reached = sum(basket.gross[target] for target in turn.targets) * basket.scale
        percents = [percent for threshold, percent in self.steps if threshold <= reached]
        return percents if self.cascade else percents[-1:]
