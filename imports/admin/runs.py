"""Imports that were made: counts by table, balances by program, why one broke off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from access.admin.numbers import shown
from access.admin.read_only import ReadOnlyAdmin
from imports.models import ImportRun
from imports.odoo.reading import TABLES
from imports.outcome import COUNTS
from imports.wording import why_it_ended

COLOURS = {"running": "warning", "done": "success", "failed": "danger"}
_HEADS = {
    "made": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "refused": gettext_lazy("refused"),
    "left_out": gettext_lazy("left out"),
}


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """Imports, newest first; they are started on a page or with a command."""

    empty_hint = gettext_lazy(
        "Products, members, cards and orders of another system come in with manage.py "
        "import_from_odoo or import_files. Each import is listed here."
    )
    list_display = ("__str__", "status", "origin", "made", "refused", "started_at", "finished_at")
    list_filter = ("state", "source")
    list_filter_submit = True
    fields = (
        "source",
        "origin",
        "status_text",
        "why",
        "rows",
        "sums",
        "faults",
        "started_at",
        "finished_at",
    )
    readonly_fields = fields

    @display(description=gettext_lazy("state"), label=COLOURS)
    def status(self, run: ImportRun) -> tuple[str, str]:
        """Return the state with its colour."""
        return run.state, run.get_state_display()

    @display(description=gettext_lazy("state"))
    def status_text(self, run: ImportRun) -> str:
        """Return the state as text."""
        return run.get_state_display()

    @display(description=gettext_lazy("new"))
    def made(self, run: ImportRun) -> str:
        """Return how many rows were new."""
        return shown(Decimal(sum(one["made"] for one in run.counts.values())))

    @display(description=gettext_lazy("refused"))
    def refused(self, run: ImportRun) -> str:
        """Return how many rows were refused."""
        return shown(Decimal(sum(one["refused"] for one in run.counts.values())))

    @display(description=gettext_lazy("why it broke off"))
    def why(self, run: ImportRun) -> str:
        """Return the refusal that ended it."""
        return why_it_ended(run.error) if run.error else "\u2013"

    @display(description=gettext_lazy("rows"))
    def rows(self, run: ImportRun) -> SafeString:
        """Return what became of the rows of each table."""
        return row_table(run.counts)

    @display(description=gettext_lazy("balances"))
    def sums(self, run: ImportRun) -> SafeString:
        """Return what cards held there and here when it was done, by program."""
        return balance_table(run.balances)

    @display(description=gettext_lazy("what is wrong"))
    def faults(self, run: ImportRun) -> SafeString:
        """Return the ways to the rows of this source that have faults."""
        rows = reverse("admin:imports_importedrow_changelist")
        file = reverse("admin:import_faults_csv")
        return format_html(
            '<a class="pc-link" href="{}?{}">{}</a> · <a class="pc-link" href="{}?{}">{}</a>',
            rows,
            urlencode({"faults": "some", "source": run.source}),
            _("Rows with faults"),
            file,
            urlencode({"source": run.source}),
            _("As a file (CSV)"),
        )


def row_table(by_table: Mapping[str, Mapping[str, int]]) -> SafeString:
    """Return what became of the rows of each table, as a table."""
    heads = [_("table"), *(str(_HEADS[name]) for name in COUNTS)]
    rows = (
        [name, *(shown(Decimal(counts[one])) for one in COUNTS)]
        for name, counts in sorted(by_table.items(), key=_place)
    )
    return _table(heads, rows)


def balance_table(balances: Iterable[Mapping[str, Any]]) -> SafeString:
    """Return what cards hold there and here by program, as a table."""
    heads = [_("program"), _("codes"), _("there"), _("here"), _("moved here since")]
    names = ("codes", "there", "here", "moved_here")
    rows = (
        [one["program"] or _("not taken"), *(shown(Decimal(one[name])) for name in names)]
        for one in balances
    )
    return _table(heads, rows)


def _place(one: tuple[str, object]) -> int:
    """Return the turn of a table; the database keeps objects in an order of its own."""
    return TABLES.index(one[0]) if one[0] in TABLES else len(TABLES)


def _table(heads: Iterable[str], rows: Iterable[list[str]]) -> SafeString:
    """Return a small table; the first cell of a row is its name."""
    named = ((capfirst(one),) for one in heads)
    head = format_html_join("", '<th scope="col">{}</th>', named)
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (first, format_html_join("", "<td>{}</td>", ((one,) for one in rest)))
            for first, *rest in rows
        ),
    )
    return format_html(
        '<table class="pc-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body
    )
