"""What staff do by hand, always with a reason: a level set, points corrected."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from access.admin.numbers import shown
from core.errors import PunchcardError
from loyalty.models import LoyaltyCard, Membership, MembershipProduct, Partner
from loyalty.queries import balance_at
from loyalty.services.adjust_points import adjust_points
from loyalty.services.change_membership import change_membership

MOST_REASON = 120


class ReasonForm(forms.Form):
    """A form that asks why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST_REASON,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Kept in the member's history."),
    )


class ChangeLevelForm(ReasonForm):
    """The level to set."""

    level = forms.ModelChoiceField(
        label=_("Level"),
        queryset=MembershipProduct.objects.all(),
        required=False,
        empty_label=_("No level"),
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("level", "reason")


class AdjustPointsForm(ReasonForm):
    """Points to put on, or with a minus to take off. `key`: sent twice, it is done once."""

    points = forms.DecimalField(
        label=_("Points"),
        max_digits=14,
        decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=_("With a minus they are taken off."),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    field_order = ("points", "reason", "key")


def answer_form(
    page: ModelAdmin,
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[Any], str],
    **context: object,
) -> HttpResponse:
    """Answer a form; a valid one is acted on, and what the service refuses stands above it."""
    owner: Any = context["owner"]
    back = reverse(f"admin:loyalty_{owner._meta.model_name}_change", args=[owner.pk])
    if form.is_valid():
        try:
            said = act(form.cleaned_data)
        except PunchcardError as error:
            form.add_error(None, gettext(error.detail))
        else:
            page.log_change(request, owner, said)
            messages.success(request, said)
            return HttpResponseRedirect(back)
    return TemplateResponse(
        request,
        "loyalty/by_hand.html",
        {
            **page.admin_site.each_context(request),
            "opts": page.opts,
            "form": form,
            "media": page.media + form.media,
            "back": back,
            "object": owner,
            **context,
        },
    )


class LevelByHand(ModelAdmin):
    """Setting a member's level."""

    def has_change_level_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Tell whether the user may change members, and so their level."""
        return bool(request.user.has_perm("loyalty.change_partner"))

    @action(
        description=_("Change level"),
        url_path="change-level",
        permissions=["change_level"],
        icon="military_tech",
    )
    def change_level(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Set the level, whatever was spent; the points go over to it."""
        partner = get_object_or_404(Partner, pk=object_id)
        held = Membership.objects.filter(partner=partner, closed_at=None).first()

        def act(given: dict[str, Any]) -> str:
            level = given["level"]
            done = change_membership(
                partner_id=partner.pk,
                membership_product_id=level.pk if level else None,
                at=timezone.now(),
                reason=f"by hand: {given['reason']}",
            )
            if not done.changed:
                return gettext("The member has this level already.")
            name = level.name if level else gettext("No level")
            return gettext("Level changed: %(level)s. %(reason)s") % {
                "level": name,
                "reason": given["reason"],
            }

        form = ChangeLevelForm(
            request.POST or None,
            initial={"level": held.membership_product_id if held else None},
        )
        return answer_form(
            self,
            request,
            form,
            act,
            owner=partner,
            title=_("Change level"),
            lead=_("The level is set whatever was spent, and the points go over to it."),
            button=_("Change level"),
        )


class PointsByHand(ModelAdmin):
    """Correcting a card's points."""

    def has_adjust_points_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Tell whether the user may correct points by hand."""
        return bool(request.user.has_perm("loyalty.adjust_points"))

    @action(
        description=_("Correct points"),
        url_path="adjust-points",
        permissions=["adjust_points"],
        icon="exposure",
    )
    def adjust_points(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Put points on the card or take them off, through the ledger like everything else."""
        card = get_object_or_404(
            LoyaltyCard.objects.select_related("loyalty_program", "partner"), pk=object_id
        )
        now = timezone.now()

        def act(given: dict[str, Any]) -> str:
            done = adjust_points(
                card_id=card.pk,
                points=given["points"],
                reason=given["reason"],
                idempotency_key=f"admin:{request.user.pk}:{given['key']}",
                at=now,
            )
            return gettext("Points corrected by %(points)s: the balance is %(balance)s.") % {
                "points": shown(done.points),
                "balance": shown(done.balance_after),
            }

        form = AdjustPointsForm(request.POST or None, initial={"key": uuid.uuid4().hex})
        balance = balance_at(card.pk, now)
        return answer_form(
            self,
            request,
            form,
            act,
            owner=card,
            title=_("Correct points"),
            lead=gettext("%(points)s %(unit)s can be spent on %(card)s now.")
            % {
                "points": shown(balance.spendable),
                "unit": card.loyalty_program.unit,
                "card": card.code,
            },
            button=_("Correct points"),
        )
