"""Writing a draft's rules and rewards as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from promotions.engine.definition import ProductFilter, Program, Reward, Rule, SetSlot, Window
from promotions.models import (
    PromotionProgram,
    PromotionReward,
    PromotionRule,
    PromotionSetSlot,
    PromotionStep,
)

NO_FILTER = ProductFilter()


def fill_program(row: PromotionProgram, program: Program) -> None:
    """Copy the fields of the definition to its row; nothing is saved."""
    row.ref = program.ref
    row.name = program.name
    row.program_type = program.program_type
    row.trigger = program.trigger
    row.applies_on = program.applies_on
    row.loyalty_program_id = program.loyalty_program_id
    row.currency = program.currency or ""
    row.date_from = program.date_from
    row.date_to = program.date_to
    row.schedule = [store_window(one) for one in program.schedule] or None
    row.sequence = program.sequence
    row.stacking = program.stacking
    row.exclusion_group = program.exclusion_group
    row.limit_usage = program.limit_usage
    row.limit_per_partner = program.limit_per_partner
    row.budget = program.budget
    row.pending_days = program.pending_days


def store_window(window: Window) -> dict[str, object]:
    """Return a window as its column holds it: times as HH:MM, seconds only where they matter."""
    return {
        "weekdays": sorted(window.weekdays),
        "start": clock(window.start),
        "end": clock(window.end),
    }


def clock(moment: time) -> str:
    """Return a time of day as HH:MM, or HH:MM:SS."""
    return moment.isoformat("seconds" if moment.second else "minutes")


def write_stores(program_id: int, stores: frozenset[int], *, is_new: bool) -> None:
    """Replace the points of sale of a program."""
    through: Any = PromotionProgram.pos_configs.through
    if not is_new:
        through.objects.filter(promotionprogram_id=program_id).delete()
    through.objects.bulk_create(
        through(promotionprogram_id=program_id, posconfig_id=key) for key in sorted(stores)
    )


def write_rules(program_id: int, rules: Sequence[Rule], *, is_new: bool) -> list[int]:
    """Make the program's rules what is given and return their ids; those not given are deleted."""
    rows = [_rule_row(program_id, rule) for rule in rules]
    _replace(PromotionRule, program_id, rows, is_new=is_new)
    _link(PromotionRule, [(row.pk, rule.filter) for row, rule in zip(rows, rules, strict=True)])
    return [row.pk for row in rows]


def write_rewards(program_id: int, rewards: Sequence[Reward], *, is_new: bool) -> list[int]:
    """Make the program's rewards what is given and return their ids."""
    rows = [_reward_row(program_id, reward) for reward in rewards]
    _replace(PromotionReward, program_id, rows, is_new=is_new)
    pairs = list(zip(rows, rewards, strict=True))
    _link(PromotionReward, [(row.pk, _targets(reward)) for row, reward in pairs])
    free: Any = PromotionReward.free_products.through
    if not is_new:
        kept = [row.pk for row in rows]
        free.objects.filter(promotionreward_id__in=kept).delete()
        PromotionSetSlot.objects.filter(reward_id__in=kept).delete()
        PromotionStep.objects.filter(reward_id__in=kept).delete()
    free.objects.bulk_create(
        free(promotionreward_id=row.pk, product_id=one.id)
        for row, reward in pairs
        if reward.product
        for one in reward.product.products
    )
    _write_slots(
        [
            (row.pk, slot)
            for row, reward in pairs
            if reward.special_set
            for slot in reward.special_set.slots
        ]
    )
    PromotionStep.objects.bulk_create(
        PromotionStep(reward_id=row.pk, threshold=step.threshold, percent=step.percent)
        for row, reward in pairs
        if reward.steps
        for step in reward.steps.steps
    )
    return [row.pk for row in rows]


def _replace(
    model: type[PromotionRule] | type[PromotionReward],
    program_id: int,
    rows: Sequence[Any],
    *,
    is_new: bool,
) -> None:
    """Update the rows that have an id, insert the others, delete the program's other rows."""
    kept = [row for row in rows if row.pk]
    if not is_new:
        model._default_manager.filter(program_id=program_id).exclude(
            pk__in=[row.pk for row in kept]
        ).delete()
    if kept:
        columns = [f.name for f in model._meta.concrete_fields if not f.primary_key]
        model._default_manager.bulk_update(kept, columns)
        own = f"{model._meta.model_name}_id__in"
        for links in (model.products.through, model.categories.through):
            manager: Any = links._default_manager
            manager.filter(**{own: [row.pk for row in kept]}).delete()
    new: Any = [row for row in rows if not row.pk]
    model._default_manager.bulk_create(new)


def _link(
    model: type[PromotionRule] | type[PromotionReward] | type[PromotionSetSlot],
    filters: Iterable[tuple[int, ProductFilter]],
) -> None:
    """Insert the products and categories of new or emptied rows."""
    own = f"{model._meta.model_name}_id"
    pairs = list(filters)
    for through, other, name in (
        (model.products.through, "product_id", "products"),
        (model.categories.through, "category_id", "categories"),
    ):
        links: Any = through
        links.objects.bulk_create(
            (
                links(**{own: key, other: one})
                for key, wanted in pairs
                for one in sorted(getattr(wanted, name))
            ),
            batch_size=10_000,
        )


def _write_slots(slots: Sequence[tuple[int, SetSlot]]) -> None:
    rows = PromotionSetSlot.objects.bulk_create(
        PromotionSetSlot(reward_id=key, qty=slot.qty, tags=sorted(slot.filter.tags))
        for key, slot in slots
    )
    _link(
        PromotionSetSlot,
        [(row.pk, slot.filter) for row, (_, slot) in zip(rows, slots, strict=True)],
    )


def _rule_row(program_id: int, rule: Rule) -> PromotionRule:
    return PromotionRule(
        pk=rule.id or None,
        program_id=program_id,
        minimum_amount=rule.minimum_amount,
        minimum_qty=rule.minimum_qty,
        tags=sorted(rule.filter.tags),
        membership_id=rule.membership,
        reward_point_mode=rule.reward_point_mode,
        reward_point_amount=rule.reward_point_amount,
        code=rule.code,
    )


def _targets(reward: Reward) -> ProductFilter:
    """Return the products that the reward is taken from."""
    part = reward.discount or reward.special_price or reward.steps
    return part.filter if part else NO_FILTER


def _reward_row(program_id: int, reward: Reward) -> PromotionReward:
    row = PromotionReward(
        pk=reward.id or None,
        program_id=program_id,
        reward_type=reward.reward_type,
        required_points=reward.required_points,
        description=reward.description or "",
        tags=sorted(_targets(reward).tags),
    )
    if reward.discount:
        row.discount_mode = reward.discount.mode
        row.discount_value = reward.discount.value
        row.discount_applies_to = reward.discount.applies_to
        row.max_amount = reward.discount.max_amount
    if reward.product:
        row.free_qty = reward.product.qty
        row.placement = reward.product.placement
    if reward.special_price:
        row.special_price = reward.special_price.price
        row.max_qty = reward.special_price.max_qty
    if reward.special_set:
        row.set_price = reward.special_set.price
        row.max_sets = reward.special_set.max_sets
    if reward.steps:
        row.steps_mode = reward.steps.mode
        row.steps_by = reward.steps.by
    if reward.points:
        row.bonus_amount = reward.points.amount
        row.bonus_multiplier = reward.points.multiplier
    return row
