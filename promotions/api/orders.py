"""REST: quote, commit, read, return and cancel orders."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from access.caller import Caller, Role
from access.idempotency import KEY_PARAMETER, REPLAY_HEADER, answer_once
from access.json import answer, read_body
from access.permissions import EVERYONE, allow
from access.pos_scope import assert_pos
from access.views import ApiView
from core.errors import Missing
from promotions.api import order_schemas as schemas
from promotions.api.explaining import explained
from promotions.api.selling import assert_named_rightly, quote, sell
from promotions.orders.errors import OrderNotFound
from promotions.orders.receipt import Receipt
from promotions.orders.request import parse_order, parse_return
from promotions.orders.stored import pos_ref_of_order, read_order
from promotions.services.cancel_order import cancel_order
from promotions.services.return_order import return_order

EXPLAIN = OpenApiParameter(
    "explain", bool, description="1: add why each program applied or did not, as data and in words."
)


class QuoteView(ApiView):
    """What a basket would cost now."""

    permission_classes = [allow(Role.POS, Role.MARKETING)]

    @extend_schema(
        operation_id="quote_order",
        summary="Quote a basket; writes nothing",
        request=schemas.OrderBody,
        parameters=[EXPLAIN],
        responses={200: schemas.OrderAnswer},
    )
    def post(self, request: Request) -> HttpResponse:
        """Decide the basket and say why."""
        order = parse_order(read_body(request))
        return answer(quote(_caller(request), order, explain=_explain(request)))


class OrdersView(ApiView):
    """Committed orders."""

    permission_classes = [allow(Role.POS)]

    @extend_schema(
        operation_id="commit_order",
        summary="Commit an order; its ref is its idempotency key",
        request=schemas.CommitBody,
        parameters=[KEY_PARAMETER, EXPLAIN],
        responses={201: schemas.OrderAnswer},
    )
    def post(self, request: Request) -> HttpResponse:
        """Decide the order, write it, move points, spend coupons."""
        order = parse_order(read_body(request))
        caller, explain = _caller(request), _explain(request)
        assert_named_rightly(caller, order)
        replayed = False

        def make() -> Receipt:
            nonlocal replayed
            receipt, replayed = sell(caller, order, explain=explain)
            return receipt

        # The ref is the order's key already; who sends another on top gets what a key promises.
        response = answer_once(request, 201, make)
        if replayed:
            response.headers[REPLAY_HEADER] = "true"
        return response


class OrderView(ApiView):
    """One committed order."""

    permission_classes = [allow(*EVERYONE)]

    @extend_schema(
        operation_id="read_order",
        summary="Read an order with its receipt and its returns",
        parameters=[EXPLAIN],
        responses={200: schemas.StoredOrderAnswer},
    )
    def get(self, request: Request, ref: str) -> HttpResponse:
        """Tell the order as it was answered, with its present status."""
        _assert_own_order(_caller(request), ref)
        told = read_order(ref=ref, explain=_explain(request))
        return answer(explained(told) if _explain(request) else told)


class ReturnsView(ApiView):
    """Goods brought back."""

    permission_classes = [allow(Role.POS)]

    @extend_schema(
        operation_id="return_order",
        summary="Take units of an order back",
        request=schemas.ReturnBody,
        parameters=[KEY_PARAMETER],
        responses={201: schemas.ReturnAnswer},
    )
    def post(self, request: Request, ref: str) -> HttpResponse:
        """Give back the share of money, points and codes that the units stand for."""
        back = parse_return(read_body(request))
        caller = _caller(request)
        _assert_own_order(caller, ref)

        def take_back() -> Receipt:
            return return_order(
                ref=ref,
                quantities=[(line.line_id, line.qty) for line in back.lines],
                at=timezone.now(),
                user_id=caller.user_id,
            ).receipt

        return answer_once(request, 201, take_back)


class CancelView(ApiView):
    """Orders called off."""

    permission_classes = [allow(Role.POS)]

    @extend_schema(
        operation_id="cancel_order",
        summary="Call an order off: everything comes back",
        request=None,
        parameters=[KEY_PARAMETER],
        responses={201: schemas.ReturnAnswer},
    )
    def post(self, request: Request, ref: str) -> HttpResponse:
        """Return whatever is left of the order."""
        caller = _caller(request)
        _assert_own_order(caller, ref)

        def call_off() -> Receipt:
            return cancel_order(ref=ref, at=timezone.now(), user_id=caller.user_id).receipt

        return answer_once(request, 201, call_off)


def _caller(request: Request) -> Caller:
    return cast(Caller, request.auth)


def _explain(request: Request) -> bool:
    return request._request.GET.get("explain", "") in ("1", "true")


def _assert_own_order(caller: Caller, ref: str) -> None:
    """Refuse a till that touches an order of another POS as if that order did not exist."""
    missing: Missing = OrderNotFound(ref=ref)
    if caller.role is Role.POS:
        assert_pos(caller, pos_ref_of_order(ref), error=missing)
