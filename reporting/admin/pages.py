"""The dashboard, and the page of one program's performance."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import PunchcardError
from promotions.models import PosConfig, PromotionProgram
from reporting.admin.gates import for_roles
from reporting.board import PRESETS, BoardAsked, address, draw_board, read_asked
from reporting.live import READERS
from reporting.program_page import draw_program

for_readers = for_roles(READERS)


@for_readers
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period; the page keeps itself up to date."""
    asked = _asked(request)
    if asked is None:
        return redirect("report-dashboard")
    context = _context(request, asked, _("Live dashboard"), "overview")
    return TemplateResponse(
        request,
        "reporting/dashboard.html",
        context | {"board": draw_board(asked), "live_port": settings.LIVE_PORT},
    )


@for_readers
def program(request: HttpRequest, program_id: int) -> HttpResponse:
    """Show how one program performs, and the orders behind it."""
    row = get_object_or_404(PromotionProgram, pk=program_id)
    asked = _asked(request)
    if asked is None:
        return redirect("report-program", program_id=program_id)
    context = _context(request, asked, row.name, "programs")
    return TemplateResponse(
        request, "reporting/program.html", context | {"board": draw_program(row, asked)}
    )


def _asked(request: HttpRequest) -> BoardAsked | None:
    """Return what the address asks for; None if it cannot be read: then begin anew."""
    try:
        return read_asked(request.GET.dict(), get_language() or "")
    except PunchcardError:
        return None


def _context(request: HttpRequest, asked: BoardAsked, title: str, section: str) -> dict[str, Any]:
    names = {
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "week": _("7 days"),
        "month": _("30 days"),
        "year": _("A year"),
    }
    return {
        **admin.site.each_context(request),
        "title": title,
        "sections": _sections(),
        "section": section,
        "asked": asked,
        "address": address(asked),
        "presets": [(one, names[one]) for one in PRESETS],
        "stores": PosConfig.objects.order_by("name"),
    }


def _sections() -> list[tuple[str, str, str]]:
    """Return key, name and address of each page of reports."""
    return [("overview", _("Overview"), reverse("report-dashboard"))]
