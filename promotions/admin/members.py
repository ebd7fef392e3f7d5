"""What promotions add to a member's page: their orders and their coupons.

The page itself belongs to the app below, which knows nothing of orders; so it is registered anew.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.datasets import BaseDataset

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
    list_display = ("ref", "ordered_at", "store", "state", "off", "paid")
    list_display_links = ("ref",)
    list_select_related = ("pos_config",)
    search_fields = ()
    ordering = ("-ordered_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the stored decisions out."""
        return super().get_queryset(request).defer("evaluation")


class MemberCouponsAdmin(OfAPage, CouponAdmin):
    """The coupons that are for one member alone."""

    owner = "partner"
    list_display = ("code", "of_program", "status", "left", "expires_at")
    list_display_links = ("code",)
    list_select_related = ("program",)
    search_fields = ()
    ordering = ("-id",)


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
