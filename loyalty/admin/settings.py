"""What a shop sets up once: levels, how they are reached, and kinds of points."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from loyalty.models import LoyaltyProgram, MembershipLevelPath, MembershipProduct


class LevelPathInline(TabularInline):
    """How a level is reached, on the level's own page."""

    model = MembershipLevelPath
    extra = 0
    fields = ("ref", "threshold", "window", "window_months", "is_upgradable", "is_downgradable")
    show_change_link = True


@admin.register(MembershipProduct)
class MembershipProductAdmin(ModelAdmin):
    """Levels: Silver, Gold."""

    list_display = ("name", "ref", "rank", "members_now")
    search_fields = ("name", "ref")
    inlines = (LevelPathInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MembershipProduct]:
        """Count the members of each level in the same statement."""
        open_now = Q(memberships__closed_at__isnull=True)
        counted = (
            super().get_queryset(request).annotate(members=Count("memberships", filter=open_now))
        )
        return counted  # type: ignore[no-any-return]

    @display(description=_("members"), ordering="members")
    def members_now(self, level: Any) -> int:
        """Return how many members hold the level now."""
        return int(level.members)


@admin.register(MembershipLevelPath)
class MembershipLevelPathAdmin(ModelAdmin):
    """How levels are reached and kept."""

    list_display = (
        "ref",
        "membership_product",
        "threshold",
        "window",
        "window_months",
        "is_upgradable",
        "is_downgradable",
    )
    list_select_related = ("membership_product",)
    list_filter = ("membership_product",)
    search_fields = ("ref", "membership_product__name")
    autocomplete_fields = ("membership_product",)
    fieldsets = (
        (None, {"fields": ("ref", "membership_product", "sequence")}),
        (
            _("Reached by spending"),
            {"fields": ("threshold", "window", "window_months", "is_upgradable")},
        ),
        (
            _("Kept for"),
            {"fields": ("term_months", "grace_days", "is_downgradable", "downgrade_to")},
        ),
    )


@admin.register(LoyaltyProgram)
class LoyaltyProgramAdmin(ModelAdmin):
    """Kinds of points: what a unit is called, when points expire, when they can be spent."""

    list_display = ("name", "ref", "unit", "expiry", "pending_days", "cards_open")
    search_fields = ("name", "ref")
    conditional_fields = {
        "expiry_length": "['days', 'months', 'inactivity'].includes(expiry)",
        "expiry_round_up": "['days', 'months'].includes(expiry)",
        "expiry_month": "expiry == 'calendar'",
        "expiry_day": "expiry == 'calendar'",
        "earning_cap_period": "earning_cap > 0",
    }
    fieldsets = (
        (None, {"fields": ("name", "ref", "unit", "point_decimals")}),
        (
            _("Expiry"),
            {
                "fields": (
                    "expiry",
                    "expiry_length",
                    "expiry_round_up",
                    "expiry_month",
                    "expiry_day",
                    "time_zone",
                )
            },
        ),
        (
            _("Earning and spending"),
            {
                "fields": (
                    "earn_on",
                    "pending_days",
                    "earning_cap",
                    "earning_cap_period",
                    "negative_balance",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoyaltyProgram]:
        """Count the cards of each kind of points in the same statement."""
        counted = (
            super()
            .get_queryset(request)
            .annotate(open_cards=Count("cards", filter=Q(cards__active=True)))
        )
        return counted  # type: ignore[no-any-return]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep what cannot change once points exist: the reference and the decimals."""
        return ("ref", "point_decimals") if obj else ()

    @display(description=_("cards"), ordering="open_cards")
    def cards_open(self, kind: Any) -> int:
        """Return how many active cards hold points of this kind."""
        return int(kind.open_cards)
