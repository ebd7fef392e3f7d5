"""The page that evaluates a member's level: the numbers first, then the button."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from access.admin.numbers import shown
from loyalty.admin.by_hand import LevelByHand
from loyalty.domain.levels import LevelFigure, Outcome
from loyalty.models import MembershipProduct, Partner
from loyalty.services.evaluate_membership import MembershipEvaluation
from promotions import wording
from promotions.services.evaluate_member import evaluate_member


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One level's numbers as the page prints them."""

    level: str
    since: str
    spent: str
    threshold: str
    missing: str
    reached: bool


class LevelPages(LevelByHand):
    """The button "Evaluate level" on a member's page."""

    def has_see_level_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Tell whether the user may see members, and so what their level rests on."""
        return bool(request.user.has_perm("loyalty.view_partner"))

    @action(
        description=gettext_lazy("Evaluate level"),
        url_path="evaluate-level",
        permissions=["see_level"],
        icon="rule",
    )
    def evaluate_level(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show what decides; the button does it."""
        partner = get_object_or_404(Partner, pk=object_id)
        back = reverse("admin:loyalty_partner_change", args=[partner.pk])
        may_change = self.has_change_level_permission(request)
        apply = request.method == "POST" and may_change
        done = evaluate_member(partner_id=partner.pk, at=timezone.now(), apply=apply)
        names = dict(MembershipProduct.objects.values_list("pk", "name"))
        said = verdict(done, names)
        if apply:
            self.log_change(request, partner, said)
            messages.success(request, said)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Evaluate level"),
            "opts": self.opts,
            "object": partner,
            "verdict": said,
            "figures": [_row(one, names) for one in done.figures],
            "may_apply": may_change and done.outcome is not Outcome.KEPT,
            "back": back,
        }
        return TemplateResponse(request, "promotions/evaluate_level.html", context)


def verdict(done: MembershipEvaluation, names: dict[int, str]) -> str:
    """Return what an evaluation came to, as a sentence."""
    held = names.get(done.from_product_id or 0, _("No level"))
    level = names.get(done.to_product_id or 0, _("No level"))
    said = {
        Outcome.KEPT: _why_kept(done),
        Outcome.UPGRADED: _("Spending earns %(level)s instead of %(held)s."),
        Outcome.RENEWED: _("The term of %(held)s is over and earned again: it is renewed."),
        Outcome.DOWNGRADED: _("The term of %(held)s is over; spending earns %(level)s."),
        Outcome.ENDED: _("The term of %(held)s is over, and spending earns no level."),
    }
    stop = wording.day(done.membership_stop) if done.membership_stop else ""
    return said[done.outcome] % {"held": held, "level": level, "stop": stop}


def _why_kept(done: MembershipEvaluation) -> str:
    """Say why nothing changes: it is what spending earns, or else the term protects it."""
    earned = {one.product_id for one in done.figures if one.reached} | {None}
    if done.from_product_id in earned:
        return _("%(held)s is right; nothing changes.")
    if done.membership_stop is None:
        return _("%(held)s is kept, whatever was spent: it does not end by itself.")
    if done.at < done.membership_stop:
        return _("%(held)s is kept until %(stop)s, whatever was spent: its term lasts until then.")
    return _("%(held)s is still kept: its term was over on %(stop)s, and days of grace follow it.")


def _row(one: LevelFigure, names: dict[int, str]) -> FigureRow:
    return FigureRow(
        level=names[one.product_id],
        since=wording.day(one.counts_from) if one.counts_from else _("the beginning"),
        spent=shown(one.spent),
        threshold=shown(one.threshold),
        missing="" if one.reached else shown(one.threshold - one.spent),
        reached=one.reached,
    )
