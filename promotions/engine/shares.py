"""From positions back to lines: what each line pays, and the share of each reward on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import repeat

from promotions.engine.allocate import split
from promotions.engine.amounts import CASH, number
from promotions.engine.basket import Basket
from promotions.engine.decision import LineResult, Share
from promotions.engine.standing import Parts

_set_line_id = Share.__dict__["line_id"].__set__
_set_amount = Share.__dict__["amount"].__set__


def _shares(line_ids: Iterable[str], amounts: Iterable[Decimal], count: int) -> tuple[Share, ...]:
    """Make shares in bulk.

    A decision over many lines holds hundreds of them, and a frozen dataclass sets each field
    through Python; setting the slots directly takes half the time.
    """
    shares = tuple(map(object.__new__, repeat(Share, count)))
    deque(map(_set_line_id, shares, line_ids), maxlen=0)
    deque(map(_set_amount, shares, amounts), maxlen=0)
    return shares


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
        if not parts:
            return ()
        ids = self._only
        if ids is None:
            ids = self._line_ids
            parts = dict(self._split(parts))
        amounts = map(self._cash.__getitem__, parts.values())
        return _shares(map(ids.__getitem__, parts), amounts, len(parts))

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
        return tuple(
            [
                LineResult(line_id, cash[gross], cash[gross - now], cash[now])
                for line_id, gross, now in zip(self._line_ids, basket.line_gross, rest, strict=True)
            ]
        )


def split_over_lines(
    basket: Basket, line_ids: Sequence[str], weights: Mapping[int, int]
) -> tuple[Share, ...]:
    """Split points by position over lines by what the lines cost before any reward."""
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
