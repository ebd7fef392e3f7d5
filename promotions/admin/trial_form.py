"""The form of a trial: where, when, for whom, with which codes, and what is in the basket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from loyalty.models import Partner
from promotions.admin.instant_field import InstantField
from promotions.coupons.batch import takes_coupons
from promotions.models import Coupon, PosConfig, Product, PromotionProgram, PromotionRule
from promotions.orders.request import LineRequest
from promotions.orders.trial import TrialCoupon, TrialRequest

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line as it was typed; `qty` and `price` are None where they are not numbers."""

    product: Product
    qty_text: str
    price_text: str
    qty: Decimal | None
    price: Decimal | None

    @property
    def is_wrong(self) -> bool:
        """Tell whether something typed is not a number."""
        return self.qty is None or (bool(self.price_text) and self.price is None)


class TrialForm(forms.Form):
    """Everything of a trial but the lines."""

    find = forms.ModelChoiceField(
        label=_("Add a product"),
        required=False,
        queryset=Product.objects.all(),
        widget=AutocompleteSelect(PromotionRule._meta.get_field("products"), admin.site),
    )
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=PosConfig.objects.all(), widget=UnfoldAdminSelectWidget
    )
    partner = forms.ModelChoiceField(
        label=_("Member"),
        required=False,
        queryset=Partner.objects.all(),
        widget=AutocompleteSelect(Coupon._meta.get_field("partner"), admin.site),
        help_text=_("Empty: a customer nobody knows."),
    )
    at = InstantField(label=_("When"), help_text=_("Empty: now."))
    codes = forms.CharField(
        label=_("Codes"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Separated by commas."),
    )
    coupon = forms.BooleanField(
        label=_("Show a coupon or card of this program"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("As if one had been issued; none is."),
    )
    points = forms.DecimalField(
        label=_("What is on it"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    alone = forms.BooleanField(
        label=_("Without the other programs"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, data: QueryDict | None, *, program: PromotionProgram, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        stores = program.pos_configs.order_by("id").first() or PosConfig.objects.first()
        self.fields["store"].initial = stores.pk if stores else None
        if not takes_coupons(program.program_type, program.trigger, program.applies_on):
            del self.fields["coupon"], self.fields["points"]

    def trial(self, lines: Sequence[BasketLine]) -> TrialRequest:
        """Return what is to be decided; the form must be valid and the lines right."""
        given = self.cleaned_data
        codes = re.split(r"[\s,;]+", given["codes"].strip()) if given["codes"].strip() else []
        return TrialRequest(
            pos_config=given["store"].pk,
            partner=given["partner"].ref if given["partner"] else None,
            at=given["at"],
            codes=tuple(codes),
            lines=tuple(
                LineRequest(sku=one.product.sku, qty=one.qty or Decimal(0), unit_price=one.price)
                for one in lines
            ),
            alone=given["alone"],
            coupon=TrialCoupon(points=given["points"]) if given.get("coupon") else None,
        )


def read_lines(data: QueryDict) -> list[BasketLine]:
    """Return the lines in the address, those whose product is gone left out."""
    asked = list(
        zip(
            data.getlist("product"),
            data.getlist("qty"),
            data.getlist("price"),
            strict=False,
        )
    )[:MOST_LINES]
    keys = [int(key) for key, _qty, _price in asked if key.isdecimal() and len(key) < 19]
    products = Product.objects.in_bulk(keys)
    return [
        BasketLine(products[int(key)], qty, price, _number(qty), _number(price))
        for key, qty, price in asked
        if key.isdecimal() and len(key) < 19 and int(key) in products
    ]


def _number(text: str) -> Decimal | None:
    """Return what was typed as a number; a comma is read as the decimal point."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
