"""From positions back to lines: what each line pays, and the share of each reward on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from promotions.engine.allocate import split
from promotions.engine.amounts import CASH, PLAIN, number
from promotions.engine.basket import Basket
from promotions.engine.bulk import Bulk
from promotions.engine.decision import LineResult, Share
from promotions.engine.standing import Parts

_SHARES = Bulk(Share)
_LINES = Bulk(LineResult)


class LineShares:
    """Splits parts of positions over their lines, one reward after the other.

    A part is split in proportion to what is left of each line, so that no line falls below zero;
    among equal remainders the line with the lower id comes first. Shares come in the order of
    positions, so they do not depend on the order of the cart.
    """

    __slots__ = ("_basket", "_cash", "_left", "_line_ids", "_only")

    def __init__(self, basket: Basket, line_ids: Sequence[str]) -> None:
        """Start from the undiscounted lines."""
        self._basket = basket
        self._line_ids = line_ids
        self._cash = CASH[basket.digits]
        self._left = basket.line_gross[:]
        # Where every position is one line, as in most carts, there is nothing to split.
        self._only: Sequence[str] | None = None
        if all(len(lines) == 1 for lines in basket.members):
            self._only = [line_ids[lines[0]] for lines in basket.members]

    def of(self, parts: Parts) -> tuple[Share, ...]:
        """Return the shares of a reward's parts and take them off the lines."""
        return self.of_all((parts,))[0]

    def of_all(self, all_parts: Sequence[Parts]) -> list[tuple[Share, ...]]:
        """Return the shares of each reward, which are taken off the lines one after the other."""
        ids = self._only
        if ids is None:
            ids = self._line_ids
            all_parts = [dict(self._split(parts)) for parts in all_parts]
        cash = self._cash
        line_ids = [ids[one] for parts in all_parts for one in parts]
        amounts = [cash[amount] for parts in all_parts for amount in parts.values()]
        shares = iter(_SHARES.make(len(line_ids), line_ids, amounts))
        return [tuple(islice(shares, len(parts))) for parts in all_parts]

    def _split(self, parts: Parts) -> Iterator[tuple[int, int]]:
        left = self._left
        for position, amount in parts.items():
            lines = self._basket.members[position]
            weights = [left[line] for line in lines]
            for line, share in zip(lines, split(amount, weights, sum(weights)), strict=True):
                if share:
                    left[line] -= share
                    yield line, share

    def results(self, left: Sequence[int]) -> tuple[LineResult, ...]:
        """Return every line, in the order of the cart; `left` is what is left by position.

        Call it after the shares of all rewards were asked for.
        """
        cash, basket = self._cash, self._basket
        rest = self._left
        if self._only is not None:
            for position, lines in enumerate(basket.members):
                rest[lines[0]] = left[position]
        subtotals = [cash[gross] for gross in basket.line_gross]
        taken = [cash[gross - now] for gross, now in zip(basket.line_gross, rest, strict=True)]
        totals = [cash[now] for now in rest]
        return _LINES.make(len(rest), self._line_ids, subtotals, taken, totals)


def split_over_lines(
    basket: Basket, line_ids: Sequence[str], weights: Mapping[int, int]
) -> tuple[Share, ...]:
    """Split points by position over lines by what the lines cost before any reward."""
    if len(basket.members) == len(line_ids):  # every position is one line
        lines_of = [line_ids[lines[0]] for lines in basket.members]
        given = {position: amount for position, amount in weights.items() if amount}
        ids = map(lines_of.__getitem__, given)
        return _SHARES.make(len(given), ids, map(PLAIN.__getitem__, given.values()))
    shares: list[Share] = []
    for position, amount in weights.items():
        lines = basket.members[position]
        gross = [basket.line_gross[line] or 1 for line in lines]
        parts = split(amount, gross, sum(gross))
        shares += [
            Share(line_ids[line], number(part))
            for line, part in zip(lines, parts, strict=True)
            if part
        ]
    return tuple(shares)
