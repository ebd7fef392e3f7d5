"""Reading one reward of a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.sentences import sentence as _
from promotions.engine.definition import (
    BonusPoints,
    Discount,
    FreeProduct,
    Reward,
    SetSlot,
    SpecialPrice,
    SpecialSet,
    Step,
    Steps,
)
from promotions.engine.terms import RewardType
from promotions.programs.body import (
    BonusPointsInput,
    DiscountInput,
    FreeProductInput,
    RewardInput,
    SpecialPriceInput,
    SpecialSetInput,
    StepsInput,
)
from promotions.programs.faults import Fault
from promotions.programs.references import References

GROUP_OF = {
    RewardType.DISCOUNT: "discount",
    RewardType.PRODUCT: "product",
    RewardType.SPECIAL_PRICE: "special_price",
    RewardType.SPECIAL_SET: "special_set",
    RewardType.MULTIPLE_DISCOUNT: "steps",
    RewardType.POINT: "points",
}
T = TypeVar("T")
S = TypeVar("S")


def read_reward(
    data: RewardInput, key: int, pointer: str, found: References, usual_type: RewardType
) -> Reward:
    """Return the reward; field groups that its type does not have are noted as faults."""
    groups = [one for one in GROUP_OF.values() if getattr(data, one) is not None]
    reward_type = data.reward_type or _type_of(groups, usual_type)
    for group in groups:
        if group != GROUP_OF[reward_type]:
            detail = _("A reward of type %(type)s has no %(group)s; leave it out.") % {
                "type": reward_type.value,
                "group": group,
            }
            found.faults.append(Fault(f"{pointer}/{group}", "not_for_reward_type", detail))

    def read(group: str, held: T | None, reader: Callable[[T, str, References], S]) -> S | None:
        if held is None or group != GROUP_OF[reward_type]:
            return None
        return reader(held, f"{pointer}/{group}", found)

    return Reward(
        id=key,
        reward_type=reward_type,
        required_points=data.required_points,
        description=data.description or None,
        discount=read("discount", data.discount, _discount),
        product=read("product", data.product, _product),
        special_price=read("special_price", data.special_price, _special_price),
        special_set=read("special_set", data.special_set, _special_set),
        steps=read("steps", data.steps, _steps),
        points=read("points", data.points, _points),
    )


def _type_of(groups: list[str], usual_type: RewardType) -> RewardType:
    """Return the type that the one field group given stands for, else the usual one."""
    if len(groups) == 1:
        return next(kind for kind, group in GROUP_OF.items() if group == groups[0])
    return usual_type


def _discount(data: DiscountInput, pointer: str, found: References) -> Discount:
    return Discount(
        mode=data.mode,
        value=data.value,
        applies_to=data.applies_to,
        filter=found.filter(data, pointer),
        max_amount=data.max_amount,
    )


def _product(data: FreeProductInput, pointer: str, found: References) -> FreeProduct:
    return FreeProduct(
        products=tuple(found.products_of(data.products, pointer)),
        qty=data.qty,
        placement=data.placement,
    )


def _special_price(data: SpecialPriceInput, pointer: str, found: References) -> SpecialPrice:
    return SpecialPrice(price=data.price, filter=found.filter(data, pointer), max_qty=data.max_qty)


def _special_set(data: SpecialSetInput, pointer: str, found: References) -> SpecialSet:
    slots = tuple(
        SetSlot(qty=slot.qty, filter=found.filter(slot, f"{pointer}/slots/{index}"))
        for index, slot in enumerate(data.slots)
    )
    return SpecialSet(price=data.price, slots=slots, max_sets=data.max_sets)


def _steps(data: StepsInput, pointer: str, found: References) -> Steps:
    return Steps(
        mode=data.mode,
        by=data.by,
        steps=tuple(Step(threshold=one.threshold, percent=one.percent) for one in data.steps),
        filter=found.filter(data, pointer),
    )


def _points(data: BonusPointsInput, pointer: str, found: References) -> BonusPoints:
    return BonusPoints(amount=data.amount, multiplier=data.multiplier)
