"""Call an order off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from promotions.models import Order
from promotions.orders.errors import OrderAlreadyReturned, OrderNotFound
from promotions.orders.giving_back import carry_out
from promotions.orders.planning import plan_return
from promotions.services.return_order import Returned


def cancel_order(*, ref: str, at: datetime, user_id: int | None) -> Returned:
    """Return everything that is left of an order, and give its codes and limits back.

    Raises: OrderNotFound, OrderAlreadyReturned; nothing is written then.
    Writes: as `return_order`. Safe under: concurrency, by the order's row lock; cancelling a
    cancelled order is refused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).filter(ref=ref).first()
        if order is None:
            raise OrderNotFound(ref=ref)
        if order.status in ("returned", "cancelled"):
            raise OrderAlreadyReturned(ref=ref, status=order.status)
        lines = {line.line_id: line for line in order.lines.all()}
        wanted = {
            line_id: line.qty - line.returned_qty
            for line_id, line in lines.items()
            if line.returned_qty < line.qty
        }
        plan = plan_return(order, lines, wanted, at=at)
        receipt = carry_out(order, lines, wanted, plan, kind="cancel", at=at, user_id=user_id)
    return Returned(receipt["return"], receipt)
