"""What a shop sets up once: levels, how they are reached, and kinds of points."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.admin import numbers
from access.admin.read_only import ReadOnlyInline
from access.admin.service_admin import ServiceAdmin
from loyalty.domain.levels import Downgrade, SpendingWindow
from loyalty.domain.terms import CapPeriod, Expiry, RoundUp
from loyalty.models import LoyaltyProgram, MembershipLevelPath, MembershipProduct
from loyalty.services.upsert_level_path import upsert_level_path
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from loyalty.services.upsert_membership_product import upsert_membership_product


class LevelPathInline(ReadOnlyInline):
    """How a level is reached, on the level's own page."""

    model = MembershipLevelPath
    fields = ("ref", "threshold", "window", "window_months", "is_upgradable", "is_downgradable")
    readonly_fields = fields
    show_change_link = True


class _Settings(ServiceAdmin):
    """What others refer to by its reference: it keeps that, and it stays."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the reference once given."""
        return ("ref",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: cards, members and programs point at it."""
        return False


@admin.register(MembershipProduct)
class MembershipProductAdmin(_Settings):
    """Levels: Silver, Gold."""

    list_display = ("name", "ref", "rank", "members_now")
    search_fields = ("name", "ref")
    inlines = (LevelPathInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MembershipProduct]:
        """Count the members of each level in the same statement."""
        open_now = Q(memberships__closed_at__isnull=True)
        rows: QuerySet[MembershipProduct] = super().get_queryset(request)
        return rows.annotate(members=Count("memberships", filter=open_now))

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make or change the level."""
        given = form.cleaned_data
        return upsert_membership_product(
            ref=form.instance.ref, name=given["name"], rank=given["rank"]
        ).membership_product_id

    @display(description=_("members"), ordering="members")
    def members_now(self, level: Any) -> int:
        """Return how many members hold the level now."""
        return int(level.members)


@admin.register(MembershipLevelPath)
class MembershipLevelPathAdmin(_Settings):
    """How levels are reached and kept."""

    list_display = (
        "ref",
        "level",
        "spent",
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

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        """Call the level what every other page calls it."""
        labels = {"membership_product": capfirst(_("level"))}
        return super().get_form(request, obj, change, **{"labels": labels, **options})

    @display(description=_("level"), ordering="membership_product__name")
    def level(self, path: Any) -> str:
        """Return the level that the path leads to."""
        return str(path.membership_product.name)

    @display(description=_("threshold"), ordering="threshold")
    def spent(self, path: Any) -> str:
        """Return what must be spent, without the zeros of the column."""
        return numbers.shown(path.threshold)

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make or change the path."""
        given = form.cleaned_data
        return upsert_level_path(
            ref=form.instance.ref,
            membership_product=given["membership_product"].ref,
            threshold=given["threshold"],
            sequence=given["sequence"],
            is_upgradable=given["is_upgradable"],
            is_downgradable=given["is_downgradable"],
            window=SpendingWindow(given["window"]),
            window_months=given["window_months"],
            term_months=given["term_months"],
            grace_days=given["grace_days"],
            downgrade_to=Downgrade(given["downgrade_to"]),
        ).level_path_id


@admin.register(LoyaltyProgram)
class LoyaltyProgramAdmin(_Settings):
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
                    "expiry_notice_days",
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
        rows: QuerySet[LoyaltyProgram] = super().get_queryset(request)
        return rows.annotate(open_cards=Count("cards", filter=Q(cards__active=True)))

    def save_by_service(self, request: HttpRequest, form: Any, *, change: bool) -> int:
        """Make or change the kind of points; lots that exist keep their dates."""
        given = form.cleaned_data
        return upsert_loyalty_program(
            ref=form.instance.ref,
            name=given["name"],
            unit=given["unit"],
            point_decimals=given["point_decimals"],
            expiry=Expiry(given["expiry"]),
            expiry_length=given["expiry_length"],
            expiry_round_up=RoundUp(given["expiry_round_up"]),
            expiry_month=given["expiry_month"],
            expiry_day=given["expiry_day"],
            expiry_notice_days=given["expiry_notice_days"],
            pending_days=given["pending_days"],
            negative_balance=given["negative_balance"],
            earn_on=given["earn_on"],
            earning_cap=given["earning_cap"],
            earning_cap_period=CapPeriod(given["earning_cap_period"]),
            time_zone=given["time_zone"],
        ).loyalty_program_id

    @display(description=_("cards"), ordering="open_cards")
    def cards_open(self, kind: Any) -> int:
        """Return how many active cards hold points of this kind."""
        return int(kind.open_cards)
