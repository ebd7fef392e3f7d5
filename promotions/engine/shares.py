"""From positions back to lines: what each line pays, and the share of each reward on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promotions.engine.allocate import split
from promotions.engine.amounts import money
from promotions.engine.basket import Basket
from promotions.engine.decision import LineResult, Share
from promotions.engine.standing import Parts

LineParts = list[tuple[int, int]]


class LineShares:
    """Splits parts of positions over their lines, one reward after the other.

    A part is split in proportion to what is left of each line, so that no line falls below zero;
    among equal remainders the line with the lower id comes first.
    """

    __slots__ = ("basket", "left")

    def __init__(self, basket: Basket) -> None:
        """Start from the undiscounted lines."""
        self.basket = basket
        self.left = basket.line_gross[:]

    def of(self, parts: Parts) -> LineParts:
        """Return (index of line, amount) for a reward's parts and take them off the lines."""
        left, members = self.left, self.basket.members
        shares: LineParts = []
        for position, amount in parts:
            lines = members[position]
            if len(lines) == 1:
                line = lines[0]
                left[line] -= amount
                shares.append((line, amount))
                continue
            weights = [left[line] for line in lines]
            for line, share in zip(lines, split(amount, weights, sum(weights)), strict=True):
                if share:
                    left[line] -= share
                    shares.append((line, share))
        return shares

    def split_weights(self, weights: Mapping[int, int]) -> LineParts:
        """Split amounts by position over lines by what the lines cost before any reward."""
        shares: LineParts = []
        for position, amount in weights.items():
            lines = self.basket.members[position]
            if len(lines) == 1:
                shares.append((lines[0], amount))
                continue
            gross = [self.basket.line_gross[line] or 1 for line in lines]
            parts = split(amount, gross, sum(gross))
            shares += [(line, part) for line, part in zip(lines, parts, strict=True) if part]
        return shares


def share_tuple(shares: LineParts, line_ids: Sequence[str], digits: int) -> tuple[Share, ...]:
    """Return shares as the Decision holds them, in the order of the cart."""
    if len(shares) > 1:
        shares = sorted(shares)
    return tuple([Share(line_ids[line], money(amount, digits)) for line, amount in shares])


def line_results(
    basket: Basket, left: Sequence[int], line_ids: Sequence[str]
) -> tuple[LineResult, ...]:
    """Return every line with what was taken off it, in the order of the cart."""
    digits = basket.digits
    return tuple(
        [
            LineResult(
                line_id,
                money(gross, digits),
                money(gross - rest, digits),
                money(rest, digits),
            )
            for line_id, gross, rest in zip(line_ids, basket.line_gross, left, strict=True)
        ]
    )
