"""Conflicts between programs in the words of a shop, in the active language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from promotions import wording
from promotions.conflicts.findings import Finding, Kind
from promotions.conflicts.trials import COUPON
from promotions.engine.terms import Reason
from promotions.services.find_conflicts import Conflicts
from promotions.trace_text import REASONS

KINDS = {
    Kind.NEVER: gettext_lazy("Can never apply"),
    Kind.BEATEN: gettext_lazy("Others always win"),
    Kind.OVERLAP: gettext_lazy("Always overlap"),
    Kind.SHARE: gettext_lazy("Take off too much together"),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One finding in words. `basket`: what shows it, empty if there is no such basket."""

    kind: Kind
    kind_label: str
    program_id: int
    program: str
    others: tuple[tuple[int, str], ...]
    sentence: str
    why: str
    codes: tuple[str, ...]
    basket: str
    price: str


def tell_conflicts(found: Conflicts) -> list[tuple[Finding, Conflict]]:
    """Return the findings with their words: by kind, what costs most first, what is over last."""
    order = list(Kind)
    over = Reason.EXPIRED
    ranked = sorted(
        found.findings, key=lambda one: (order.index(one.kind), one.reason is over, -one.share)
    )
    return [(one, _tell(one, found)) for one in ranked]


def _tell(one: Finding, found: Conflicts) -> Conflict:
    names = {key: program.name for key, program in found.programs.items()}
    codes = tuple(_shown(code, names) for code in one.codes)
    others = tuple((key, names[key]) for key in one.others)
    told = wording.all_of([name for _key, name in others]) if others else ""
    return Conflict(
        kind=one.kind,
        kind_label=str(KINDS[one.kind]),
        program_id=one.program_id,
        program=names[one.program_id],
        others=others,
        sentence=_sentence(one, told),
        why=str(REASONS[one.reason]) if one.reason is not None else "",
        codes=codes,
        basket=_basket(one, found, codes),
        price=_price(one),
    )


def _sentence(one: Finding, others: str) -> str:
    tried = {"count": one.tried, "others": others}
    if one.kind is Kind.NEVER:
        if one.place is None:
            return _("There is no store and no time at which it runs.")
        if not one.tried:
            return _("No product that is sold fits it.")
        return ngettext(
            "The %(count)s basket made for it gets nothing.",
            "None of %(count)s baskets made for it gets anything.",
            one.tried,
        ) % {"count": one.tried}
    if one.kind is Kind.BEATEN:
        if not others:
            return _("Alone it applies, beside the other programs it never did.")
        return (
            _("Alone it applies; in all of %(count)s baskets %(others)s applied instead.") % tried
        )
    if one.kind is Kind.OVERLAP:
        return _("In all of %(count)s baskets for which it applies, so does %(others)s.") % tried
    share = one.share.quantize(Decimal(1), ROUND_HALF_UP)
    return _("Together with %(others)s it takes %(share)s%% off.") % {
        "others": others,
        "share": wording.number(share),
    }


def _basket(one: Finding, found: Conflicts, codes: Sequence[str]) -> str:
    """Return what was in the basket, where and when, and what was shown at the till."""
    if not one.units or one.place is None:
        return ""
    goods = [f"{count} \u00d7 {goods.name}" for goods, count in one.units]
    where = found.store_names[one.place.pos.id]
    with timezone.override(one.place.pos.time_zone):
        said = [", ".join(goods), where, wording.moment(one.place.at)]
    if codes:
        said.append(_("with %(codes)s") % {"codes": wording.all_of(codes)})
    return " · ".join(said)


def _shown(code: str, names: Mapping[int, str]) -> str:
    """Return a code as it is, and what stands for a coupon as one."""
    if not code.startswith(COUPON):
        return code
    return _("a coupon of %(program)s") % {"program": names[int(code.removeprefix(COUPON))]}


def _price(one: Finding) -> str:
    if one.place is None or not one.subtotal:
        return ""
    currency = one.place.pos.currency
    return _("%(before)s becomes %(after)s") % {
        "before": wording.money(one.subtotal, currency),
        "after": wording.money(one.subtotal - one.discount, currency),
    }
