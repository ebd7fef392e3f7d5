"""What promotions add to a member's page: their orders and their coupons.

The page itself belongs to the app below, which knows nothing of orders; so it is registered anew.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.datasets import BaseDataset
from unfold.decorators import display

from loyalty.admin.partners import PartnerAdmin
from loyalty.admin.statement import OfAPage
from loyalty.models import Partner
from promotions.admin.coupons import CouponAdmin
from promotions.admin.member_level import LevelPages
from promotions.admin.orders import OrderAdmin
from promotions.models import Coupon, Order


class MemberOrdersAdmin(OfAPage, OrderAdmin):
    """The orders of one member."""

    owner = "partner"
    list_display = ("leading_to_order", "ordered_at", "store", "state", "off", "paid")
    list_select_related = ("pos_config",)
    search_fields = ()
    ordering = ("-ordered_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the stored decisions out."""
        return super().get_queryset(request).defer("evaluation")

    @display(description=_("reference"))
    def leading_to_order(self, order: Order) -> SafeString:
        """Return the reference, leading to the order."""
        page = reverse("admin:promotions_order_change", args=[order.pk])
        return format_html('<a class="pc-link" href="{}">{}</a>', page, order.ref)


class MemberCouponsAdmin(OfAPage, CouponAdmin):
    """The coupons that are for one member alone."""

    owner = "partner"
    list_display = ("leading_to_coupon", "of_program", "status", "left", "expires_at")
    list_select_related = ("program",)
    search_fields = ()
    ordering = ("-id",)

    @display(description=_("code"))
    def leading_to_coupon(self, coupon: Coupon) -> SafeString:
        """Return the code, leading to the coupon."""
        page = reverse("admin:promotions_coupon_change", args=[coupon.pk])
        return format_html('<a class="pc-link" href="{}">{}</a>', page, coupon.code)


class MemberOrders(BaseDataset):
    """The orders on a member's page."""

    model = Order
    model_admin = MemberOrdersAdmin
    tab = True
    title = _("Orders")


class MemberCoupons(BaseDataset):
    """The coupons on a member's page."""

    model = Coupon
    model_admin = MemberCouponsAdmin
    tab = True
    title = _("Coupons")


admin.site.unregister(Partner)


@admin.register(Partner)
class MemberAdmin(LevelPages, PartnerAdmin):
    """The member's page with what promotions know: orders, coupons, what the level rests on."""

    change_form_datasets = (*PartnerAdmin.change_form_datasets, MemberOrders, MemberCoupons)
    actions_detail = ("evaluate_level", *PartnerAdmin.actions_detail)
