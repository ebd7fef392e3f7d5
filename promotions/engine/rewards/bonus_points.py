"""Bonus points on the partner's card: fixed, or a multiplier of what the order earns."""

from __future__ import annotations

from typing import ClassVar

from promotions.engine.amounts import E4, to_e4
from promotions.engine.definition import BonusPoints, Reward
from promotions.engine.rewards.reward import CompiledReward, Shape, Taken, Turn
from promotions.engine.standing import Standing, Step


class CompiledBonusPoints(CompiledReward):
    """Points for the card of the program's kind of points.

    A multiplier of 2 doubles what the order earns on that card: the bonus is what it earns by
    rules, times the multiplier less one. It is counted after all discounts, so a turn only says
    that it is due (`bonus` of the fixed amount, or none yet).
    """

    __slots__ = ("amount", "extra_rate")

    shape: ClassVar[Shape] = Shape.NOTHING

    def __init__(self, reward: Reward, points: BonusPoints, stage: int) -> None:
        """Take the amount or the multiplier."""
        super().__init__(reward, stage)
        self.amount = 0 if points.amount is None else to_e4(points.amount)
        self.extra_rate = 0 if points.multiplier is None else to_e4(points.multiplier) - E4

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Spend the points of the claim and note the bonus."""
        purse = standing.purses[turn.purse]
        times = min(turn.times or 1, purse // self.required)
        if times <= 0 or (self.amount <= 0 and self.extra_rate <= 0):
            return None
        cost = times * self.required
        standing.pay(turn.purse, cost)
        standing.extras += 1
        bonus = self.amount * times
        if steps is not None:
            steps.append(
                Step("bonus_points", 0, self.extra_rate or self.amount, (0, 1), 0, cost, {})
            )
        return Taken(turn, 0, cost, {}, times=times, bonus=bonus)
