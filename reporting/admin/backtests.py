"""The pages of a back-test: how far it is, what it found, one order's reasons, its files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.authentication import caller_of
from access.caller import Role
from core.errors import Missing
from jobs.services.stop_job import stop_job
from promotions import wording
from promotions.backtests.reading import compare_order, read_backtest
from promotions.models import Backtest, Order
from reporting.admin.gates import for_roles
from reporting.api.files import file_answer
from reporting.backtest_page import backtest_table, draw_backtest, draw_comparison
from reporting.exports import FileKind

READERS = frozenset({Role.MARKETING, Role.MANAGER, Role.ADMIN})
for_testers = for_roles(READERS)


def _find(backtest_id: int) -> Backtest:
    try:
        return read_backtest(backtest_id)
    except Missing as error:
        raise Http404 from error


@for_testers
def backtest(request: HttpRequest, backtest_id: int) -> HttpResponse:
    """Show how far it is, or what it found."""
    row = _find(backtest_id)
    job = row.job
    done, total = (wording.number(Decimal(count)) for count in (job.done, job.total))
    context = _context(request, row) | {"title": _("Back-test"), "job": job}
    context |= {"done": done, "total": total}
    if row.result is not None:
        context["board"] = draw_backtest(row)
    return TemplateResponse(request, "reporting/backtest.html", context)


@for_testers
def progress(request: HttpRequest, backtest_id: int) -> HttpResponse:
    """Answer how far the job is, for the bar on the page."""
    job = _find(backtest_id).job
    return JsonResponse({"state": job.state, "done": job.done, "total": job.total})


@for_testers
def order(request: HttpRequest, backtest_id: int, order_id: int) -> HttpResponse:
    """Show one order both ways, with the reasons."""
    row = _find(backtest_id)
    try:
        compared = compare_order(row, order_id)
    except Missing as error:
        raise Http404 from error
    context = _context(request, row) | {
        "title": _("Order with the draft"),
        "order": Order.objects.select_related("pos_config", "partner").get(pk=order_id),
        "both": draw_comparison(compared),
    }
    return TemplateResponse(request, "reporting/backtest_order.html", context)


@for_testers
def file(request: HttpRequest, backtest_id: int, what: str) -> HttpResponseBase:
    """Answer the days, points or products as a file."""
    row = _find(backtest_id)
    table = None if row.result is None else backtest_table(row, what)
    asked = request.GET.get("format", FileKind.CSV)
    if table is None or asked not in set(FileKind):
        raise Http404
    return file_answer(FileKind(asked), table)


@staff_member_required
@require_POST
def stop(request: HttpRequest, backtest_id: int) -> HttpResponseRedirect:
    """Stop it, and show what became of it."""
    caller = caller_of(request.user)
    if caller is None or caller.role not in READERS:
        raise PermissionDenied
    stop_job(job_id=_find(backtest_id).job_id, at=timezone.now())
    return HttpResponseRedirect(reverse("report-backtest", args=[backtest_id]))


def _context(request: HttpRequest, row: Backtest) -> dict[str, Any]:
    days = f"{wording.date_of(row.date_from)} \u2013 {wording.date_of(row.date_to)}"
    return {
        **admin.site.each_context(request),
        "backtest": row,
        "days": days,
        "store": row.pos_config.name if row.pos_config else _("all stores"),
    }
