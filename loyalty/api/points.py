"""REST: moving points."""

from __future__ import annotations

from collections.abc import Callable

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
from access.serializers import MAX_ID, MAX_REF, Body, PointsField
from access.views import ApiView
from core.numbers import plain
from loyalty.api import shapes
from loyalty.api.lookups import NamedCard, assert_operation, card_named
from loyalty.domain.points import PointsMoved
from loyalty.errors import PointOperationNotFound
from loyalty.models import LoyaltyCard
from loyalty.services.adjust_points import adjust_points
from loyalty.services.earn_points import earn_points
from loyalty.services.redeem_points import redeem_points
from loyalty.services.reverse_operation import reverse_operation


class EarnBody(Body):
    """Points to put on a card."""

    points = PointsField()
    origin = serializers.CharField(max_length=255, help_text="What they were earned by.")
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Left out: by the terms of the program."
    )


class RedeemBody(Body):
    """Points to take off a card."""

    points = PointsField()
    origin = serializers.CharField(max_length=255, help_text="What they were spent on.")


class AdjustBody(Body):
    """A correction: plus onto the card, minus off it."""

    points = PointsField()
    reason = serializers.CharField(max_length=255)


class ReverseBody(Body):
    """How much of an operation to undo; left out: all that is left of it."""

    points = PointsField(required=False, allow_null=True)
    origin = serializers.CharField(max_length=255, required=False)
    card = serializers.CharField(
        max_length=MAX_REF,
        required=False,
        help_text="Code of the operation's card. A till names it to undo what another user did.",
    )


class EarnView(ApiView):
    """Earning."""

    permission_classes = (allow(Role.POS),)

    @extend_schema(
        operation_id="earn_points",
        tags=["cards and points"],
        summary="Put points on a card",
        parameters=[KEY_PARAMETER],
        request=EarnBody,
        responses={201: shapes.PointsMovedShape},
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Put points on the card; they expire by the terms of its program."""
        body = EarnBody.read(request)
        key = ledger_key(request, self.caller)
        card = card_named(code, self.caller)
        return _answer_moved(
            request,
            card,
            lambda: earn_points(card_id=card.id, **body, idempotency_key=key, at=timezone.now()),
        )


class RedeemView(ApiView):
    """Redeeming."""

    permission_classes = (allow(Role.POS),)

    @extend_schema(
        operation_id="redeem_points",
        tags=["cards and points"],
        summary="Take points off a card",
        parameters=[KEY_PARAMETER],
        request=RedeemBody,
        responses={201: shapes.PointsMovedShape},
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Take points off the card, those that expire first before the others."""
        body = RedeemBody.read(request)
        key = ledger_key(request, self.caller)
        card = card_named(code, self.caller)
        return _answer_moved(
            request,
            card,
            lambda: redeem_points(card_id=card.id, **body, idempotency_key=key, at=timezone.now()),
        )


class AdjustView(ApiView):
    """Correcting by hand."""

    permission_classes = (allow(),)

    @extend_schema(
        operation_id="adjust_points",
        tags=["cards and points"],
        summary="Correct a card's points for a reason",
        parameters=[KEY_PARAMETER],
        request=AdjustBody,
        responses={201: shapes.PointsMovedShape},
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Put points on the card or, if they are negative, take them off it."""
        body = AdjustBody.read(request)
        key = ledger_key(request, self.caller)
        card = card_named(code, self.caller)
        return _answer_moved(
            request,
            card,
            lambda: adjust_points(card_id=card.id, **body, idempotency_key=key, at=timezone.now()),
        )


class ReverseView(ApiView):
    """Undoing an operation."""

    permission_classes = (allow(Role.POS),)

    @extend_schema(
        operation_id="reverse_operation",
        tags=["cards and points"],
        summary="Undo a point operation, whole or in part",
        parameters=[KEY_PARAMETER],
        request=ReverseBody,
        responses={201: shapes.PointsMovedShape},
    )
    def post(self, request: Request, operation: int) -> HttpResponse:
        """Give back what was taken, or take back what was given."""
        body = ReverseBody.read(request)
        if operation > MAX_ID:
            raise PointOperationNotFound(operation_id=operation)
        key = ledger_key(request, self.caller)
        assert_operation(operation, body.get("card"), self.caller)
        return _answer_moved(
            request,
            None,
            lambda: reverse_operation(
                operation_id=operation,
                points=body.get("points"),
                origin=body.get("origin", f"reversal of operation {operation}"),
                idempotency_key=key,
                at=timezone.now(),
            ),
        )


def _answer_moved(
    request: Request, card: NamedCard | None, move: Callable[[], PointsMoved]
) -> HttpResponse:
    """Answer what a movement did; the ledger itself replays a key that it knows."""
    try:
        done = move()
    except IdempotencyKeyReused:
        # The ledger knows the key under the user's name, which is not the caller's business.
        raise IdempotencyKeyReused(idempotency_key=read_key(request)) from None
    if card is None:
        code = LoyaltyCard.objects.values_list("code", flat=True).get(pk=done.card_id)
    else:
        code = card.code
    body = present_moved(done, code)
    return answer(body, 201, headers={REPLAY_HEADER: "true"} if done.replayed else None)


def present_moved(done: PointsMoved, card_code: str) -> dict[str, object]:
    """Return what a movement did to a card, as it is answered."""
    return {
        "operation": done.operation_id,
        "card": card_code,
        "kind": done.kind,
        "points": plain(done.points),
        "balance_before": plain(done.balance_before),
        "balance_after": plain(done.balance_after),
        "expired": plain(done.expired),
        "withheld": plain(done.withheld),
    }
