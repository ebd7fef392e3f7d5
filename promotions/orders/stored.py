"""A committed order as it is told again."""

from __future__ import annotations

from promotions.models import Order
from promotions.orders.errors import OrderNotFound
from promotions.orders.receipt import Receipt


def read_order(*, ref: str, explain: bool = False) -> Receipt:
    """Return the answer given at commit, with the order's present status and its returns.

    Raises: OrderNotFound.
    """
    order = Order.objects.filter(ref=ref).prefetch_related("returns").first()
    if order is None:
        raise OrderNotFound(ref=ref)
    receipt: Receipt = dict(order.evaluation["receipt"])
    receipt["status"] = order.status
    receipt["returns"] = [one.summary for one in order.returns.all()]
    if explain:
        receipt["trace"] = stored_trace(order)
    return receipt


def stored_trace(order: Order) -> list[Receipt]:
    """Return the trace kept with the order, as `?explain=1` tells it."""
    trace: list[Receipt] = order.evaluation["decision"].get("trace", [])
    return trace


def pos_ref_of_order(ref: str) -> str | None:
    """Return the reference of the POS an order was made at, None if there is no such order."""
    return Order.objects.filter(ref=ref).values_list("pos_config__ref", flat=True).first()
