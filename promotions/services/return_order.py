"""Take goods back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from promotions.models import Order
from promotions.orders.errors import (
    OrderAlreadyReturned,
    OrderNotFound,
    ReturnExceedsOrder,
    UnknownOrderLine,
)
from promotions.orders.giving_back import carry_out
from promotions.orders.planning import plan_return
from promotions.orders.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Returned:
    """A return that was carried out, and the answer to the till."""

    return_id: int
    receipt: Receipt


def return_order(
    *,
    ref: str,
    quantities: Sequence[tuple[str, Decimal]],
    at: datetime,
    user_id: int | None,
) -> Returned:
    """Take back units of an order's lines, by what the order stored when it was sold.

    `quantities`: (line_id, units). Raises: OrderNotFound, UnknownOrderLine,
    ReturnExceedsOrder, OrderAlreadyReturned; nothing is written then.
    Writes: promotions_orderreturn, order, lines, the ledger, coupons, counters, events.
    Safe under: concurrency, by the order's row lock; replay is the caller's idempotency key.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).filter(ref=ref).first()
        if order is None:
            raise OrderNotFound(ref=ref)
        lines = {line.line_id: line for line in order.lines.all()}
        if order.status in ("returned", "cancelled"):
            raise OrderAlreadyReturned(ref=ref, status=order.status)
        for line_id, qty in quantities:
            line = lines.get(line_id)
            if line is None:
                raise UnknownOrderLine(ref=ref, line_id=line_id)
            if line.returned_qty + qty > line.qty:
                raise ReturnExceedsOrder(
                    line_id=line_id,
                    qty=str(qty),
                    returnable=str((line.qty - line.returned_qty).normalize()),
                )
        wanted = dict(quantities)
        plan = plan_return(order, lines, wanted, at=at)
        receipt = carry_out(order, lines, wanted, plan, kind="return", at=at, user_id=user_id)
    return Returned(receipt["return"], receipt)
