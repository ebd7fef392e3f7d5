"""REST: points from card to card."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.errors import IdempotencyKeyReused
from access.idempotency import KEY_PARAMETER, REPLAY_HEADER, ledger_key, read_key
from access.json import answer
from access.permissions import allow
from access.serializers import Body, PointsField, ReferenceField
from access.views import ApiView
from core.numbers import plain
from loyalty.api import shapes
from loyalty.api.lookups import NamedCard, card_named
from loyalty.api.points import present_moved
from loyalty.domain.points import PointsTransferred
from loyalty.services.merge_cards import merge_cards
from loyalty.services.transfer_points import transfer_points


class TransferBody(Body):
    """Points to move, and the card they go to."""

    to = ReferenceField()
    points = PointsField()
    origin = serializers.CharField(max_length=255, required=False, help_text="Why they move.")


class MergeBody(Body):
    """The card that gets all that is left."""

    into = ReferenceField()
    origin = serializers.CharField(max_length=255, required=False, help_text="Why they merge.")


class TransferView(ApiView):
    """Transferring."""

    permission_classes = (allow(Role.POS),)

    @extend_schema(
        operation_id="transfer_points",
        tags=["cards and points"],
        summary="Move points to another card",
        parameters=[KEY_PARAMETER],
        request=TransferBody,
        responses={201: shapes.PointsTransferredShape},
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Move points that can be spent to another card of the same kind; they keep their dates."""
        body = TransferBody.read(request)
        key = ledger_key(request, self.caller)
        giver = card_named(code, self.caller)
        taker = card_named(str(body["to"]), self.caller)
        try:
            done = transfer_points(
                from_card_id=giver.id,
                to_card_id=taker.id,
                points=body["points"],
                origin=body.get("origin", "transfer"),
                idempotency_key=key,
                at=timezone.now(),
            )
        except IdempotencyKeyReused:
            raise IdempotencyKeyReused(idempotency_key=read_key(request)) from None
        return _answer(done, giver, taker)


class MergeView(ApiView):
    """Merging."""

    permission_classes = (allow(),)

    @extend_schema(
        operation_id="merge_cards",
        tags=["cards and points"],
        summary="Move all that is left to another card, and block this one",
        parameters=[KEY_PARAMETER],
        request=MergeBody,
        responses={201: shapes.PointsTransferredShape},
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Move pending points and a debt too, as when a member has two cards."""
        body = MergeBody.read(request)
        key = ledger_key(request, self.caller)
        card = card_named(code, self.caller)
        into = card_named(str(body["into"]), self.caller)
        try:
            done = merge_cards(
                card_id=card.id,
                into_card_id=into.id,
                origin=body.get("origin", "merge"),
                idempotency_key=key,
                at=timezone.now(),
            )
        except IdempotencyKeyReused:
            raise IdempotencyKeyReused(idempotency_key=read_key(request)) from None
        return _answer(done, card, into)


def _answer(done: PointsTransferred, giver: NamedCard, taker: NamedCard) -> HttpResponse:
    """Answer the giving card's side; of the other one only what it got, not what it holds."""
    received = done.received
    body = present_moved(done.given, giver.code) | {
        "to": {
            "operation": received.operation_id,
            "card": taker.code,
            "points": plain(received.points),
        }
    }
    return answer(body, 201, headers={REPLAY_HEADER: "true"} if done.given.replayed else None)
