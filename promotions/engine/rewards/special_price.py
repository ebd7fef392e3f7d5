"""A special price for each matching unit."""

from __future__ import annotations

from typing import ClassVar

from promotions.engine.allocate import split
from promotions.engine.amounts import E4, divide, to_e4
from promotions.engine.definition import Reward, SpecialPrice
from promotions.engine.filters import FilterNode
from promotions.engine.rewards.reward import CompiledReward, Shape, Taken, Turn
from promotions.engine.standing import Standing, Step


class CompiledSpecialPrice(CompiledReward):
    """Unit price less special price, for each matching unit whose price is higher.

    With a most units per order, the units with the largest difference get it. Units given free
    count no more.
    """

    __slots__ = ("max_qty", "price")

    shape: ClassVar[Shape] = Shape.UNITS

    def __init__(self, reward: Reward, special: SpecialPrice, stage: int, node: FilterNode) -> None:
        """Take the price and the most units."""
        super().__init__(reward, stage, node)
        self.price = to_e4(special.price)
        self.max_qty = None if special.max_qty is None else to_e4(special.max_qty)

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Lower the prices once, whatever the number of claims."""
        basket = standing.basket
        purse = standing.purses[turn.purse]
        if purse < self.required:
            return None
        quota = self.max_qty
        cuts: list[tuple[int, int]] = []
        for target in reversed(turn.targets):  # dearest first
            cut = basket.price[target] - self.price
            units = basket.qty[target] - standing.freed[target]
            if quota is not None:
                units = min(units, quota)
                quota -= units
            if cut <= 0 or units <= 0:
                continue
            cuts.append((target, cut * units))
        if not cuts:
            return None
        cuts.reverse()
        exact = sum(cut for _, cut in cuts)
        amount = divide(exact, E4 * basket.scale, down=basket.down)
        shares = split(amount, [cut for _, cut in cuts], exact)
        wanted = {target: share for (target, _), share in zip(cuts, shares, strict=True)}
        parts = standing.take(turn.program_id, wanted)
        if not parts:
            return None
        standing.pay(turn.purse, self.required)
        amount = sum(parts.values())
        if steps is not None:
            steps.append(
                Step(
                    "special_price", sum(basket.gross[target] for target, _ in cuts), self.price,
                    (exact, E4 * basket.scale), amount, self.required, parts,
                )
            )  # fmt: skip
        return Taken(turn, amount, self.required, parts)
