"""Orders, to look at: what was sold, what was taken off, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from access.admin.read_only import ReadOnlyAdmin
from promotions import wording
from promotions.admin.order_page import build_receipt_page, build_return_pages
from promotions.models import Order
from promotions.trace_text import explain_order

STATUS_COLOURS = {
    "committed": "success",
    "partly_returned": "warning",
    "returned": "danger",
    "cancelled": "danger",
}


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Committed orders, newest first."""

    empty_hint = _(
        "Orders appear here as tills commit them. Sell something at the demo till to see one."
    )
    list_display: tuple[str, ...] = (
        "ref",
        "ordered_at",
        "store",
        "member",
        "state",
        "off",
        "paid",
    )
    list_filter = ("status", "pos_config", ("ordered_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related: ClassVar[tuple[str, ...]] = ("pos_config", "partner")
    search_fields: ClassVar[tuple[str, ...]] = (
        "ref__startswith",
        "partner__name",
        "partner__ref__exact",
    )
    search_help_text = _("Order reference, member's name or reference")
    show_full_result_count = False
    list_per_page = 50
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    change_form_before_template = "promotions/order_page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Leave the stored decision out of lists; the page of one order loads it."""
        rows: QuerySet[Order] = super().get_queryset(request)
        return rows.defer("evaluation")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show no fields: the receipt tells all of it."""
        return []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add the receipt, the explanation and the returns to the page."""
        order = self.get_object(request, object_id) if object_id else None
        context = dict(extra_context or {})
        if order is not None and self.has_view_permission(request, order):
            context |= {
                "order": order,
                "title": order.ref,
                "receipt": build_receipt_page(order),
                "returns": build_return_pages(order),
                "explanation": explain_order(order),
            }
        return super().changeform_view(request, object_id, form_url, context)

    @display(description=_("store"), ordering="pos_config__name")
    def store(self, order: Order) -> str:
        """Return where it was sold."""
        return order.pos_config.name

    @display(description=_("member"), ordering="partner__name")
    def member(self, order: Order) -> str:
        """Return who bought, if they said so."""
        return order.partner.name if order.partner else "\u2013"

    @display(description=_("status"), ordering="status", label=STATUS_COLOURS)
    def state(self, order: Order) -> tuple[str, str]:
        """Return the status with its colour."""
        return order.status, order.get_status_display()

    @display(description=_("discount"), ordering="discount_total")
    def off(self, order: Order) -> str:
        """Return what was taken off."""
        return (
            wording.money(order.discount_total, order.currency)
            if order.discount_total
            else "\u2013"
        )

    @display(description=_("total"), ordering="total")
    def paid(self, order: Order) -> str:
        """Return the total with its currency."""
        return wording.money(order.total, order.currency)
