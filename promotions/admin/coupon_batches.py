"""Batches of codes: how far they are, their file, and sheets to cut out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from access.admin.numbers import shown
from access.admin.read_only import ReadOnlyAdmin
from access.files import csv_answer
from promotions import wording
from promotions.coupons.files import batch_csv
from promotions.coupons.sheets import MOST_CODES, batch_codes, print_codes
from promotions.models import CouponBatch

COLOURS = {"queued": "info", "running": "warning", "done": "success", "failed": "danger"}


@admin.register(CouponBatch)
class CouponBatchAdmin(ReadOnlyAdmin):
    """Batches, newest first; they are started on their program's page."""

    empty_hint = gettext_lazy(
        "Batches come from programs: open one that works by codes, and issue coupons."
    )
    list_display = ("__str__", "of_program", "count", "status", "prefix", "expires_at", "who")
    list_select_related = ("program", "job", "created_by")
    fields = ("of_program", "count", "prefix", "left", "expires_at", "who", "created_at")
    readonly_fields = fields
    change_form_before_template = "promotions/coupon_batch.html"

    class Media:
        """The script that moves the bar."""

        js = ("punchcard/admin/job.js",)

    def get_urls(self) -> list[URLPattern]:
        """Put the files of a batch before Django's own pages."""
        own = [
            ("progress", self.progress, "coupon_batch_progress"),
            ("codes.csv", self.codes_csv, "coupon_batch_csv"),
            ("sheets.pdf", self.sheets_pdf, "coupon_batch_pdf"),
        ]
        return [
            *(
                path(f"<int:batch_id>/{route}", self.admin_site.admin_view(view), name=name)
                for route, view, name in own
            ),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show how far the batch is above what it is."""
        batch = self.get_object(request, object_id) if object_id else None
        context = dict(extra_context or {})
        if batch is not None:
            context |= {
                "batch": batch,
                "job": batch.job,
                "most": MOST_CODES,
                "title": _("Batch of %(count)s codes") % {"count": batch.count},
            }
        return super().changeform_view(request, object_id, form_url, context)

    def progress(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """Answer how far the job is, for the bar on the page."""
        job = self._batch(request, batch_id).job
        return JsonResponse({"state": job.state, "done": job.done, "total": job.total})

    def codes_csv(self, request: HttpRequest, batch_id: int) -> HttpResponseBase:
        """Answer the codes as a file, however many they are."""
        batch = self._batch(request, batch_id)
        return csv_answer(batch_csv(batch), f"codes-{batch.pk}.csv")

    def sheets_pdf(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """Answer sheets to cut out, from the code numbered `first` on."""
        batch = self._batch(request, batch_id)
        first = request.GET.get("first", "1")
        start = max(0, int(first) - 1) if first.isdecimal() and len(first) < 9 else 0
        note = ""
        if batch.expires_at:
            note = _("until %(day)s") % {"day": wording.day(batch.expires_at)}
        pdf = print_codes(batch_codes(batch), title=batch.program.name, note=note, start=start)
        answer = HttpResponse(pdf, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="codes-{batch.pk}-{start + 1}.pdf"'
        return answer

    def _batch(self, request: HttpRequest, batch_id: int) -> CouponBatch:
        """Return the batch. Raises: PermissionDenied, Http404."""
        if not request.user.has_perm("promotions.add_coupon"):
            raise PermissionDenied
        return get_object_or_404(CouponBatch.objects.select_related("job", "program"), pk=batch_id)

    @display(description=gettext_lazy("program"), ordering="program__name")
    def of_program(self, batch: CouponBatch) -> SafeString:
        """Return the program, leading to it."""
        page = reverse("admin:promotions_promotionprogram_change", args=[batch.program_id])
        return format_html('<a class="pc-link" href="{}">{}</a>', page, batch.program)

    @display(description=gettext_lazy("state"), label=COLOURS)
    def status(self, batch: CouponBatch) -> tuple[str, str]:
        """Return the state of its job."""
        return batch.job.state, batch.job.get_state_display()

    @display(description=gettext_lazy("points on each"))
    def left(self, batch: CouponBatch) -> str:
        """Return what is on each code at first."""
        return shown(batch.points)

    @display(description=gettext_lazy("asked for by"))
    def who(self, batch: CouponBatch) -> str:
        """Return who asked for it."""
        return str(batch.created_by or "\u2013")
