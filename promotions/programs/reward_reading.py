"""Reading the rewards of programs from their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from promotions.engine.definition import (
    BonusPoints,
    Discount,
    FreeProduct,
    ProductFilter,
    Reward,
    RewardProduct,
    SetSlot,
    SpecialPrice,
    SpecialSet,
    Step,
    Steps,
)
from promotions.engine.terms import (
    AppliesTo,
    DiscountMode,
    Placement,
    RewardType,
    StepsBy,
    StepsMode,
)
from promotions.models import PromotionReward, PromotionSetSlot, PromotionStep
from promotions.programs.filter_reading import Filters, number, tidy


def read_rewards(program_ids: Collection[int]) -> dict[int, list[Reward]]:
    """Return rewards by program, in the order of their ids."""
    rows = list(PromotionReward.objects.filter(program_id__in=program_ids).order_by("id"))
    keys = [row.pk for row in rows]
    filters = Filters.read(PromotionReward, keys)
    given = defaultdict[int, list[RewardProduct]](list)
    free = PromotionReward.free_products.through.objects.filter(promotionreward_id__in=keys)
    for reward_id, product_id, sku, price in free.order_by("id").values_list(
        "promotionreward_id", "product_id", "product__sku", "product__price"
    ):
        given[reward_id].append(RewardProduct(product_id, sku, number(price)))
    slots = _read_slots([row.pk for row in rows if row.reward_type == RewardType.SPECIAL_SET])
    steps = defaultdict[int, list[Step]](list)
    wanted = [row.pk for row in rows if row.reward_type == RewardType.MULTIPLE_DISCOUNT]
    for step in PromotionStep.objects.filter(reward_id__in=wanted).order_by("threshold", "id"):
        steps[step.reward_id].append(Step(number(step.threshold), number(step.percent)))
    rewards = defaultdict[int, list[Reward]](list)
    for row in rows:
        rewards[row.program_id].append(
            _reward(
                row,
                filters.of(row.pk, row.tags),
                tuple(given[row.pk]),
                tuple(slots[row.pk]),
                tuple(steps[row.pk]),
            )
        )
    return rewards


def _reward(
    row: PromotionReward,
    targets: ProductFilter,
    given: tuple[RewardProduct, ...],
    slots: tuple[SetSlot, ...],
    steps: tuple[Step, ...],
) -> Reward:
    kind = RewardType(row.reward_type)
    return Reward(
        id=row.pk,
        reward_type=kind,
        required_points=number(row.required_points),
        description=row.description or None,
        discount=_discount(row, targets) if kind is RewardType.DISCOUNT else None,
        product=_free_product(row, given) if kind is RewardType.PRODUCT else None,
        special_price=_special_price(row, targets) if kind is RewardType.SPECIAL_PRICE else None,
        special_set=_special_set(row, slots) if kind is RewardType.SPECIAL_SET else None,
        steps=_steps(row, targets, steps) if kind is RewardType.MULTIPLE_DISCOUNT else None,
        points=_points(row) if kind is RewardType.POINT else None,
    )


def _discount(row: PromotionReward, targets: ProductFilter) -> Discount | None:
    if not row.discount_mode or row.discount_value is None:
        return None
    return Discount(
        mode=DiscountMode(row.discount_mode),
        value=number(row.discount_value),
        applies_to=AppliesTo(row.discount_applies_to or AppliesTo.ORDER),
        filter=targets,
        max_amount=tidy(row.max_amount),
    )


def _free_product(row: PromotionReward, given: tuple[RewardProduct, ...]) -> FreeProduct:
    return FreeProduct(
        products=given,
        qty=Decimal(1) if row.free_qty is None else number(row.free_qty),
        placement=Placement(row.placement or Placement.IN_CART),
    )


def _special_price(row: PromotionReward, targets: ProductFilter) -> SpecialPrice | None:
    if row.special_price is None:
        return None
    return SpecialPrice(price=number(row.special_price), filter=targets, max_qty=tidy(row.max_qty))


def _special_set(row: PromotionReward, slots: tuple[SetSlot, ...]) -> SpecialSet | None:
    if row.set_price is None:
        return None
    return SpecialSet(price=number(row.set_price), slots=slots, max_sets=row.max_sets)


def _steps(row: PromotionReward, targets: ProductFilter, steps: tuple[Step, ...]) -> Steps | None:
    if not row.steps_mode:
        return None
    return Steps(
        mode=StepsMode(row.steps_mode),
        steps=steps,
        by=StepsBy(row.steps_by or StepsBy.QTY),
        filter=targets,
    )


def _points(row: PromotionReward) -> BonusPoints:
    return BonusPoints(tidy(row.bonus_amount), tidy(row.bonus_multiplier))


def _read_slots(reward_ids: Collection[int]) -> dict[int, list[SetSlot]]:
    """Return the places of sets by reward."""
    slots = defaultdict[int, list[SetSlot]](list)
    if not reward_ids:
        return slots
    rows = list(PromotionSetSlot.objects.filter(reward_id__in=reward_ids).order_by("id"))
    filters = Filters.read(PromotionSetSlot, [row.pk for row in rows])
    for row in rows:
        slots[row.reward_id].append(SetSlot(number(row.qty), filters.of(row.pk, row.tags)))
    return slots
