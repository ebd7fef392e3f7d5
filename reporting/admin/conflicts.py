"""The conflicts of programs as a file; their page is among the programs."""

from __future__ import annotations

from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import PunchcardError
from promotions.admin.conflict_pages import USUAL_SHARE, ConflictForm
from promotions.conflict_text import Conflict, tell_conflicts
from promotions.models import PromotionProgram
from promotions.services.find_conflicts import find_conflicts
from reporting.api.files import file_answer
from reporting.exports import Cell, FileKind, Table

LONGEST_ID = 18


@staff_member_required
def file(request: HttpRequest) -> HttpResponseBase:
    """Answer what the page shows, to whoever may see it."""
    if not request.user.has_perm("promotions.view_promotionprogram"):
        raise PermissionDenied
    form = ConflictForm({"share": request.GET.get("share", USUAL_SHARE)})
    asked = request.GET.get("format", FileKind.CSV)
    named = request.GET.get("program", "")
    is_id = (named or "0").isdecimal() and len(named) <= LONGEST_ID
    if not form.is_valid() or asked not in set(FileKind) or not is_id:
        raise Http404
    program = get_object_or_404(PromotionProgram, pk=int(named)) if named else None
    try:
        found = find_conflicts(
            at=timezone.now(),
            most_share=form.cleaned_data["share"],
            program_id=program.pk if program else None,
        )
    except PunchcardError as error:
        raise Http404(str(error)) from error
    header = [
        *(_("Conflict"), _("Program id"), _("Program"), _("Other programs"), _("What is wrong")),
        *(_("Basket"), _("Price")),
    ]
    rows = [_row(one) for _finding, one in tell_conflicts(found)]
    return file_answer(FileKind(asked), Table("conflicts", header, rows))


def _row(one: Conflict) -> list[Cell]:
    others = "; ".join(name for _key, name in one.others)
    said = f"{one.sentence} {one.why}".strip()
    return [one.kind_label, one.program_id, one.program, others, said, one.basket, one.price]
