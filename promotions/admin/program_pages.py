"""The pages and buttons around a program's form: starting, publishing, coupons, versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.files import csv_answer
from core.errors import PunchcardError
from promotions.admin.backtest_pages import BacktestPages
from promotions.admin.conflict_pages import ConflictPages
from promotions.admin.coupon_form import IssueCouponsForm
from promotions.admin.program_files import ProgramFiles
from promotions.admin.refusals import refusal_text
from promotions.admin.starters import BLANK, STARTERS
from promotions.admin.trial_pages import TrialPages
from promotions.admin.version_pages import VersionPages
from promotions.coupons.batch import MAX_COUPONS
from promotions.coupons.files import program_csv
from promotions.models import PromotionProgram
from promotions.services.archive_program import archive_program
from promotions.services.issue_coupons import issue_coupons
from promotions.services.pause_program import pause_program
from promotions.services.publish_program import publish_program
from promotions.services.start_coupon_batch import start_coupon_batch

# Names of addresses have neither dots nor dashes.
_PLAIN = str.maketrans(".-", "__")
WITH_COUPONS = ("coupons", "next_order_coupons", "promo_code", "gift_card", "ewallet")


class ProgramPages(TrialPages, BacktestPages, ConflictPages, VersionPages, ProgramFiles):
    """Views beside add and change; every one that writes takes POST and calls one service."""

    def get_urls(self) -> list[URLPattern]:
        """Put the pages of a program before Django's own."""
        own = []
        for name, view in (
            ("publish", self.publish),
            ("pause", self.pause),
            ("archive", self.archive),
            ("try", self.try_out),
            ("backtest", self.backtest),
            ("conflicts", self.conflicts),
            ("compare", self.compare),
            ("roll-back", self.roll_back),
            ("submit", self.submit),
            ("send-back", self.send_back),
            ("coupons", self.coupons),
            ("coupons.csv", self.coupon_codes),
        ):
            wrapped = self.admin_site.admin_view(view)
            route = f"<int:program_id>/{name}" + ("" if name.endswith(".csv") else "/")
            own.append(path(route, wrapped, name=f"program_{name.translate(_PLAIN)}"))
        importing = self.admin_site.admin_view(self.import_json)
        own.append(path("import/", importing, name="program_import"))
        conflicts = self.admin_site.admin_view(self.conflicts)
        own.append(path("conflicts/", conflicts, name="all_program_conflicts"))
        return [*own, *super().get_urls()]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may put programs in force and take them out."""
        return request.user.has_perm("promotions.publish_promotionprogram")

    def choose_starter(self, request: HttpRequest) -> HttpResponse:
        """Answer the page on which a new program begins."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("New program"),
            "opts": self.opts,
            "starters": STARTERS,
            "blank": BLANK,
        }
        return TemplateResponse(request, "promotions/choose_starter.html", context)

    def publish(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Put the draft in force."""

        def act() -> str:
            done = publish_program(
                program_id=program_id, published_by=request.user.pk, at=timezone.now()
            )
            if done.state != "published":
                return _("The program is switched off, so it is out of force.")
            if not done.changed:
                return _("This very version is in force already.")
            return _("Published: version %(number)s is in force.") % {"number": done.number}

        return self.act(request, program_id, act)

    def pause(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Take the program out of force for a while."""

        def act() -> str:
            pause_program(program_id=program_id, paused_by=request.user.pk, at=timezone.now())
            return _("Paused: no till applies it until it is published again.")

        return self.act(request, program_id, act)

    def archive(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Put the program away for good."""

        def act() -> str:
            archive_program(program_id=program_id, archived_by=request.user.pk, at=timezone.now())
            return _("Archived. Its orders and versions stay readable.")

        return self.act(request, program_id, act)

    def act(
        self,
        request: HttpRequest,
        program_id: int,
        act: Callable[[], str],
        permission: str = "promotions.publish_promotionprogram",
    ) -> HttpResponseRedirect:
        """Run one service and say what came of it on the program's page."""
        if request.method != "POST" or not request.user.has_perm(permission):
            raise PermissionDenied
        try:
            messages.success(request, act())
        except PunchcardError as error:
            messages.error(request, refusal_text(error))
        return HttpResponseRedirect(self.page_of(program_id))

    def page_of(self, program_id: int) -> str:
        """Return the address of a program's page."""
        return reverse("admin:promotions_promotionprogram_change", args=[program_id])

    def coupons(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Issue coupons: how many or which codes, what is on each, until when."""
        program = self._with_coupons(request, program_id, "promotions.add_coupon")
        form = IssueCouponsForm(request.POST or None)
        if form.is_valid():
            try:
                return HttpResponseRedirect(_issue(request, program_id, form.cleaned_data))
            except PunchcardError as error:
                form.add_error(None, refusal_text(error))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Issue coupons"),
            "opts": self.opts,
            "program": program,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "promotions/issue_coupons.html", context)

    def coupon_codes(self, request: HttpRequest, program_id: int) -> StreamingHttpResponse:
        """Answer every code of the program as CSV, row by row however many there are."""
        program = self._with_coupons(request, program_id, "promotions.view_coupon")
        return csv_answer(program_csv(program.pk), f"coupons-{program.pk}.csv")

    def _with_coupons(
        self, request: HttpRequest, program_id: int, permission: str
    ) -> PromotionProgram:
        """Return a program that has coupons. Raises: PermissionDenied, Http404."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        program = get_object_or_404(PromotionProgram, pk=program_id)
        if program.program_type not in WITH_COUPONS:
            raise Http404
        return program


def _issue(request: HttpRequest, program_id: int, given: Mapping[str, Any]) -> str:
    """Issue the codes, or start the job that will; return the page that shows them.

    Raises: what the services refuse.
    """
    terms: dict[str, Any] = {
        "program_id": program_id,
        "count": given["count"],
        "prefix": given["beginning"],
        "points": given["points"],
        "partner_id": given["partner"].pk if given["partner"] else None,
        "expires_at": given["expires_at"],
        "at": timezone.now(),
    }
    if (given["count"] or 0) > MAX_COUPONS:
        started = start_coupon_batch(**terms, created_by=request.user.pk)
        return reverse("admin:promotions_couponbatch_change", args=[started.batch_id])
    issued = issue_coupons(**terms, codes=given["codes"] or None)
    messages.success(request, _("%(count)s coupons issued.") % {"count": len(issued.coupons)})
    return f"{reverse('admin:promotions_coupon_changelist')}?program__id__exact={program_id}"
