"""Members: who they are, their level, their cards and what happened to their points."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.datasets import BaseDataset
from unfold.decorators import display

from access.admin.read_only import ReadOnlyInline
from access.admin.service_admin import ServiceAdmin
from core import codes
from loyalty.admin.by_hand import LevelByHand
from loyalty.admin.statement import PartnerStatement, held_points
from loyalty.held_points import with_points
from loyalty.models import LoyaltyCard, Membership, Partner
from loyalty.services.upsert_partner import upsert_partner


class CardInline(ReadOnlyInline):
    """The member's cards."""

    model = LoyaltyCard
    fields = ("card", "kind", "balance", "active", "expires_at")
    readonly_fields = fields
    hide_title = True
    verbose_name_plural = _("Cards")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load the kinds of points, and what each card holds, with the cards."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return with_points(rows.select_related("loyalty_program"), timezone.now())

    @display(description=_("code"))
    def card(self, card: LoyaltyCard) -> str:
        """Return the code, leading to the card."""
        page = reverse("admin:loyalty_loyaltycard_change", args=[card.pk])
        return format_html('<a class="pc-link" href="{}">{}</a>', page, card.code)

    @display(description=_("kind of points"))
    def kind(self, card: LoyaltyCard) -> str:
        """Return the kind of points it holds."""
        return str(card.loyalty_program)

    @display(description=_("balance"))
    def balance(self, card: LoyaltyCard) -> str:
        """Return what can be spent now, with its unit, and what is pending."""
        return held_points(card)


class MembershipInline(ReadOnlyInline):
    """The levels the member held, the present one first."""

    model = Membership
    fields = ("membership_product", "membership_start", "membership_stop", "closed_at")
    readonly_fields = fields
    tab = True
    hide_title = True
    verbose_name_plural = _("Levels")


@admin.register(Partner)
class PartnerAdmin(LevelByHand, ServiceAdmin):
    """Members, found by what a cashier can ask for: name, reference, mail, phone, card."""

    list_display = ("who", "email", "phone", "level", "points", "created_at")
    list_filter = ("memberships__membership_product",)
    search_fields = ("name", "ref", "email", "phone")
    search_help_text = _("Name, reference, email, phone or card code")
    show_full_result_count = False
    list_per_page = 50
    fields = ("ref", "name", "email", "phone", "created_at")
    readonly_fields = ("created_at",)
    inlines = (CardInline, MembershipInline)
    actions_detail: tuple[str, ...] = ("change_level",)
    # Apps above add to these what they know of a member.
    change_form_datasets: tuple[type[BaseDataset], ...] = (PartnerStatement,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Partner]:
        """Load level and cards of all listed members, two statements more."""
        rows: QuerySet[Partner] = super().get_queryset(request)
        held = Membership.objects.filter(closed_at__isnull=True).select_related(
            "membership_product"
        )
        cards = LoyaltyCard.objects.filter(active=True).select_related("loyalty_program")
        return rows.prefetch_related(
            Prefetch("memberships", queryset=held, to_attr="held"),
            Prefetch("cards", queryset=with_points(cards, timezone.now()), to_attr="open_cards"),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the owner of a card whose whole code was typed, else look for parts of names."""
        key = codes.normalise(search_term)
        owners = LoyaltyCard.objects.filter(code_key=key, partner__isnull=False)
        owner_ids = list(owners.values_list("partner_id", flat=True)) if search_term else []
        if owner_ids:
            return queryset.filter(pk__in=owner_ids), False
        return super().get_search_results(request, queryset, search_term)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the reference once given: tills and shop systems know the member by it."""
        return ("ref", *self.readonly_fields) if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: orders and points belong to the member."""
        return False

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make or change the member; the level and the cards are left alone."""
        given = form.cleaned_data
        return upsert_partner(
            ref=form.instance.ref,
            name=given["name"],
            email=given["email"],
            phone=given["phone"],
            at=timezone.now(),
        ).partner_id

    @display(description=_("member"), ordering="name", header=True)
    def who(self, partner: Partner) -> list[str]:
        """Return name and reference, and the initials for the badge."""
        initials = "".join(word[0] for word in partner.name.split()[:2]).upper()
        return [partner.name, partner.ref, initials]

    @display(description=_("level"), label="primary")
    def level(self, partner: Any) -> str | None:
        """Return the level held now."""
        return partner.held[0].membership_product.name if partner.held else None

    @display(description=_("points"))
    def points(self, partner: Any) -> str:
        """Return what every active card holds."""
        rows = ((held_points(card),) for card in partner.open_cards)
        return format_html_join(mark_safe("<br>"), "{}", rows) or "\u2013"
