"""What an order was answered when it was committed, for whoever sends it again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import orjson

from core.db import prepared_cursor
from promotions.offline.limits import check_time_of_sale
from promotions.offline.sale import OfflineSale
from promotions.orders.errors import OrderRefReused, TooLongAgo
from promotions.orders.receipt import Receipt
from promotions.orders.records import request_digests
from promotions.orders.request import OrderRequest

_ANSWERED = """
SELECT id, request_digest, (evaluation -> 'receipt')::text FROM promotions_order WHERE ref = %s
"""


@dataclass(frozen=True, slots=True)
class Committed:
    """A committed order. `replayed`: it was committed before, and this is its first answer."""

    order_id: int
    receipt: Receipt
    replayed: bool


def first_answer(ref: str, digests: Collection[str]) -> Committed | None:
    """Return the answer this order got when it was committed, None if it was not.

    `digests`: of the request, as `records.request_digests` makes them.
    Raises: OrderRefReused if it was another order.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_ANSWERED, [ref])
        found = cursor.fetchone()
    if found is None:
        return None
    order_id, stored_digest, receipt = found
    if stored_digest not in digests:
        raise OrderRefReused(ref=ref)
    return Committed(order_id, orjson.loads(receipt), replayed=True)


def late_answer(
    order: OrderRequest, *, now: datetime, sale: OfflineSale | None = None
) -> Committed | None:
    """Return the first answer of an order whose sale lies too far back by now, None if it does not.

    What was committed in time keeps its answer, however late it is asked for again.
    Raises: TooLongAgo for an order that was not committed, OrderRefReused.
    """
    if order.at is None:
        return None
    try:
        check_time_of_sale(order.at, now)
    except TooLongAgo:
        first = first_answer(order.ref, request_digests(order, sale)) if order.ref else None
        if first is None:
            raise
        return first
    return None
