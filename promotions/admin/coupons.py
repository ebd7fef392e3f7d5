"""Coupons, to look at: they are issued on their program's page and spent by orders."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from access.admin.numbers import shown
from access.admin.read_only import ReadOnlyAdmin
from core import codes
from loyalty.admin.cards import qr_of
from promotions.models import Coupon

STATUS_COLOURS = {
    "open": "success",
    "used": "info",
    "expired": "warning",
    "withdrawn": "danger",
}


@admin.register(Coupon)
class CouponAdmin(ReadOnlyAdmin):
    """Codes that hold points of one program."""

    empty_hint = _("Coupons come from programs: open one that works by codes, and issue coupons.")
    list_display: tuple[str, ...] = (
        "code",
        "of_program",
        "status",
        "left",
        "member",
        "expires_at",
        "created_at",
    )
    list_filter = (("program", AutocompleteSelectFilter),)
    list_filter_submit = True
    list_select_related: ClassVar[tuple[str, ...]] = ("program", "partner")
    search_fields: ClassVar[tuple[str, ...]] = (
        "code__startswith",
        "partner__name",
        "partner__ref__exact",
    )
    search_help_text = _("Code, member's name or reference")
    show_full_result_count = False
    fields = (
        "code",
        "qr",
        "of_program",
        "status_text",
        "left",
        "member",
        "expires_at",
        "withdrawn_at",
        "issued_by",
        "created_at",
    )
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a whole code however it is typed, before looking for parts."""
        by_code = queryset.filter(code_key=codes.normalise(search_term))
        if search_term and by_code.exists():
            return by_code, False
        return super().get_search_results(request, queryset, search_term)

    @display(description=_("program"), ordering="program__name")
    def of_program(self, coupon: Coupon) -> str:
        """Return the program, leading to it."""
        page = reverse("admin:promotions_promotionprogram_change", args=[coupon.program_id])
        return format_html('<a class="pc-link" href="{}">{}</a>', page, coupon.program)

    @display(description=_("member"), ordering="partner__name")
    def member(self, coupon: Coupon) -> str:
        """Return whom it is for."""
        return coupon.partner.name if coupon.partner else str(_("whoever has the code"))

    @display(description=_("status"), label=STATUS_COLOURS)
    def status(self, coupon: Coupon) -> tuple[str, Any]:
        """Return whether the coupon can still be used."""
        if coupon.withdrawn_at:
            return "withdrawn", _("Withdrawn")
        if not coupon.points:
            return "used", _("Used")
        if coupon.expires_at and coupon.expires_at < timezone.now():
            return "expired", _("Expired")
        return "open", _("Open")

    @display(description=_("status"))
    def status_text(self, coupon: Coupon) -> str:
        """Return the same as text, for the coupon's page."""
        return str(self.status(coupon)[1])

    @display(description=_("points left"), ordering="points")
    def left(self, coupon: Coupon) -> str:
        """Return what is left of what it held."""
        return f"{shown(coupon.points)} / {shown(coupon.initial_points)}"

    @display(description=_("QR code"))
    def qr(self, coupon: Coupon) -> SafeString:
        """Return the code to scan."""
        return format_html('<div class="pc-qr">{}</div>', qr_of(coupon.code))
