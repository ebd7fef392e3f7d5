"""Free units of a product: in the cart, or on top of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from promotions.engine.amounts import E4, divide, to_e4
from promotions.engine.basket import whole_units
from promotions.engine.definition import FreeProduct, Reward
from promotions.engine.rewards.reward import CompiledReward, Shape, Taken, Turn
from promotions.engine.standing import Parts, Standing, Step
from promotions.engine.terms import Placement

NO_LIMIT = 1_000_000_000


class CompiledFreeProduct(CompiledReward):
    """`qty` units of one of `products` per claim.

    With placement `in_cart`, units in the cart become free as far as they do not pay for the
    reward themselves: a claim whose points are made by units of the same product is taken in the
    cart only whole, so that n bought and m free work in groups of n + m. What is earned beyond
    that comes as units to add, and adding them changes no total.
    """

    __slots__ = ("extra", "prices", "products", "qty")

    shape: ClassVar[Shape] = Shape.UNITS
    frees: ClassVar[bool] = True

    def __init__(self, reward: Reward, product: FreeProduct, stage: int) -> None:
        """Take the products with their list prices."""
        super().__init__(reward, stage)
        self.products = {one.id: one for one in product.products}
        self.prices = {one.id: to_e4(one.price) for one in product.products}
        self.qty = to_e4(product.qty)
        self.extra = product.placement is Placement.EXTRA

    @property
    def needs_choice(self) -> bool:
        """Whether the customer must say which product."""
        return len(self.products) != 1

    def reach(self, turn: Turn, taken: Taken | None, standing: Standing) -> Sequence[int]:
        """Return the positions of the product, none if free units come on top."""
        return () if self.extra else standing.basket.of_product.get(self._product(turn), ())

    def most(self, turn: Turn, start: Standing) -> int:
        """Return the price of all units earned, at the list price or the dearest in the cart."""
        product = self._product(turn)
        basket = start.basket
        prices = [basket.price[one] for one in basket.of_product.get(product, ())]
        points = start.purses[turn.purse]
        if points < 0:
            points = turn.candidate.points_now(start)
        claims = points // self.required
        if turn.times is not None:
            claims = min(claims, turn.times)
        return -(-claims * self.qty * max([self.prices[product], *prices]) // (E4 * basket.scale))

    def _product(self, turn: Turn) -> int:
        return turn.product if turn.product is not None else next(iter(self.products))

    def take(self, turn: Turn, standing: Standing, steps: list[Step] | None) -> Taken | None:
        """Free units in the cart, dearest first, and return what is earned beyond."""
        product = self._product(turn)
        limit = NO_LIMIT if turn.times is None else turn.times
        purse = standing.purses[turn.purse]
        positions = [] if self.extra else self._units(product, standing)
        freed = lost = 0
        if positions:
            available = sum([units for _, units in positions])
            freed = self._free_in_cart(turn, product, available, limit, purse)
            lost = turn.candidate.points_lost(product, freed)
        claims = min(limit, (purse - lost) // self.required)
        units = claims * self.qty - freed
        parts: Parts = {}
        if freed:
            worth = self._worth(positions, freed, standing)
            saving = sum([amount for _, _, amount in worth])
            if not units and not standing.most(turn.program_id, saving):
                return None
            parts = standing.take(
                turn.program_id, {position: amount for position, _, amount in reversed(worth)}
            )
            for position, units_freed, amount in worth:
                standing.freed[position] += _paid_for(units_freed, amount, parts.get(position, 0))
        elif not units:
            return None
        cost = claims * self.required
        standing.pay(turn.purse, cost)
        standing.extras += 1
        standing.gifts += divide(units * self.prices[product], E4 * standing.basket.scale)
        amount = sum(parts.values())
        if steps is not None:
            steps.append(Step("free_units", freed, claims * E4, (amount, 1), amount, cost, parts))
        return Taken(turn, amount, cost, parts, times=claims, units=units, product=product)

    @staticmethod
    def _units(product: int, standing: Standing) -> list[tuple[int, int]]:
        """Return (position, whole units that still cost something), dearest first."""
        basket, freed = standing.basket, standing.freed
        return [
            (position, units)
            for position in reversed(basket.of_product.get(product, ()))
            if (units := whole_units(basket.qty[position] - freed[position]))
        ]

    def _free_in_cart(
        self, turn: Turn, product: int, available: int, limit: int, purse: int
    ) -> int:
        """Return the most units that can be free in the cart.

        Points lost grow with the units freed, so the number of whole claims is found by halving.
        """
        lost, required, qty = turn.candidate.points_lost, self.required, self.qty
        paid_by_others = min(limit, (purse - lost(product, available)) // required)
        low, high = 0, min(limit, available // qty, purse // required)
        while low < high:
            claims = (low + high + 1) // 2
            if claims * required <= purse - lost(product, claims * qty):
                low = claims
            else:
                high = claims - 1
        return max(low * qty, min(available, max(0, paid_by_others) * qty))

    @staticmethod
    def _worth(
        positions: list[tuple[int, int]], freed: int, standing: Standing
    ) -> list[tuple[int, int, int]]:
        """Return (position, units, what is left to pay for them) for `freed` units in all."""
        worth = []
        for position, units in positions:
            if not freed:
                break
            given = min(units, freed)
            freed -= given
            paid = standing.basket.qty[position] - standing.freed[position]
            left = standing.left[position] * given
            worth.append((position, given, divide(left, paid, down=standing.basket.down)))
        return worth


def _paid_for(units: int, worth: int, taken: int) -> int:
    """Return how many whole units are free when only part of their worth could be taken.

    Where a budget ends in the middle of a unit, that one still costs something, and other rewards
    find it.
    """
    return units if taken >= worth else units * taken // worth // E4 * E4
