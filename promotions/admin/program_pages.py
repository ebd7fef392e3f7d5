"""The pages and buttons around a program's form: starting, publishing, coupons, versions."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator

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

from access.admin.service_admin import ServiceAdmin
from core.errors import PunchcardError
from core.numbers import plain
from promotions.admin.coupon_form import IssueCouponsForm
from promotions.admin.refusals import refusal_text
from promotions.admin.starters import BLANK, STARTERS
from promotions.admin.trial_pages import TrialPages
from promotions.models import Coupon, PromotionProgram
from promotions.services.archive_program import archive_program
from promotions.services.issue_coupons import issue_coupons
from promotions.services.pause_program import pause_program
from promotions.services.publish_program import publish_program

WITH_COUPONS = ("coupons", "next_order_coupons", "promo_code", "gift_card", "ewallet")


def _as_text(code: str) -> str:
    """Return a code that a spreadsheet takes for text, not for a formula."""
    return f"'{code}" if code.startswith(("=", "+", "-", "@", "\t", "\r")) else code


class _Line:
    """A file that keeps nothing: what is written is handed on line by line."""

    def write(self, line: str) -> str:
        return line


class ProgramPages(TrialPages, ServiceAdmin):
    """Views beside add and change; every one that writes takes POST and calls one service."""

    def get_urls(self) -> list[URLPattern]:
        """Put the pages of a program before Django's own."""
        own = []
        for name, view in (
            ("publish", self.publish),
            ("pause", self.pause),
            ("archive", self.archive),
            ("try", self.try_out),
            ("coupons", self.coupons),
            ("coupons.csv", self.coupon_codes),
        ):
            wrapped = self.admin_site.admin_view(view)
            route = f"<int:program_id>/{name}" + ("" if name.endswith(".csv") else "/")
            own.append(path(route, wrapped, name=f"program_{name.replace('.', '_')}"))
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

        return self._act(request, program_id, act)

    def pause(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Take the program out of force for a while."""

        def act() -> str:
            pause_program(program_id=program_id, at=timezone.now())
            return _("Paused: no till applies it until it is published again.")

        return self._act(request, program_id, act)

    def archive(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Put the program away for good."""

        def act() -> str:
            archive_program(program_id=program_id, at=timezone.now())
            return _("Archived. Its orders and versions stay readable.")

        return self._act(request, program_id, act)

    def _act(
        self, request: HttpRequest, program_id: int, act: Callable[[], str]
    ) -> HttpResponseRedirect:
        """Run one service and say what came of it on the program's page."""
        if request.method != "POST" or not self.has_publish_permission(request):
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
            given = form.cleaned_data
            try:
                issued = issue_coupons(
                    program_id=program_id,
                    count=given["count"],
                    codes=given["codes"] or None,
                    points=given["points"],
                    partner_id=given["partner"].pk if given["partner"] else None,
                    expires_at=given["expires_at"],
                    at=timezone.now(),
                )
            except PunchcardError as error:
                form.add_error(None, refusal_text(error))
            else:
                count = len(issued.coupons)
                messages.success(request, _("%(count)s coupons issued.") % {"count": count})
                return HttpResponseRedirect(
                    reverse("admin:promotions_coupon_changelist")
                    + f"?program__id__exact={program_id}"
                )
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
        writer = csv.writer(_Line())

        def rows() -> Iterator[str]:
            yield writer.writerow(["code", "points", "expires_at", "withdrawn_at"])
            coupons = Coupon.objects.filter(program=program).order_by("id")
            for one in coupons.iterator(chunk_size=2_000):
                ends, withdrawn = one.expires_at, one.withdrawn_at
                yield writer.writerow(
                    [
                        _as_text(one.code),
                        plain(one.points),
                        ends.isoformat() if ends else "",
                        withdrawn.isoformat() if withdrawn else "",
                    ]
                )

        answer = StreamingHttpResponse(rows(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="coupons-{program_id}.csv"'
        return answer

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
