"""Goods that came back: which lines of which sales, and what was paid back for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from imports.loading.bodies import ReturnBody
from imports.loading.rows import Fault
from imports.odoo.source import Row

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One line of a refund. `sold_by`: the line of the sale; both numbers above zero."""

    sold_by: int | None
    qty: Decimal
    refund: Decimal


def returns_of(
    taken: Iterable[TakenBack],
    sold: Mapping[int, Row],
    *,
    at: datetime,
    ref_of: Callable[[int], str],
    is_goods: Callable[[Row], bool],
) -> tuple[tuple[ReturnBody, ...], tuple[Fault, ...]]:
    """Return what came back of each sale, or why that cannot be told.

    `sold`: the lines of sales by their ids; one that is no goods (what a reward took off) was
    paid back with the goods it was taken off. `ref_of`: our reference of a sale by its id there.
    """
    units = defaultdict[int, dict[str, Decimal]](dict)
    money, unnamed = defaultdict[int, Decimal](Decimal), False
    for one in taken:
        line = sold.get(one.sold_by or 0)
        if line is None:
            unnamed = True
            continue
        order = line["order_id"]
        money[order] += one.refund
        if is_goods(line):
            held, key = units[order], str(line["id"])
            held[key] = held.get(key, ZERO) + one.qty
    if unnamed:
        return (), (Fault("lines", "refund_of_nothing"),)
    if not units:
        return (), (Fault("lines", "no_goods_back"),)
    bodies = tuple(
        ReturnBody(ref_of(order), tuple(sorted(units[order].items())), at, money[order])
        for order in sorted(units)
    )
    return bodies, ()
