"""The page of conflicts: of all programs in force, or of one with its draft."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from core.errors import PunchcardError
from promotions.admin.refusals import refusal_sentences
from promotions.conflict_text import KINDS, tell_conflicts
from promotions.models import PromotionProgram
from promotions.services.find_conflicts import find_conflicts

#: A basket that costs less than half is worth a look before it is worth a campaign.
USUAL_SHARE = Decimal(50)


class ConflictForm(forms.Form):
    """How much programs may take off together."""

    share = forms.DecimalField(
        label=gettext_lazy("Most that programs may take off a basket together, in percent"),
        min_value=Decimal(1),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )


class ConflictPages(ModelAdmin):
    """The view; it takes GET, as nothing is written."""

    def conflicts(self, request: HttpRequest, program_id: int | None = None) -> HttpResponse:
        """Answer what gets in the way of what, the worst first."""
        if not request.user.has_perm("promotions.view_promotionprogram"):
            raise PermissionDenied
        program = None
        if program_id is not None:
            program = get_object_or_404(PromotionProgram, pk=program_id)
        form = ConflictForm(request.GET if "share" in request.GET else {"share": USUAL_SHARE})
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Conflicts"),
            "opts": self.opts,
            "program": program,
            "form": form,
            "media": self.media + form.media,
        }
        if form.is_valid():
            share = form.cleaned_data["share"]
            context |= _look(share, program_id)
            of_one = {"program": program_id} if program_id else {}
            context["asked"] = urlencode({"share": share, **of_one})
        return TemplateResponse(request, "promotions/conflicts.html", context)


def _look(share: Decimal, program_id: int | None) -> dict[str, Any]:
    """Return what was found by kind, or why it could not be looked for."""
    try:
        found = find_conflicts(at=timezone.now(), most_share=share, program_id=program_id)
    except PunchcardError as error:
        return {"refused": refusal_sentences(error)}
    told = [words for _finding, words in tell_conflicts(found)]
    kinds = [(label, [one for one in told if one.kind is kind]) for kind, label in KINDS.items()]
    return {
        "kinds": [(label, some) for label, some in kinds if some],
        "looked_at": found.looked_at,
        "left_out": found.in_force - found.looked_at,
    }
