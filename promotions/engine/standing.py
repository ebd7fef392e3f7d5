"""What is left of an order while rewards are taken one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import ClassVar, NamedTuple

from promotions.engine.allocate import split
from promotions.engine.basket import Basket

Parts = dict[int, int]
"""What was taken off each position, in minor units."""


class Standing:
    """The running state: money left on each position, units given free, points left in purses.

    `left`, `goods` (their sum), `budgets` and `gifts` (list value of free units to add) are minor
    units; `freed`, `purses` and `spent` ten-thousandths. `extras` counts what was given without
    taking money off. A purse below zero has not been counted yet. `by_line`: amounts are taken
    off the positions, not off the sum alone. `bounded`: an amount may have to be less than what is
    left of its lines, see `most`.
    """

    by_line: ClassVar[bool] = True

    __slots__ = (
        "basket",
        "bounded",
        "budgets",
        "extras",
        "freed",
        "gifts",
        "goods",
        "left",
        "purses",
        "spent",
    )

    def __init__(self, basket: Basket, purses: list[int], budgets: dict[int, int]) -> None:
        """Start from the undiscounted basket."""
        self.basket = basket
        self.left = basket.gross[:]
        self.goods = basket.goods
        self.freed = [0] * len(self.left)
        self.purses = purses
        self.budgets = budgets
        self.bounded = bool(budgets or basket.adjustment)
        self.gifts = 0
        self.extras = 0
        self.spent = 0

    def copy(self) -> Standing:
        """Return a state that can go another way."""
        twin = Standing(self.basket, self.purses[:], self.budgets.copy())
        twin.left = self.left[:]
        twin.freed = self.freed[:]
        self._copy_sums(twin)
        return twin

    def sums(self) -> Sums:
        """Return a state for rewards on the whole order, if only their amounts are wanted."""
        twin = Sums(self.basket, self.purses[:], self.budgets.copy())
        twin.left = self.left
        twin.freed = self.freed
        self._copy_sums(twin)
        return twin

    def _copy_sums(self, twin: Standing) -> None:
        twin.goods = self.goods
        twin.gifts = self.gifts
        twin.extras = self.extras
        twin.spent = self.spent

    @property
    def total(self) -> int:
        """What the order costs now; manual adjustments lower it, never below zero."""
        return max(0, self.goods + self.basket.adjustment)

    def pay(self, purse: int, cost: int) -> None:
        """Spend points from a purse."""
        self.purses[purse] -= cost
        self.spent += cost

    def most(self, program_id: int, amount: int) -> int:
        """Return the part of an amount that the order total and the program's budget allow."""
        if self.basket.adjustment:
            amount = min(amount, self.total)
        if self.budgets:
            amount = min(amount, self.budgets.get(program_id, amount))
        return amount

    def spread(self, program_id: int, targets: Sequence[int], amount: int, basis: int) -> Parts:
        """Take an amount off the targets in proportion to what is left of them, `basis` in all."""
        left = self.left
        if len(targets) == 1:
            left[targets[0]] -= amount
            parts = {targets[0]: amount}
        elif len(targets) == len(left):
            shares = split(amount, left, basis)
            left[:] = map(sub, left, shares)
            parts = dict(zip(targets, shares, strict=True))
            if 0 in shares:
                parts = {target: share for target, share in parts.items() if share}
        else:
            parts = {}
            shares = split(amount, [left[target] for target in targets], basis)
            for target, share in zip(targets, shares, strict=True):
                if share:
                    left[target] -= share
                    parts[target] = share
        self.goods -= amount
        if program_id in self.budgets:
            self.budgets[program_id] -= amount
        return parts

    def take(self, program_id: int, wanted: Parts) -> Parts:
        """Take an amount off each position named, as far as it is there; return what was taken."""
        room = self.most(program_id, sum(wanted.values()))
        parts = {}
        for position, amount in wanted.items():
            share = min(amount, self.left[position], room)
            if share > 0:
                self.left[position] -= share
                self.goods -= share
                room -= share
                parts[position] = share
        if program_id in self.budgets:
            self.budgets[program_id] -= sum(parts.values())
        return parts


class Sums(Standing):
    """A state that only rewards on the whole order go on from: the positions stay as they were."""

    by_line: ClassVar[bool] = False

    __slots__ = ()

    def copy(self) -> Standing:
        """Return a state that can go another way."""
        return self.sums()

    def spread(self, program_id: int, targets: Sequence[int], amount: int, basis: int) -> Parts:
        """Take an amount off the sum; it falls on no position."""
        self.goods -= amount
        if program_id in self.budgets:
            self.budgets[program_id] -= amount
        return {}


class Step(NamedTuple):
    """One arithmetic step for the trace: `exact` is a fraction of minor units."""

    operation: str
    basis: int
    rate: int
    exact: tuple[int, int]
    rounded: int
    cost: int
    parts: Parts
