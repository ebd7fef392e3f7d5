"""The page on which a program is tried: a basket, the receipt it would get, and why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from core.errors import PunchcardError
from loyalty.models import LoyaltyProgram
from promotions import wording
from promotions.admin.order_page import PointsLine, ReceiptLine, ReceiptPage, Taken
from promotions.admin.program_list import describe_all
from promotions.admin.refusals import refusal_sentences
from promotions.admin.trial_form import BasketLine, TrialForm, read_lines
from promotions.models import Product, PromotionProgram
from promotions.orders.request import check_order
from promotions.services.try_program import Tried, try_program


class TrialPages(ModelAdmin):
    """The view of a trial. It takes GET, as nothing is written: its address holds the basket."""

    def try_out(self, request: HttpRequest, program_id: int) -> HttpResponse:
        """Answer the page, or only what is decided (`part`) after a change on it."""
        if not request.user.has_perm("promotions.change_promotionprogram"):
            raise PermissionDenied
        program = get_object_or_404(
            PromotionProgram.objects.select_related("current_version"), pk=program_id
        )
        form = TrialForm(request.GET if "store" in request.GET else None, program=program)
        lines = read_lines(request.GET)
        context: dict[str, Any] = {"lines": lines, "program": program, "form": form}
        context |= _decide(program, form, lines)
        if "part" in request.GET:
            return TemplateResponse(request, "promotions/trial_answer.html", context)
        described = describe_all([program])[program.pk]
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Try it"),
            "opts": self.opts,
            "sentence": described.sentence,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "promotions/try_program.html", context)


def _decide(
    program: PromotionProgram, form: TrialForm, lines: list[BasketLine]
) -> dict[str, object]:
    """Return what the basket gives, or why it cannot be decided."""
    if not form.is_bound or not form.is_valid() or not lines:
        return {}
    if any(one.is_wrong for one in lines):
        return {"refused": [_("A quantity or a price is not a number.")]}
    try:
        trial = form.trial(lines)
        check_order(trial)
        tried = try_program(program_id=program.pk, trial=trial, at=timezone.now())
    except PunchcardError as error:
        return {"refused": refusal_sentences(error)}
    return {
        "receipt": build_trial_receipt(tried),
        "verdict": tried.verdict,
        "others": tried.explanation[1:],
        "free_items": _free_items(tried),
        "claimable": [(one["description"], _cost(one)) for one in tried.receipt["claimable"]],
        "optimal": tried.decision.optimal,
        "store": form.cleaned_data["store"].name,
        "when": form.cleaned_data["at"] or timezone.now(),
    }


def _free_items(tried: Tried) -> list[tuple[str, str]]:
    """Return how many of what is free but not in the basket."""
    items = tried.receipt["free_items"]
    names = dict(
        Product.objects.filter(sku__in=[one["sku"] for one in items]).values_list("sku", "name")
    )
    return [(wording.number(Decimal(one["qty"])), names[one["sku"]]) for one in items]


def _cost(offer: Mapping[str, Any]) -> str:
    """Return what a reward that can be claimed costs."""
    return _("%(required)s of %(available)s points") % {
        "required": wording.number(Decimal(offer["required_points"])),
        "available": wording.number(Decimal(offer["available_points"])),
    }


def build_trial_receipt(tried: Tried) -> ReceiptPage:
    """Return the receipt of a trial as text, in the active language."""
    receipt = tried.receipt
    kinds = dict(LoyaltyProgram.objects.values_list("ref", "name"))
    names = {one.program_id: one.program for one in tried.explanation}

    def money(amount: str, sign: int = 1) -> str:
        return wording.money(sign * Decimal(amount), receipt["currency"])

    def line(one: Mapping[str, Any]) -> ReceiptLine:
        return ReceiptLine(
            name=tried.products.get(one["sku"], one["sku"]),
            sku=one["sku"],
            qty=wording.number(Decimal(one["qty"])),
            unit_price=money(one["unit_price"]),
            subtotal=money(one["subtotal"]),
            total=money(one["total"]),
            taken=tuple(
                Taken(names.get(part["program"], ""), money(part["amount"], -1))
                for part in one["discounts"]
                if Decimal(part["amount"])
            ),
            returned="",
        )

    return ReceiptPage(
        lines=tuple(line(one) for one in receipt["lines"]),
        subtotal=money(receipt["subtotal"]),
        rewards=tuple(
            (one["program_name"], one["description"], money(one["amount"], -1))
            for one in receipt["rewards"]
            if Decimal(one["amount"])
        ),
        total=money(receipt["total"]),
        payments=tuple(
            (names.get(one["program"], ""), money(one["amount"], -1)) for one in receipt["payments"]
        ),
        amount_due=money(receipt["amount_due"]),
        points=tuple(_points(one, kinds) for one in receipt["points"]),
        coupons=(),
        codes=tuple(receipt["codes"]),
        saved=money(receipt["discount_total"]) if Decimal(receipt["discount_total"]) else "",
        refunded="",
    )


def _points(one: Mapping[str, Any], kinds: Mapping[str, str]) -> PointsLine:
    return PointsLine(
        name=kinds.get(one["loyalty_program"], ""),
        card=str(one["card"] or ""),
        earned=wording.number(Decimal(one["earned"])),
        spent=wording.number(Decimal(one["spent"])),
        balance=wording.number(Decimal(one["balance_after"])),
    )
