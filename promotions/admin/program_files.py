"""Programs out to a file and in from one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from access.admin.service_admin import ServiceAdmin
from core.errors import PunchcardError
from promotions.admin.refusals import refusal_sentences
from promotions.models import PromotionProgram
from promotions.programs.files import MOST_PROGRAMS, read_file, write_file
from promotions.services.import_programs import import_programs


class ImportForm(forms.Form):
    """The file to take over."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )


class ProgramFiles(ServiceAdmin):
    """The action that exports and the page that imports."""

    @action(description=gettext_lazy("Export as JSON"))
    def export_json(
        self, request: HttpRequest, queryset: QuerySet[PromotionProgram]
    ) -> HttpResponse:
        """Answer the drafts of the chosen programs as a file."""
        rows = list(queryset.select_related("current_version").order_by("id")[:MOST_PROGRAMS])
        answer = HttpResponse(write_file(rows), content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="programs.json"'
        return answer

    def import_json(self, request: HttpRequest) -> HttpResponse:
        """Take a file over: drafts are made or changed, nothing is published."""
        if not self.has_add_permission(request) or not self.has_change_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        refused: list[str] = []
        if form.is_valid():
            try:
                done = import_programs(
                    programs=read_file(form.cleaned_data["file"].read()),
                    imported_by=request.user.pk,
                    at=timezone.now(),
                )
            except PunchcardError as error:
                refused = _places(error)
            else:
                counts = {"made": len(done.made), "changed": len(done.changed)}
                messages.success(
                    request, _("%(made)s programs made, %(changed)s changed, as drafts.") % counts
                )
                page = reverse("admin:promotions_promotionprogram_changelist")
                return HttpResponseRedirect(page)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Import programs"),
            "opts": self.opts,
            "form": form,
            "refused": refused,
        }
        return TemplateResponse(request, "promotions/import_programs.html", context)


def _places(error: PunchcardError) -> list[str]:
    """Return the refusal as sentences, each fault with its place in the file."""
    faults = error.facts.get("errors")
    if not isinstance(faults, list):
        return refusal_sentences(error)
    return [": ".join(filter(None, (one["pointer"], one["detail"]))) for one in faults]
