"""Imports asked for on a page: starting one, following it, what it came to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from access.admin.read_only import ReadOnlyAdmin
from core.errors import PunchcardError
from imports.admin.runs import balance_table, row_table
from imports.admin.starting import FileImportForm, HowForm, OdooImportForm
from imports.errors import OdooNotConfigured
from imports.models import AskedImport
from imports.odoo.configured import configured_origin
from imports.services.start_import import ImportStarted, start_import
from imports.wording import told
from jobs.admin.jobs import COLOURS
from jobs.services.stop_job import stop_job

START = "imports.start_import"


@admin.register(AskedImport)
class AskedImportAdmin(ReadOnlyAdmin):
    """One's own imports, newest first; a superuser sees everybody's."""

    empty_hint = _("Import a file or from Odoo above; at first it is only tried.")
    list_display = (
        "__str__",
        "status",
        "source",
        "file_name",
        "dry_run",
        "refused",
        "who",
        "created_at",
    )
    list_select_related = ("job", "created_by")
    list_before_template = "imports/start.html"
    change_form_before_template = "imports/asked.html"
    fields = ("what", "source", "file_name", "dry_run", "who", "created_at")
    readonly_fields = fields

    class Media:
        """The script that moves the bar."""

        js = ("punchcard/admin/job.js",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to who may start imports."""
        return request.user.has_perm(START)

    def has_view_permission(self, request: HttpRequest, obj: AskedImport | None = None) -> bool:
        """Tell whether the user may start imports, and whether this one is theirs."""
        if not request.user.has_perm(START):
            return False
        user = request.user
        return obj is None or user.is_superuser or obj.created_by_id == user.pk

    def get_queryset(self, request: HttpRequest) -> QuerySet[AskedImport]:
        """Return what the user may see."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(created_by_id=request.user.pk)

    def get_urls(self) -> list[URLPattern]:
        """Put the pages that start and follow before Django's own."""
        own: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("file", self.start_file, "import_start_file"),
            ("odoo", self.start_odoo, "import_start_odoo"),
            ("<int:asked_id>/progress", self.progress, "import_progress"),
            ("<int:asked_id>/refused.csv", self.refused_csv, "import_refused"),
            ("<int:asked_id>/stop", require_POST(self.stop), "import_stop"),
        ]
        pages = [path(way, self.admin_site.admin_view(view), name=name) for way, view, name in own]
        return [*pages, *super().get_urls()]

    def start_file(self, request: HttpRequest) -> HttpResponse:
        """Take a file and start its import, or show the form."""
        form = FileImportForm(request.POST or None, request.FILES or None)

        def start(given: dict[str, Any]) -> ImportStarted:
            return start_import(
                what=given["what"],
                source=given["source"],
                upload=given["file"],
                columns=given["columns"],
                dry_run=given["dry_run"],
                language=get_language(),
                created_by=request.user.pk,
                at=timezone.now(),
            )

        return self._form(request, form, start, _("Import a file"))

    def start_odoo(self, request: HttpRequest) -> HttpResponse:
        """Start an import of the Odoo that is configured, or show the form."""
        form = OdooImportForm(request.POST or None)

        def start(given: dict[str, Any]) -> ImportStarted:
            return start_import(
                what="odoo",
                dry_run=given["dry_run"],
                full=given["full"],
                language=get_language(),
                created_by=request.user.pk,
                at=timezone.now(),
            )

        try:
            origin = configured_origin()
        except OdooNotConfigured:
            origin = ""
        return self._form(request, form, start, _("Import from Odoo"), origin=origin, is_odoo=True)

    def _form(
        self,
        request: HttpRequest,
        form: HowForm,
        start: Callable[[dict[str, Any]], ImportStarted],
        title: Any,
        **context: object,
    ) -> HttpResponse:
        if not request.user.has_perm(START):
            raise PermissionDenied
        if form.is_valid():
            try:
                started = start(form.cleaned_data)
            except PunchcardError as error:
                form.add_error(None, _sentence(error))
            else:
                page = reverse("admin:imports_askedimport_change", args=[started.asked_id])
                return HttpResponseRedirect(page)
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "imports/start_form.html", context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show how far it is, and what it came to, above what was asked."""
        asked = self.get_object(request, object_id) if object_id else None
        context = dict(extra_context or {})
        if asked is not None:
            error = asked.job.error or {}
            detail = error.get("detail", "")
            context |= {
                "asked": asked,
                "job": asked.job,
                "rows": row_table(asked.counts) if asked.counts else "",
                "sums": balance_table(asked.balances) if asked.balances else "",
                "why": gettext(detail) if detail else "",
                "faults": [
                    (table, key, fault["field"], *told(fault), fault["mended"])
                    for table, key, fault in asked.faults
                ],
                "title": str(asked),
            }
        return super().changeform_view(request, object_id, form_url, context)

    def progress(self, request: HttpRequest, asked_id: int) -> HttpResponse:
        """Answer how far the job is, for the bar on the page."""
        job = self._asked(request, asked_id).job
        return JsonResponse({"state": job.state, "done": job.done, "total": job.total})

    def refused_csv(self, request: HttpRequest, asked_id: int) -> HttpResponseBase:
        """Answer everything that was refused or mended, as a file."""
        name = self._asked(request, asked_id).refused_file
        if not name or not storages["imports"].exists(name):
            raise Http404
        return FileResponse(
            storages["imports"].open(name), as_attachment=True, filename=f"refused-{asked_id}.csv"
        )

    def stop(self, request: HttpRequest, asked_id: int) -> HttpResponse:
        """End it behind the batch it is at."""
        stop_job(job_id=self._asked(request, asked_id).job_id, at=timezone.now())
        return HttpResponseRedirect(reverse("admin:imports_askedimport_change", args=[asked_id]))

    def _asked(self, request: HttpRequest, asked_id: int) -> AskedImport:
        """Return one's own import. Raises: PermissionDenied, Http404 for somebody else's."""
        if not request.user.has_perm(START):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("job"), pk=asked_id)

    @display(description=_("state"), label=COLOURS)
    def status(self, asked: AskedImport) -> tuple[str, str]:
        """Return the state of its job."""
        return asked.job.state, asked.job.get_state_display()

    @display(description=_("refused or mended"))
    def refused(self, asked: AskedImport) -> int:
        """Return how many faults there are."""
        return asked.faults_count

    @display(description=_("asked for by"))
    def who(self, asked: AskedImport) -> str:
        """Return who asked for it."""
        user: User | None = asked.created_by
        return str(user or "\u2013")


def _sentence(error: PunchcardError) -> str:
    """Return a refusal with what is behind it."""
    facts = {name: held for name, held in error.facts.items() if held and name != "file"}
    behind = "; ".join(
        f"{name}: {', '.join(map(str, held)) if isinstance(held, list) else held}"
        for name, held in facts.items()
    )
    detail = gettext(error.detail)
    return f"{detail} ({behind})" if behind else detail
