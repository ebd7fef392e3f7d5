"""Rows of other systems: what became of them, and what is wrong with those that were refused."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.admin.read_only import ReadOnlyAdmin
from access.files import csv_answer
from imports.models import ImportedRow
from imports.refused_csv import Faulty, refused_csv
from imports.wording import told

COLOURS = {"loaded": "success", "refused": "danger", "left_out": "info"}
_AT_ONCE = 2_000


class FaultFilter(admin.SimpleListFilter):
    """Rows with something to look at."""

    title = _("what is wrong")
    parameter_name = "faults"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[ImportedRow]
    ) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("some", str(_("With faults"))), ("none", str(_("Without")))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ImportedRow]
    ) -> QuerySet[ImportedRow]:
        """Return the rows chosen."""
        match self.value():
            case "some":
                return queryset.exclude(faults=[])
            case "none":
                return queryset.filter(faults=[])
        return queryset


@admin.register(ImportedRow)
class ImportedRowAdmin(ReadOnlyAdmin):
    """Rows by source and table; those with faults as a file to work through."""

    empty_hint = _(
        "The rows that an import read are listed here, with what is wrong with those it refused."
    )
    list_display = ("key", "table", "source", "status", "ref", "first_fault", "changed_at")
    list_filter = ("state", FaultFilter, "table", "source")
    list_filter_submit = True
    search_fields = ("key__exact", "ref__exact")
    search_help_text = _("Key there, or reference here")
    show_full_result_count = False
    fields = ("source", "table", "key", "status_text", "ref", "all_faults", "changed_at")
    readonly_fields = fields
    list_before_template = "imports/rows.html"

    def get_urls(self) -> list[URLPattern]:
        """Put the file before Django's own pages."""
        view = self.admin_site.admin_view(self.faults_csv)
        return [path("faults.csv", view, name="import_faults_csv"), *super().get_urls()]

    def faults_csv(self, request: HttpRequest) -> HttpResponseBase:
        """Answer all rows with faults as a file. Raises: PermissionDenied."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        source = request.GET.get("source", "")
        rows = ImportedRow.objects.exclude(faults=[])
        if source:
            rows = rows.filter(source=source)
        return csv_answer(refused_csv(_faults(rows)), "faults.csv")

    @display(description=_("state"), label=COLOURS, ordering="state")
    def status(self, row: ImportedRow) -> tuple[str, str]:
        """Return the state with its colour."""
        return row.state, row.get_state_display()

    @display(description=_("state"))
    def status_text(self, row: ImportedRow) -> str:
        """Return the state as text."""
        return row.get_state_display()

    @display(description=_("what is wrong"))
    def first_fault(self, row: ImportedRow) -> str:
        """Return the first thing that is wrong."""
        if not row.faults:
            return ""
        field, what = row.faults[0]["field"], told(row.faults[0])[0]
        return f"{field}: {what}" if field else what

    @display(description=_("what is wrong"))
    def all_faults(self, row: ImportedRow) -> SafeString | str:
        """Return everything that is wrong, and what to do."""
        lines = ((fault["field"] or "-", *told(fault)) for fault in row.faults)
        told_lines = format_html_join("", "<li><b>{}</b>: {} {}</li>", lines)
        return format_html("<ul>{}</ul>", told_lines) if told_lines else "\u2013"


def _faults(rows: QuerySet[ImportedRow]) -> Iterator[Faulty]:
    found = rows.order_by("source", "table", "id").values_list("table", "key", "faults")
    for table, key, faults in found.iterator(chunk_size=_AT_ONCE):
        yield from ((table, key, fault) for fault in faults)
