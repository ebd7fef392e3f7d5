"""REST: cards, what is on them, and how it came there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.errors import InvalidQuery
from access.idempotency import KEY_PARAMETER, answer_once
from access.json import answer
from access.pagination import CursorPages, answer_page
from access.permissions import EVERYONE, allow
from access.serializers import Body, ReferenceField
from access.views import ApiView
from core.numbers import plain
from loyalty.api import shapes
from loyalty.api.instants import query_instant
from loyalty.api.lookups import find_card, find_loyalty_program, find_partner
from loyalty.balance_cache import balance_now
from loyalty.models import LoyaltyCard, PointHistory
from loyalty.models.points import KIND_CHOICES
from loyalty.queries import balance_at
from loyalty.services.open_card import open_card
from loyalty.services.upsert_card import upsert_card

_KINDS = [kind for kind, _label in KIND_CHOICES]
_CARD_PARAMETER = OpenApiParameter(
    "code", str, OpenApiParameter.PATH, description="The card's code; its id, but for a till."
)


class CardBody(Body):
    """A card; a card without a partner is whoever's holds its code."""

    loyalty_program = ReferenceField()
    partner = ReferenceField(required=False, allow_null=True)


class NewCardBody(CardBody):
    """A card with a generated code."""

    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class CardsView(ApiView):
    """All cards."""

    permission_classes = (allow(Role.MARKETING, Role.MANAGER, POST=(Role.MARKETING,)),)

    @extend_schema(
        operation_id="list_cards",
        tags=["cards and points"],
        summary="List cards",
        parameters=[
            OpenApiParameter("partner", str, description="Of this member."),
            OpenApiParameter("loyalty_program", str, description="Of this kind of points."),
            *CursorPages.parameters(),
        ],
        responses=CursorPages.shape(shapes.CardShape),
    )
    def get(self, request: Request) -> HttpResponse:
        """List cards, the newest first."""
        rows = LoyaltyCard.objects.select_related("loyalty_program", "partner")
        asked = request.query_params
        if "partner" in asked:
            rows = rows.filter(partner=find_partner(_query_ref(request, "partner"), self.caller))
        if "loyalty_program" in asked:
            program = find_loyalty_program(_query_ref(request, "loyalty_program"))
            rows = rows.filter(loyalty_program=program)
        return answer_page(request, rows, _present)

    @extend_schema(
        operation_id="open_card",
        tags=["cards and points"],
        summary="Open a card with a generated code",
        parameters=[KEY_PARAMETER],
        request=NewCardBody,
        responses={201: shapes.CardShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Open an empty card, for a member or for whoever holds its code."""
        body = NewCardBody.read(request)
        program = find_loyalty_program(body["loyalty_program"])
        named = body.get("partner")
        partner = None if named is None else find_partner(named, self.caller)

        def make() -> dict[str, object]:
            opened = open_card(
                loyalty_program_id=program.pk,
                partner_id=partner.pk if partner else None,
                at=timezone.now(),
                expires_at=body.get("expires_at"),
            )
            return _present(_card(opened.card_id))

        return answer_once(request, 201, make)


class CardView(ApiView):
    """One card."""

    permission_classes = (allow(*EVERYONE, PUT=(Role.MARKETING,)),)

    @extend_schema(
        operation_id="read_card",
        tags=["cards and points"],
        summary="Read a card with its balance",
        parameters=[_CARD_PARAMETER],
        responses=shapes.CardWithBalanceShape,
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Tell the card and what can be spent of it now."""
        card = find_card(code, self.caller)
        balance = balance_now(card, timezone.now())
        return answer({**_present(card), "balance": plain(balance.spendable)})

    @extend_schema(
        operation_id="save_card",
        tags=["cards and points"],
        summary="Open a card with a code of one's own, or give it to a member",
        request=CardBody,
        responses={200: shapes.CardShape, 201: shapes.CardShape},
    )
    def put(self, request: Request, code: str) -> HttpResponse:
        """Open the card with this code, or give it to the member if nobody has it."""
        body = CardBody.read(request)
        named = body.get("partner")
        partner = None if named is None else find_partner(named, self.caller)
        saved = upsert_card(
            code=code,
            loyalty_program_id=find_loyalty_program(body["loyalty_program"]).pk,
            partner_id=partner.pk if partner else None,
            at=timezone.now(),
        )
        return answer(_present(_card(saved.card_id)), 201 if saved.created else 200)


class BalanceView(ApiView):
    """A card's points."""

    permission_classes = (allow(*EVERYONE),)

    @extend_schema(
        operation_id="read_balance",
        tags=["cards and points"],
        summary="Read a card's points as of any instant",
        parameters=[
            _CARD_PARAMETER,
            OpenApiParameter("at", datetime, description="With time zone; left out: now."),
        ],
        responses=shapes.BalanceShape,
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Tell what could be spent then, what was pending, and what was owed."""
        at = query_instant(request, "at")
        return answer(present_balance(find_card(code, self.caller), at))


class HistoryView(ApiView):
    """A card's journal."""

    permission_classes = (allow(*EVERYONE),)

    @extend_schema(
        operation_id="read_history",
        tags=["cards and points"],
        summary="Read a card's journal",
        parameters=[
            _CARD_PARAMETER,
            OpenApiParameter("kind", str, enum=_KINDS),
            OpenApiParameter("from", datetime, description="Not before; with time zone."),
            OpenApiParameter("until", datetime, description="Before; with time zone."),
            *CursorPages.parameters(),
        ],
        responses=CursorPages.shape(shapes.HistoryRowShape),
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """List the rows of the journal, the last first."""
        asked_kind = request.query_params.get("kind")
        if asked_kind is not None and asked_kind not in _KINDS:
            raise InvalidQuery(parameter="kind", choices=_KINDS)
        since, until = query_instant(request, "from"), query_instant(request, "until")
        rows = PointHistory.objects.filter(card=find_card(code, self.caller))
        if asked_kind is not None:
            rows = rows.filter(kind=asked_kind)
        if since is not None:
            rows = rows.filter(transaction_time__gte=since)
        if until is not None:
            rows = rows.filter(transaction_time__lt=until)
        return answer_page(request, rows, _present_row, ordering="-sequence")


def present_balance(card: LoyaltyCard, at: datetime | None) -> dict[str, Any]:
    """Return a card's points as of an instant, None: now."""
    found = balance_at(card.pk, at) if at else balance_now(card, timezone.now())
    return {
        "card": card.code,
        "at": found.at,
        "balance": plain(found.spendable),
        "pending": plain(found.pending),
        "debt": plain(found.debt),
        "next_change_at": found.next_change_at,
    }


def _card(pk: int) -> LoyaltyCard:
    return LoyaltyCard.objects.select_related("loyalty_program", "partner").get(pk=pk)


def _present(card: LoyaltyCard) -> dict[str, object]:
    return {
        "id": card.pk,
        "code": card.code,
        "loyalty_program": card.loyalty_program.ref,
        "partner": card.partner.ref if card.partner else None,
        "active": card.active,
        "expires_at": card.expires_at,
    }


def _present_row(row: PointHistory) -> dict[str, object]:
    return {
        "sequence": row.sequence,
        "operation": row.operation_id,
        "kind": row.kind,
        "points": plain(row.points_amount),
        "balance": plain(row.points_balance),
        "at": row.transaction_time,
        "origin": row.origin,
    }


def _query_ref(request: Request, name: str) -> str:
    """Return a reference of the query. Raises: InvalidQuery."""
    value = request.query_params[name]
    if not value.isprintable():
        raise InvalidQuery(parameter=name)
    return value
