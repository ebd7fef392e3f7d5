"""The page that asks for a back-test of a program, and lists those there are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.errors import PunchcardError
from promotions.admin.program_list import describe_all
from promotions.admin.refusals import refusal_sentences
from promotions.models import Backtest, PosConfig, PromotionProgram
from promotions.services.start_backtest import start_backtest

DAYS = 30
SHOWN = 10


class DayWidget(UnfoldAdminTextInputWidget):
    """The browser's own calendar, which everybody knows and every screen reader reads."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """Return the day as the browser wants it, in any language."""
        return value.isoformat() if isinstance(value, date) else value


class BacktestForm(forms.Form):
    """Over which orders, and what is taken for granted."""

    date_from = forms.DateField(label=gettext_lazy("From"), widget=DayWidget)
    date_to = forms.DateField(label=gettext_lazy("To"), widget=DayWidget)
    store = forms.ModelChoiceField(
        label=gettext_lazy("Store"),
        required=False,
        queryset=PosConfig.objects.order_by("name"),
        empty_label=gettext_lazy("All stores"),
        widget=UnfoldAdminSelectWidget,
    )
    shows_code = forms.BooleanField(
        label=gettext_lazy("As if everybody had shown its code or a coupon"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Otherwise only codes that were entered then count."),
    )
    keeps_dates = forms.BooleanField(
        label=gettext_lazy("Its own first and last day hold"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Otherwise it runs on all days; its weekdays and hours hold."),
    )


class BacktestPages(ModelAdmin):
    """The view of asking; the result has a page among the reports."""

    def backtest(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Ask for a back-test, or show the form."""
        if not request.user.has_perm("promotions.view_promotionprogram"):
            raise PermissionDenied
        program = get_object_or_404(
            PromotionProgram.objects.select_related("current_version"), pk=program_id
        )
        yesterday = timezone.localdate() - timedelta(days=1)
        initial = {"date_from": yesterday - timedelta(days=DAYS - 1), "date_to": yesterday}
        form = BacktestForm(request.POST or None, initial=initial)
        refused: list[str] = []
        if form.is_valid():
            try:
                return HttpResponseRedirect(_start(request, program_id, form.cleaned_data))
            except PunchcardError as error:
                refused = refusal_sentences(error)
        earlier = Backtest.objects.filter(program=program).select_related("job", "created_by")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Back-test"),
            "opts": self.opts,
            "program": program,
            "sentence": describe_all([program])[program.pk].sentence,
            "form": form,
            "refused": refused,
            "earlier": earlier[:SHOWN],
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "promotions/backtest_program.html", context)


def _start(request: HttpRequest, program_id: int, given: dict[str, Any]) -> str:
    """Start it and return the page that shows it. Raises: what the service refuses."""
    started = start_backtest(
        program_id=program_id,
        date_from=given["date_from"],
        date_to=given["date_to"],
        pos_config_id=given["store"].pk if given["store"] else None,
        keeps_dates=given["keeps_dates"],
        shows_code=given["shows_code"],
        created_by=request.user.pk,
        at=timezone.now(),
    )
    return reverse("report-backtest", args=[started.backtest_id])
