"""What a reward gives, as part of a sentence: "10% off Coffee, at most $5.00"."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from promotions import wording
from promotions.engine.definition import (
    BonusPoints,
    Discount,
    ProductFilter,
    Reward,
    SpecialPrice,
    SpecialSet,
    Steps,
)
from promotions.engine.terms import (
    AppliesTo,
    DiscountMode,
    Placement,
    StepsBy,
    StepsMode,
)

NameFilter = Callable[[ProductFilter], str]


def phrase_reward(reward: Reward, currency: str, name: NameFilter) -> str:
    """Return what the reward gives; `name` names the products a filter matches."""
    if reward.discount:
        return _discount(reward.discount, currency, name)
    if reward.product:
        chosen = ProductFilter(products=frozenset(one.id for one in reward.product.products))
        facts = {
            "qty": wording.number(reward.product.qty),
            "what": name(chosen) or _("product"),
        }
        if reward.product.placement is Placement.EXTRA:
            return _("%(qty)s %(what)s free on top") % facts
        return _("%(qty)s %(what)s free") % facts
    if reward.special_price:
        return _special_price(reward.special_price, currency, name)
    if reward.special_set:
        return _special_set(reward.special_set, currency, name)
    if reward.steps:
        return _steps(reward.steps, currency, name)
    if reward.points:
        return _bonus(reward.points)
    return _("nothing yet")


def _discount(discount: Discount, currency: str, name: NameFilter) -> str:
    """Return size, target and cap of a discount."""
    facts = {"size": _size(discount, currency), "what": name(discount.filter)}
    if discount.applies_to is AppliesTo.CHEAPEST:
        said = (
            _("%(size)s off the cheapest of %(what)s") % facts
            if facts["what"]
            else _("%(size)s off the cheapest item") % facts
        )
    elif discount.applies_to is AppliesTo.SPECIFIC and facts["what"]:
        said = _("%(size)s off %(what)s") % facts
    else:
        said = _("%(size)s off the order") % facts
    if discount.max_amount is None:
        return said
    return _("%(reward)s (at most %(amount)s)") % {
        "reward": said,
        "amount": wording.money(discount.max_amount, currency),
    }


def _size(discount: Discount, currency: str) -> str:
    """Return how much: a percent, an amount, or an amount per point."""
    if discount.mode is DiscountMode.PERCENT:
        return _percent(discount.value)
    amount = wording.money(discount.value, currency)
    if discount.mode is DiscountMode.PER_POINT:
        return _("%(amount)s per point") % {"amount": amount}
    return amount


def _percent(value: Decimal) -> str:
    return _("%(value)s%%") % {"value": wording.number(value)}


def _special_price(special: SpecialPrice, currency: str, name: NameFilter) -> str:
    facts = {
        "what": name(special.filter) or _("every item"),
        "price": wording.money(special.price, currency),
    }
    said = _("%(what)s for %(price)s each") % facts
    if special.max_qty is None:
        return said
    return _("%(reward)s (at most %(qty)s)") % {
        "reward": said,
        "qty": wording.number(special.max_qty),
    }


def _special_set(special: SpecialSet, currency: str, name: NameFilter) -> str:
    places = [
        f"{wording.number(slot.qty)} \u00d7 {name(slot.filter) or _('anything')}"
        for slot in special.slots
    ]
    facts = {
        "places": " + ".join(places) or _("a set"),
        "price": wording.money(special.price, currency),
    }
    return _("%(places)s for %(price)s") % facts


def _steps(steps: Steps, currency: str, name: NameFilter) -> str:
    """Return the steps: one after the other, or the highest one reached."""
    what = name(steps.filter) or _("the order")
    if steps.mode is StepsMode.CASCADE:
        percents = [_percent(step.percent) for step in steps.steps]
        said = _(", then ").join(percents)
    else:
        said = wording.all_of(
            [
                _("%(percent)s from %(threshold)s")
                % {
                    "percent": _percent(step.percent),
                    "threshold": wording.number(step.threshold)
                    if steps.by is StepsBy.QTY
                    else wording.money(step.threshold, currency),
                }
                for step in steps.steps
            ]
        )
    return _("%(steps)s off %(what)s") % {"steps": said, "what": what}


def _bonus(bonus: BonusPoints) -> str:
    if bonus.multiplier is not None:
        return _("%(multiplier)s times the points") % {
            "multiplier": wording.number(bonus.multiplier)
        }
    amount = bonus.amount or Decimal(0)
    return ngettext("%(count)s bonus point", "%(count)s bonus points", int(amount)) % {
        "count": wording.number(amount)
    }
