"""Cards, to look at: the balance is the ledger's, and what corrects it goes through the ledger."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.admin.read_only import ReadOnlyAdmin
from core import codes
from loyalty.admin.by_hand import PointsByHand
from loyalty.admin.statement import CardLots, CardStatement, held_points
from loyalty.held_points import with_points
from loyalty.models import LoyaltyCard


def qr_of(code: str) -> SafeString:
    """Return a QR code of the text as an inline SVG that fits light and dark pages."""
    drawn = BytesIO()
    segno.make(code, error="m").save(
        drawn, kind="svg", xmldecl=False, omitsize=True, border=2, light="#fff"
    )
    # The SVG is made of numbers by the library; the code itself is not part of its text.
    return mark_safe(drawn.getvalue().decode())  # noqa: S308


@admin.register(LoyaltyCard)
class LoyaltyCardAdmin(PointsByHand, ReadOnlyAdmin):
    """A member's card, a gift card, an e-wallet."""

    list_display = ("code", "member", "kind", "balance", "active", "expires_at")
    list_filter = ("loyalty_program", "active")
    list_select_related = ("partner", "loyalty_program")
    search_fields = ("code", "partner__name", "partner__ref")
    search_help_text = _("Code, member's name or reference")
    show_full_result_count = False
    fields = (
        "code",
        "qr",
        "member",
        "kind",
        "balance",
        "active",
        "expires_at",
        "created_at",
    )
    readonly_fields = fields
    change_form_datasets = (CardStatement, CardLots)
    actions_detail = ("adjust_points",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a whole code however it is typed, before looking for parts of names."""
        by_code = queryset.filter(code_key=codes.normalise(search_term))
        if search_term and by_code.exists():
            return by_code, False
        return super().get_search_results(request, queryset, search_term)

    @display(description=_("member"), ordering="partner__name")
    def member(self, card: LoyaltyCard) -> str:
        """Return the owner as a link; nobody for whoever holds the code."""
        if card.partner is None:
            return "\u2013"
        page = reverse("admin:loyalty_partner_change", args=[card.partner_id])
        return format_html('<a class="pc-link" href="{}">{}</a>', page, card.partner)

    @display(description=_("kind of points"), ordering="loyalty_program__name")
    def kind(self, card: LoyaltyCard) -> str:
        """Return the kind of points it holds."""
        return str(card.loyalty_program)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoyaltyCard]:
        """Load what each card holds with it."""
        return with_points(super().get_queryset(request), timezone.now())

    @display(description=_("balance"), ordering="spendable")
    def balance(self, card: LoyaltyCard) -> str:
        """Return what can be spent now, with its unit, and what is pending."""
        return held_points(card)

    @display(description=_("QR code"))
    def qr(self, card: LoyaltyCard) -> SafeString:
        """Return the code to scan."""
        return format_html('<div class="pc-qr">{}</div>', qr_of(card.code))
