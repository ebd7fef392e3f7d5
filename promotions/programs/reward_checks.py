"""What a reward may not say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.sentences import sentence as _
from promotions.engine.definition import (
    BonusPoints,
    Discount,
    FreeProduct,
    Reward,
    SpecialPrice,
    SpecialSet,
    Steps,
)
from promotions.engine.terms import AppliesTo, DiscountMode, StepsMode
from promotions.programs.faults import (
    NOT_NEGATIVE,
    PERCENT,
    POSITIVE,
    POSITIVE_QTY,
    Fault,
    Range,
    number_fault,
)
from promotions.programs.reward_drafting import GROUP_OF

_MORE_THAN_ONCE = Range(least=Decimal(1))  # once is what the order earns anyway


def reward_contradictions(reward: Reward, pointer: str) -> Iterator[Fault]:
    """Yield everything in the reward that cannot be meant, a field group that is missing too."""
    yield from _number(f"{pointer}/required_points", reward.required_points, POSITIVE)
    group = GROUP_OF[reward.reward_type]
    at = f"{pointer}/{group}"
    match getattr(reward, group):
        case Discount() as discount:
            yield from _discount(discount, at)
        case FreeProduct() as product:
            yield from _product(product, at)
        case SpecialPrice() as special:
            yield from _number(f"{at}/price", special.price, NOT_NEGATIVE)
            yield from _number(f"{at}/max_qty", special.max_qty, POSITIVE_QTY)
        case SpecialSet() as special_set:
            yield from _special_set(special_set, at)
        case Steps() as steps:
            yield from _steps(steps, at)
        case BonusPoints() as points:
            yield from _points(points, at)
        case _:
            detail = _("A reward of type %(type)s needs %(group)s.") % {
                "type": reward.reward_type.value,
                "group": group,
            }
            yield Fault(at, "required", detail)


def _number(pointer: str, number: Decimal | None, allowed: Range) -> Iterator[Fault]:
    fault = None if number is None else number_fault(pointer, number, allowed)
    if fault:
        yield fault


def _whole(pointer: str, number: Decimal) -> Iterator[Fault]:
    """Free units and places of a set count whole units."""
    if number.is_finite() and number != number.to_integral_value():
        yield Fault(pointer, "not_whole", _("Give whole units."))


def _discount(discount: Discount, at: str) -> Iterator[Fault]:
    percent = discount.mode is DiscountMode.PERCENT
    yield from _number(f"{at}/value", discount.value, PERCENT if percent else POSITIVE)
    yield from _number(f"{at}/max_amount", discount.max_amount, POSITIVE)
    targets = discount.filter
    if discount.applies_to is AppliesTo.ORDER:
        for name in ("products", "categories", "tags"):
            if getattr(targets, name):
                detail = _("A discount on the whole order has no %(name)s; use specific.")
                yield Fault(f"{at}/{name}", "not_for_applies_to", detail % {"name": name})


def _product(product: FreeProduct, at: str) -> Iterator[Fault]:
    if not product.products:
        yield Fault(f"{at}/products", "required", _("Name the products that are given."))
    yield from _number(f"{at}/qty", product.qty, POSITIVE_QTY)
    yield from _whole(f"{at}/qty", product.qty)


def _special_set(special: SpecialSet, at: str) -> Iterator[Fault]:
    yield from _number(f"{at}/price", special.price, NOT_NEGATIVE)
    if not special.slots:
        yield Fault(f"{at}/slots", "required", _("Say what the set is made of."))
    for index, slot in enumerate(special.slots):
        yield from _number(f"{at}/slots/{index}/qty", slot.qty, POSITIVE_QTY)
        yield from _whole(f"{at}/slots/{index}/qty", slot.qty)


def _steps(steps: Steps, at: str) -> Iterator[Fault]:
    if not steps.steps:
        yield Fault(f"{at}/steps", "required", _("Add at least one step."))
    before: Decimal | None = None
    for index, step in enumerate(steps.steps):
        pointer = f"{at}/steps/{index}"
        yield from _number(f"{pointer}/percent", step.percent, PERCENT)
        yield from _number(f"{pointer}/from", step.threshold, NOT_NEGATIVE)
        if not step.threshold.is_finite():
            continue
        falls = before is not None and step.threshold < before
        repeats = before is not None and step.threshold == before and steps.mode is StepsMode.TIER
        if falls or repeats:
            detail = _("Steps go up: each starts above the one before it.")
            yield Fault(f"{pointer}/from", "not_ascending", detail)
        before = step.threshold


def _points(points: BonusPoints, at: str) -> Iterator[Fault]:
    if (points.amount is None) == (points.multiplier is None):
        detail = _("Give either an amount or a multiplier.")
        yield Fault(at, "one_of_two", detail)
    yield from _number(f"{at}/amount", points.amount, POSITIVE)
    yield from _number(f"{at}/multiplier", points.multiplier, _MORE_THAN_ONCE)
