"""gRPC: earn, redeem and balance, by the same services as over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from access.caller import Role
from access.errors import IdempotencyKeyReused
from access.idempotency import user_key
from access.permissions import EVERYONE
from access.rpc import RpcCall, as_body, message_of, rpc_method
from access.serializers import Body
from loyalty.api.cards import present_balance
from loyalty.api.instants import parse_instant
from loyalty.api.lookups import card_named, find_card
from loyalty.api.points import EarnBody, RedeemBody, present_moved
from loyalty.domain.points import PointsMoved
from loyalty.services.earn_points import earn_points
from loyalty.services.redeem_points import redeem_points
from punchcard.v1 import points_pb2 as wire

_SERVICE = wire.DESCRIPTOR.services_by_name["PointService"]


class CardEarnBody(EarnBody):
    """A card, and points to put on it."""

    card = serializers.CharField()


class CardRedeemBody(RedeemBody):
    """A card, and points to take off it."""

    card = serializers.CharField()


class CardBalanceBody(Body):
    """A card, and as of when."""

    card = serializers.CharField()
    at = serializers.CharField(required=False)


def answer_earn(call: RpcCall, asked: wire.EarnRequest) -> wire.PointsMoved:
    """Put points on a card. Raises: ValidationError, CardNotFound, and as `earn_points`."""
    return _move(call, asked, CardEarnBody, earn_points)


def answer_redeem(call: RpcCall, asked: wire.RedeemRequest) -> wire.PointsMoved:
    """Take points off a card. Raises: ValidationError, CardNotFound, and as `redeem_points`."""
    return _move(call, asked, CardRedeemBody, redeem_points)


def answer_balance(call: RpcCall, asked: wire.GetBalanceRequest) -> wire.Balance:
    """Tell a card's points as of an instant.

    Raises: ValidationError, InvalidQuery, CardNotFound.
    """
    fields = CardBalanceBody.check(as_body(asked))
    at = parse_instant("at", fields["at"]) if "at" in fields else None
    told = present_balance(find_card(fields["card"], call.caller), at)
    for name in ("at", "next_change_at"):
        told[name] = told[name].isoformat() if told[name] else None
    return message_of(wire.Balance, told)


def _move(
    call: RpcCall, asked: Any, kind: type[Body], move: Callable[..., PointsMoved]
) -> wire.PointsMoved:
    """Move points and tell what that did; the ledger itself replays a key that it knows."""
    fields = kind.check(as_body(asked))
    code = fields.pop("card")
    key = call.idempotency_key()
    card = card_named(code, call.caller)
    try:
        done = move(
            card_id=card.id,
            **fields,
            idempotency_key=user_key(call.caller, key),
            at=timezone.now(),
        )
    except IdempotencyKeyReused:
        # The ledger knows the key under the user's name, which is not the caller's business.
        raise IdempotencyKeyReused(idempotency_key=key) from None
    if done.replayed:
        call.say_replayed()
    return message_of(wire.PointsMoved, present_moved(done, card.code))


METHODS = (
    rpc_method(_SERVICE, "Earn", (Role.POS,), answer_earn),
    rpc_method(_SERVICE, "Redeem", (Role.POS,), answer_redeem),
    rpc_method(_SERVICE, "GetBalance", EVERYONE, answer_balance),
)
