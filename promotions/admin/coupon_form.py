"""The form that issues coupons."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.models import Partner
from promotions.admin.instant_field import InstantField
from promotions.coupons.batch import MAX_BATCH, MAX_PREFIX
from promotions.models import Coupon


class IssueCouponsForm(forms.Form):
    """Either a number of new codes, or codes of one's own."""

    count = forms.IntegerField(
        label=_("How many new codes"),
        required=False,
        min_value=1,
        max_value=MAX_BATCH,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_(
            "Made at random, hard to guess, without look-alike letters. More than 1,000 are made "
            "in the background."
        ),
    )
    beginning = forms.CharField(
        label=_("Beginning of each new code"),
        required=False,
        max_length=MAX_PREFIX,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("For example SPRING. Empty: nothing."),
    )
    codes = forms.CharField(
        label=_("Or codes of your own"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("One in a line."),
    )
    points = forms.DecimalField(
        label=_("Points on each"),
        initial=1,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=_("1: good for one reward. 3: good for three."),
    )
    partner = forms.ModelChoiceField(
        label=_("Only for the member"),
        required=False,
        queryset=Partner.objects.all(),
        widget=AutocompleteSelect(Coupon._meta.get_field("partner"), admin.site),
        help_text=_("Empty: for whoever has the code."),
    )
    expires_at = InstantField(
        is_end=True,
        label=_("Good until"),
        help_text=_("Empty: as long as the program runs."),
    )

    def clean_codes(self) -> list[str]:
        """Return the codes, one of each."""
        written = re.split(r"[\r\n,;]+", self.cleaned_data.get("codes") or "")
        return list(dict.fromkeys(code.strip() for code in written if code.strip()))

    def clean_expires_at(self) -> datetime | None:
        """Refuse an end in the past: nobody could use such a code."""
        ends: datetime | None = self.cleaned_data["expires_at"]
        if ends is not None and ends <= timezone.now():
            raise forms.ValidationError(_("This lies in the past."), code="in_the_past")
        return ends

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two, and only one."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("count")) == bool(cleaned.get("codes")) and not self.errors:
            self.add_error("count", _("Say how many, or give codes of your own; not both."))
        return cleaned
