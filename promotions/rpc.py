"""gRPC: quote and commit, by the same steps as over REST."""

from __future__ import annotations

import hashlib

import orjson

from access.caller import Role
from access.idempotency import make_once
from access.json import dump
from access.rpc import RpcCall, as_body, message_of, rpc_method
from promotions.api.selling import assert_named_rightly, quote, sell
from promotions.orders.receipt import Receipt
from promotions.orders.request import OrderRequest, parse_order
from punchcard.v1 import orders_pb2 as wire

_SERVICE = wire.DESCRIPTOR.services_by_name["OrderService"]
_CREATED = 201


def answer_quote(call: RpcCall, asked: wire.OrderRequest) -> wire.Order:
    """Decide the basket; writes nothing. Raises: as `parse_order` and `quote`."""
    return message_of(wire.Order, quote(call.caller, _order(asked), explain=asked.explain))


def answer_commit(call: RpcCall, asked: wire.OrderRequest) -> wire.Order:
    """Commit the order, once for its ref and once for its key.

    Raises: as `parse_order` and `sell`; IdempotencyKeyReused, InvalidIdempotencyKey.
    """
    order = _order(asked)
    assert_named_rightly(call.caller, order)
    key = call.idempotency_key()

    def make() -> Receipt:
        receipt, replayed = sell(call.caller, order, explain=asked.explain)
        if replayed:
            call.say_replayed()
        return receipt

    if key is None:
        return message_of(wire.Order, make())
    text = f"{call.method}\n".encode() + asked.SerializeToString(deterministic=True)
    done = make_once(
        user_id=call.caller.user_id,
        key=key,
        digest=hashlib.sha256(text).hexdigest(),
        status=_CREATED,
        make=make,
    )
    if done.replayed:
        call.say_replayed()
    return message_of(wire.Order, orjson.loads(done.body))


def _order(asked: wire.OrderRequest) -> OrderRequest:
    body = as_body(asked)
    body.pop("explain", None)
    return parse_order(dump(body))


METHODS = (
    rpc_method(_SERVICE, "Quote", (Role.POS, Role.MARKETING), answer_quote),
    rpc_method(_SERVICE, "Commit", (Role.POS,), answer_commit),
)
