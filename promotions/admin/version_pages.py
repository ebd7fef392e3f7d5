"""Pages and buttons of versions: comparing, going back, the review, and the history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.admin.service_admin import ServiceAdmin
from core import codec
from promotions.comparison import compare_programs
from promotions.definitions import read_definitions
from promotions.engine.definition import Program
from promotions.models import ProgramChange, ProgramVersion, PromotionProgram
from promotions.programs.completing import as_told
from promotions.programs.currencies import read_store_currencies
from promotions.programs.history import differences_of
from promotions.services.roll_back_program import roll_back_program
from promotions.services.send_back_program import send_back_program
from promotions.services.submit_program import submit_program

DRAFT = "draft"
SHOWN = 100


class VersionPages(ServiceAdmin):
    """Views of what was and of what waits to be; those that write call one service."""

    def compare(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Answer what differs between two versions, or a version and the draft."""
        program = self._seen(request, program_id)
        versions = list(program.versions.order_by("-number")[:SHOWN])
        if not versions:
            raise Http404
        before = request.GET.get("from", str(versions[0].number))
        after = request.GET.get("to", DRAFT)
        found = compare_programs(_side(program_id, before), _side(program_id, after))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare versions"),
            "opts": self.opts,
            "program": program,
            "versions": versions,
            "before": before,
            "after": after,
            "found": found,
            "may_publish": request.user.has_perm("promotions.publish_promotionprogram"),
        }
        return TemplateResponse(request, "promotions/compare_versions.html", context)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Answer who did what, through whichever door; the newest hundred."""
        program = self._seen(request, int(object_id) if object_id.isdecimal() else 0)
        rows = ProgramChange.objects.filter(program=program).select_related("by", "version")
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "opts": self.opts,
            "program": program,
            "changes": [(row, differences_of(row)) for row in rows[:SHOWN]],
        }
        return TemplateResponse(request, "promotions/program_history.html", context)

    def roll_back(self, request: HttpRequest, program_id: int) -> HttpResponseRedirect:
        """Go back to a version: at once, or only in the draft."""

        def act() -> str:
            number = request.POST.get("version", "")
            done = roll_back_program(
                program_id=program_id,
                number=int(number) if number.isdecimal() and len(number) < 10 else 0,
                publish="publish" in request.POST,
                rolled_back_by=request.user.pk,
                at=timezone.now(),
            )
            if done.published is None:
                return _("The draft is what version %(number)s was.") % {"number": done.number}
            return _("What version %(old)s was is in force as version %(new)s.") % {
                "old": done.number,
                "new": done.published,
            }

        return self.act(request, program_id, act)

    def submit(self, request: HttpRequest, program_id: int) -> HttpResponseRedirect:
        """Send the draft for review."""

        def act() -> str:
            submit_program(program_id=program_id, submitted_by=request.user.pk, at=timezone.now())
            return _("Sent for review: somebody else can look at it and publish it.")

        return self.act(request, program_id, act, "promotions.change_promotionprogram")

    def send_back(self, request: HttpRequest, program_id: int) -> HttpResponseRedirect:
        """Send the draft back."""

        def act() -> str:
            send_back_program(
                program_id=program_id,
                sent_back_by=request.user.pk,
                note=request.POST.get("note", "").replace("\0", "").strip(),
                at=timezone.now(),
            )
            return _("Sent back.")

        return self.act(request, program_id, act)

    def act(
        self,
        request: HttpRequest,
        program_id: int,
        act: Any,
        permission: str = "promotions.publish_promotionprogram",
    ) -> HttpResponseRedirect:
        """Run one service and say what came of it on the program's page."""
        raise NotImplementedError

    def _seen(self, request: HttpRequest, program_id: int) -> PromotionProgram:
        """Return the program. Raises: PermissionDenied, Http404."""
        if not request.user.has_perm("promotions.view_promotionprogram"):
            raise PermissionDenied
        return get_object_or_404(PromotionProgram, pk=program_id)


def _side(program_id: int, asked: str) -> Program:
    """Return a version's definition, or the draft's. Raises: Http404."""
    if asked == DRAFT:
        return as_told(read_definitions([program_id])[program_id], read_store_currencies())
    if not (asked.isdecimal() and len(asked) < 10):
        raise Http404
    version = get_object_or_404(ProgramVersion, program_id=program_id, number=asked)
    return codec.decode(Program, version.definition)
