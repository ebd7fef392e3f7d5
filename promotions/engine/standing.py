"""What is left of an order while rewards are taken one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import NamedTuple

from promotions.engine.allocate import split
from promotions.engine.basket import Basket

Parts = dict[int, int]
"""What was taken off each position, in minor units."""


class Standing:
    """The running state: money left on each position, units given free, points left in purses.

    `left`, `goods` (their sum), `budgets` and `gifts` (list value of free units to add) are minor
    units; `freed`, `purses` and `spent` ten-thousandths. `extras` counts what was given without
    taking money off. A purse below zero has not been counted yet.
    """

    __slots__ = (
        "basket",
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
        self.gifts = 0
        self.extras = 0
        self.spent = 0

    def copy(self) -> Standing:
        """Return a state that can go another way."""
        twin = Standing.__new__(Standing)
        twin.basket = self.basket
        twin.left = self.left[:]
        twin.goods = self.goods
        twin.freed = self.freed[:]
        twin.purses = self.purses[:]
        twin.budgets = self.budgets.copy()
        twin.gifts = self.gifts
        twin.extras = self.extras
        twin.spent = self.spent
        return twin

    @property
    def total(self) -> int:
        """What the order costs now; manual adjustments lower it, never below zero."""
        return max(0, self.goods + self.basket.adjustment)

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
        else:
            everything = len(targets) == len(left)
            weights = left if everything else [left[target] for target in targets]
            shares = split(amount, weights, basis)
            parts = dict(zip(targets, shares, strict=True))
            if 0 in shares:
                parts = {target: share for target, share in parts.items() if share}
            if everything:
                left[:] = map(sub, left, shares)
            else:
                for target, share in parts.items():
                    left[target] -= share
        self.goods -= amount
        if self.budgets and program_id in self.budgets:
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
        if self.budgets and program_id in self.budgets:
            self.budgets[program_id] -= sum(parts.values())
        return parts


class Step(NamedTuple):
    """One arithmetic step for the trace: `exact` is a fraction of minor units."""

    operation: str
    basis: int
    rate: int
    exact: tuple[int, int]
    rounded: int
    cost: int
    parts: Parts
