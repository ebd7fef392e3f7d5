"""The dashboard, and the page of one program's performance."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import PunchcardError
from promotions.api.lookups import find_pos_config
from promotions.models import PosConfig, PromotionProgram
from reporting.admin.freshness import read_freshness
from reporting.admin.gates import for_roles
from reporting.board import (
    PRESETS,
    BoardAsked,
    address,
    draw_board,
    read_asked,
    span_of,
    today_at,
)
from reporting.leaderboard_page import draw_leaderboard
from reporting.live import READERS
from reporting.member_page import draw_members
from reporting.panels import Page
from reporting.point_page import draw_points, kinds_of_points
from reporting.program_page import draw_program
from reporting.services.refresh_views import VIEWS

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
    return _report(request, asked, draw_program(row, asked), row.name, "programs")


@for_readers
def leaderboard(request: HttpRequest) -> HttpResponse:
    """Compare the programs of a period."""
    asked = _asked(request)
    if asked is None:
        return redirect("report-programs")
    return _report(request, asked, draw_leaderboard(asked), _("Programs"), "programs")


@for_readers
def members(request: HttpRequest) -> HttpResponse:
    """Show how members come, buy and move, and the cohorts by month of joining."""
    asked = _asked(request)
    if asked is None:
        return redirect("report-members")
    return _report(request, asked, draw_members(asked), _("Members"), "members")


@for_readers
def points(request: HttpRequest) -> HttpResponse:
    """Show the points of a kind: in, out, owed, when they expire, what nobody redeems."""
    asked, kinds = _asked(request), kinds_of_points()
    named = request.GET.get("kind", "")
    found = [one for one in kinds if one.ref == named] if named else kinds
    if asked is None or (named and not found):
        return redirect("report-points-page")
    kind = found[0] if found else None
    page = _report(request, asked, draw_points(asked, kind), _("Points"), "points")
    context = page.context_data
    assert context is not None  # `_report` gives one
    days = asked.period(today_at(None))  # points belong to no store, and have no day of one
    context |= {"period": days, "span": span_of(days), "is_of_no_store": True}
    context |= {"kinds": kinds, "kind": kind}
    return page


def _report(
    request: HttpRequest, asked: BoardAsked, page: Page, title: str, section: str
) -> TemplateResponse:
    context = _context(request, asked, title, section)
    span = span_of(context["period"])
    return TemplateResponse(
        request, "reporting/report.html", context | {"board": page, "span": span}
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
        "period": asked.period(today_at(find_pos_config(asked.store) if asked.store else None)),
        "address": address(asked),
        "presets": [(one, names[one]) for one in PRESETS],
        "stores": PosConfig.objects.order_by("name"),
        "fresh": read_freshness(timezone.now()),
        "views": " ".join(VIEWS),
    }


def _sections() -> list[tuple[str, str, str]]:
    """Return key, name and address of each page of reports."""
    return [
        ("overview", _("Overview"), reverse("report-dashboard")),
        ("programs", _("Programs"), reverse("report-programs")),
        ("members", _("Members"), reverse("report-members")),
        ("points", _("Points"), reverse("report-points-page")),
    ]
