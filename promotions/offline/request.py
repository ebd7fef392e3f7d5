"""What a till sends when its line is back: the orders it sold meanwhile, each read by itself."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from core.numbers import PlainDecimal, decimal_hook
from promotions.orders.request import (
    OrderRequest,
    Ref,
    check_order,
    check_total,
    refuse,
    refuse_unreadable,
)

MAX_ORDERS = 500

Version = Annotated[int, Meta(gt=0, le=2**63 - 1)]


class OfflineOrder(OrderRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order sold without a line. `at`: the time of sale; `charged_total`: what was charged.

    `catalog_version`: of the bundle that the till quoted from.
    """

    ref: Ref
    at: Annotated[datetime, Meta(tz=True)]
    charged_total: PlainDecimal | None = None
    catalog_version: Version | None = None

    def as_sold(self) -> OrderRequest:
        """Return the order as the till would have committed it with a line."""
        fields = {name: getattr(self, name) for name in OrderRequest.__struct_fields__}
        return OrderRequest(**fields)


class _SyncRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    orders: Annotated[tuple[msgspec.Raw, ...], Meta(min_length=1, max_length=MAX_ORDERS)]


class _RefAlone(msgspec.Struct, frozen=True):
    ref: str | None = None


_sync_decoder = msgspec.json.Decoder(_SyncRequest)
_order_decoder = msgspec.json.Decoder(OfflineOrder, dec_hook=decimal_hook, float_hook=Decimal)
_ref_decoder = msgspec.json.Decoder(_RefAlone)


def split_sync(body: bytes) -> tuple[bytes, ...]:
    """Return the orders of a JSON body, not yet read, so that one cannot spoil the others.

    Raises: MalformedJson; InvalidOrder if there is no list of 1 to 500 orders.
    """
    try:
        return tuple(bytes(one) for one in _sync_decoder.decode(body).orders)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refuse_unreadable(error)


def parse_offline_order(body: bytes) -> OfflineOrder:
    """Return one of the orders.

    Raises: MalformedJson; InvalidOrder with `errors`, pointers from the order on.
    """
    try:
        order = _order_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        refuse_unreadable(error)
    check_order(order)
    if order.charged_total is not None and order.expected_total is not None:
        refuse("/expected_total", "What was charged stands, so nothing can be expected beside it.")
    if order.charged_total is not None:
        check_total("/charged_total", order.charged_total)
    return order


def ref_of(body: bytes) -> str | None:
    """Return the reference of an order that may be wrong in every other way."""
    try:
        return _ref_decoder.decode(body).ref
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
