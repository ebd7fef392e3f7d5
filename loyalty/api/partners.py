"""REST: members."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.json import answer
from access.pagination import CursorPages, answer_page
from access.permissions import EVERYONE, allow
from access.serializers import MAX_REF, Body
from access.views import ApiView
from core.numbers import plain
from loyalty.api import shapes
from loyalty.api.lookups import find_partner
from loyalty.api.memberships import present_membership
from loyalty.models import Partner
from loyalty.queries import program_refs, read_wallet
from loyalty.services.upsert_partner import upsert_partner


class PartnerBody(Body):
    """A member; what is left out is emptied, but the level is left as it is."""

    name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    membership = serializers.CharField(
        max_length=MAX_REF,
        required=False,
        allow_null=True,
        help_text="Reference of the level to set; null ends it.",
    )


class PartnersView(ApiView):
    """All members."""

    permission_classes = (allow(Role.MARKETING, Role.MANAGER),)

    @extend_schema(
        operation_id="list_partners",
        tags=["members"],
        summary="List members",
        parameters=[
            OpenApiParameter("q", str, description="Part of name, reference, email or phone."),
            *CursorPages.parameters(),
        ],
        responses=CursorPages.shape(shapes.PartnerShape),
    )
    def get(self, request: Request) -> HttpResponse:
        """List members, the newest first."""
        rows = Partner.objects.all()
        for word in request.query_params.get("q", "").replace("\0", " ").split()[:5]:
            rows = rows.filter(
                Q(name__icontains=word)
                | Q(ref__icontains=word)
                | Q(email__icontains=word)
                | Q(phone__icontains=word)
            )
        return answer_page(request, rows, _present)


class PartnerView(ApiView):
    """One member."""

    permission_classes = (allow(*EVERYONE, PUT=(Role.MARKETING,)),)

    @extend_schema(
        operation_id="read_partner",
        tags=["members"],
        summary="Read a member with level and cards",
        responses=shapes.PartnerWithCardsShape,
    )
    def get(self, request: Request, ref: str) -> HttpResponse:
        """Tell the member, the level held, and the active cards with their balances."""
        return answer(_present_whole(find_partner(ref, self.caller)))

    @extend_schema(
        operation_id="save_partner",
        tags=["members"],
        summary="Make or change a member",
        request=PartnerBody,
        responses={200: shapes.PartnerWithCardsShape, 201: shapes.PartnerWithCardsShape},
    )
    def put(self, request: Request, ref: str) -> HttpResponse:
        """Make the member with this reference, or set what is known of them."""
        body = PartnerBody.read(request)
        if "membership" in body:
            body["membership"] = body["membership"] or ""
        saved = upsert_partner(ref=ref, **body, at=timezone.now())
        partner = Partner.objects.get(pk=saved.partner_id)
        return answer(_present_whole(partner), 201 if saved.created else 200)


def _present(partner: Partner) -> dict[str, object]:
    return {
        "id": partner.pk,
        "ref": partner.ref,
        "name": partner.name,
        "email": partner.email,
        "phone": partner.phone,
    }


def _present_whole(partner: Partner) -> dict[str, object]:
    wallet = read_wallet(partner_ref=partner.ref, code_keys=(), at=timezone.now())
    refs = program_refs({card.loyalty_program_id for card in wallet.cards})
    cards = [
        {
            "code": card.code,
            "loyalty_program": refs[card.loyalty_program_id],
            "balance": plain(card.balance),
            "expires_at": card.expires_at,
        }
        for card in wallet.cards
    ]
    return {**_present(partner), "membership": present_membership(partner), "cards": cards}
