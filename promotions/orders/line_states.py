"""The lines of an order as a return sees them: what was paid for each, and what is back.

A manual adjustment of the till (a line with a negative price) is not goods: nobody brings it back.
What it took off was taken off the goods, so each of them was paid for less its share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from core.money import allocate, from_minor, to_minor
from promotions.engine.cart import CartLine
from promotions.models import OrderLine
from promotions.orders.returns import LineState, part

ZERO = Decimal(0)
_PRICE_DIGITS = 4


def is_adjustment(line: OrderLine) -> bool:
    """Tell whether the line is a manual adjustment of the till."""
    return bool(line.unit_price < 0)


def line_states(
    lines: Mapping[str, OrderLine], quantities: Mapping[str, Decimal], *, digits: int
) -> dict[str, LineState]:
    """Return the goods with what was paid for them; `quantities`: units that come back now.

    Adjustments are spread over the goods by what each costs, like a discount on the order, and
    take no more than there is.
    """
    goods = [one for one in lines.values() if not is_adjustment(one)]
    costs = [max(0, to_minor(one.total, digits)) for one in goods]
    off = -sum(to_minor(one.total, digits) for one in lines.values() if is_adjustment(one))
    shares = allocate(min(off, sum(costs)), costs)
    return {
        line.line_id: LineState(
            line_id=line.line_id,
            qty=line.qty,
            paid=line.total - from_minor(share, digits),
            returned=line.returned_qty + quantities.get(line.line_id, ZERO),
            returned_before=line.returned_qty,
            refunded_before=line.refunded,
        )
        for line, share in zip(goods, shares, strict=True)
    }


def kept_lines(
    lines: tuple[CartLine, ...], states: Mapping[str, LineState]
) -> tuple[CartLine, ...]:
    """Return what the customer keeps of a cart, and of its adjustments the share of that."""
    goods = [line for line in lines if line.line_id in states]
    kept = [
        replace(line, qty=line.qty - states[line.line_id].returned)
        for line in goods
        if states[line.line_id].returned < line.qty
    ]
    worth = _gross(goods)
    of_all = _gross(kept) / worth if worth else Fraction(1)
    adjustments = [
        replace(line, unit_price=part(line.unit_price, of_all, _PRICE_DIGITS))
        for line in lines
        if line.line_id not in states
    ]
    return (*kept, *adjustments) if kept else ()


def _gross(lines: list[CartLine]) -> Fraction:
    return sum((Fraction(line.qty) * Fraction(line.unit_price) for line in lines), Fraction(0))
