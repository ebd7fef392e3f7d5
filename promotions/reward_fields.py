"""What a reward says, field by field, in the words of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from promotions import labels, wording
from promotions.engine.definition import (
    BonusPoints,
    Discount,
    FreeProduct,
    ProductFilter,
    Reward,
    SpecialPrice,
    SpecialSet,
    Steps,
)
from promotions.engine.terms import DiscountMode, StepsBy
from promotions.sentences import Names

#: Key, label, text; or a filter, whose names are the text.
Detail = tuple[str, str, str, ProductFilter | None]


def reward_details(reward: Reward, currency: str, names: Names) -> Iterator[Detail]:
    """Yield the fields of the one field group that the reward has."""
    if reward.discount:
        yield from _discount(reward.discount, currency)
    if reward.product:
        yield from _product(reward.product)
    if reward.special_price:
        yield from _special_price(reward.special_price, currency)
    if reward.special_set:
        yield from _special_set(reward.special_set, currency, names)
    if reward.steps:
        yield from _steps(reward.steps, currency)
    if reward.points:
        yield from _points(reward.points)


def _discount(discount: Discount, currency: str) -> Iterator[Detail]:
    size = wording.money(discount.value, currency)
    if discount.mode is DiscountMode.PERCENT:
        size = _percent(discount.value)
    elif discount.mode is DiscountMode.PER_POINT:
        size = _("%(amount)s per point") % {"amount": size}
    yield "size", _("Discount"), size, None
    yield "from", _("Taken from"), str(dict(labels.APPLIES_TO)[discount.applies_to]), None
    yield "targets", _("Taken off"), "", discount.filter
    yield "most", _("At most"), _money(discount.max_amount, currency), None


def _product(product: FreeProduct) -> Iterator[Detail]:
    given = ProductFilter(products=frozenset(one.id for one in product.products))
    yield "given", _("Free products"), "", given
    yield "qty", _("Free units per claim"), wording.number(product.qty), None
    yield "placement", _("Free units are"), str(dict(labels.PLACEMENTS)[product.placement]), None


def _special_price(special: SpecialPrice, currency: str) -> Iterator[Detail]:
    yield "price", _("Price"), wording.money(special.price, currency), None
    yield "targets", _("Products"), "", special.filter
    most = "" if special.max_qty is None else wording.number(special.max_qty)
    yield "most", _("At most units"), most, None


def _special_set(special: SpecialSet, currency: str, names: Names) -> Iterator[Detail]:
    yield "price", _("Price of a set"), wording.money(special.price, currency), None
    yield "most", _("At most sets"), str(special.max_sets or ""), None
    for place, slot in enumerate(special.slots, start=1):
        label = _("Place %(number)s of the set") % {"number": place}
        yield f"slot-{place}-qty", label, wording.number(slot.qty), None
        yield f"slot-{place}", label, "", slot.filter


def _steps(steps: Steps, currency: str) -> Iterator[Detail]:
    by_amount = steps.by is StepsBy.AMOUNT
    said = [
        _("from %(from)s: %(percent)s")
        % {
            "from": wording.money(one.threshold, currency)
            if by_amount
            else wording.number(one.threshold),
            "percent": _percent(one.percent),
        }
        for one in steps.steps
    ]
    yield "mode", _("Steps"), str(dict(labels.STEPS_MODES)[steps.mode]), None
    yield "by", _("By"), str(dict(labels.STEPS_BY)[steps.by]), None
    yield "steps", _("Percent"), "; ".join(said), None
    yield "targets", _("Taken off"), "", steps.filter


def _points(points: BonusPoints) -> Iterator[Detail]:
    yield "bonus", _("Bonus points"), _number(points.amount), None
    yield "times", _("Multiplier"), _number(points.multiplier), None


def _percent(value: Decimal) -> str:
    return _("%(value)s%%") % {"value": wording.number(value)}


def _money(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else wording.money(amount, currency)


def _number(number: Decimal | None) -> str:
    return "" if number is None else wording.number(number)
