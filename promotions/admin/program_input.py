"""From checked forms to what `save_program` takes, and from its refusals back to the fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import UNSET, UnsetType

from promotions.admin import relevance
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    Placement,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    StepsBy,
    StepsMode,
    Trigger,
)
from promotions.models import PromotionProgram
from promotions.presets import ORDER_GROUP
from promotions.programs.body import (
    BonusPointsInput,
    DiscountInput,
    FreeProductInput,
    ProgramInput,
    RewardInput,
    RuleInput,
    SlotInput,
    SpecialPriceInput,
    SpecialSetInput,
    StepInput,
    StepsInput,
    WindowInput,
)

Cleaned = Mapping[str, Any]


def kept_forms(formset: Any) -> list[Any]:
    """Return the forms of a formset that stay, in order."""
    return [one for one in formset.forms if one not in formset.deleted_forms]


def read_program(form: Any, rule_forms: Iterable[Any], reward_forms: Iterable[Any]) -> ProgramInput:
    """Return what was typed; every form must be valid."""
    given: Cleaned = form.cleaned_data
    rewards = tuple(_reward(one) for one in reward_forms)
    return ProgramInput(
        ref=given.get("ref") or None,
        name=given["name"],
        program_type=ProgramType(given["program_type"]),
        trigger=Trigger(given["trigger"]),
        applies_on=AppliesOn(given["applies_on"]),
        active=given["active"],
        loyalty_program=given["loyalty_program"].pk if given.get("loyalty_program") else None,
        currency=given.get("currency") or None,
        date_from=_instant(given.get("date_from")),
        date_to=_instant(given.get("date_to")),
        pos_configs=_ids(given.get("pos_configs")),
        schedule=tuple(_window(one) for one in given.get("schedule") or ()),
        sequence=given.get("sequence"),
        stacking=Stacking(given["stacking"]),
        exclusion_group=_group(form.instance, given, rewards),
        limit_usage=given.get("limit_usage"),
        limit_per_partner=given.get("limit_per_partner"),
        budget=given.get("budget"),
        pending_days=given.get("pending_days") or 0,
        rules=tuple(_rule(one) for one in rule_forms),
        rewards=rewards,
    )


def _group(
    stored: PromotionProgram, given: Cleaned, rewards: tuple[RewardInput, ...]
) -> str | UnsetType | None:
    """Return the group typed, None for "in no group", or nothing said, which means the default.

    A group that was stored and is now taken away has to be said: the default, by its name.
    """
    if given.get("exclusion_group"):
        return str(given["exclusion_group"])
    if given.get("order_group_cleared"):
        return None
    before = PromotionProgram.objects.filter(pk=stored.pk).first() if stored.pk else None
    if before is None or not (before.exclusion_group or before.order_group_cleared):
        return UNSET
    whole_order = any(
        one.discount is not None
        and one.discount.applies_to is AppliesTo.ORDER
        and one.discount.mode is not DiscountMode.PER_POINT
        for one in rewards
    )
    return ORDER_GROUP if whole_order else None


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _ids(rows: Any) -> tuple[int, ...]:
    return tuple(sorted(row.pk for row in rows or ()))


def _window(one: Mapping[str, Any]) -> WindowInput:
    return WindowInput(weekdays=tuple(one["weekdays"]), start=one["start"], end=one["end"])


def _targets(given: Cleaned) -> dict[str, Any]:
    return {
        "products": _ids(given.get("products")),
        "categories": _ids(given.get("categories")),
        "tags": tuple(given.get("tags") or ()),
    }


def _rule(form: Any) -> RuleInput:
    given: Cleaned = form.cleaned_data
    level = given.get("membership")
    return RuleInput(
        id=form.instance.pk,
        minimum_amount=given["minimum_amount"],
        minimum_qty=given["minimum_qty"],
        membership=level.pk if level else None,
        reward_point_mode=PointMode(given["reward_point_mode"]),
        reward_point_amount=given["reward_point_amount"],
        code=given.get("code") or None,
        **_targets(given),
    )


def _reward(form: Any) -> RewardInput:
    given: Cleaned = form.cleaned_data
    kind = RewardType(given["reward_type"])
    return RewardInput(
        id=form.instance.pk,
        reward_type=kind,
        required_points=given["required_points"],
        description=given.get("description") or None,
        **{_GROUPS[kind][0]: _GROUPS[kind][1](form, given)},
    )


def _discount(_form: Any, given: Cleaned) -> DiscountInput:
    return DiscountInput(
        mode=DiscountMode(given["discount_mode"]),
        value=given["discount_value"],
        applies_to=AppliesTo(given["discount_applies_to"]),
        max_amount=given.get("max_amount"),
        **_targets(given),
    )


def _product(_form: Any, given: Cleaned) -> FreeProductInput:
    return FreeProductInput(
        products=_ids(given.get("free_products")),
        qty=given["free_qty"],
        placement=Placement(given.get("placement") or Placement.IN_CART),
    )


def _special_price(_form: Any, given: Cleaned) -> SpecialPriceInput:
    return SpecialPriceInput(
        price=given["special_price"], max_qty=given.get("max_qty"), **_targets(given)
    )


def _special_set(form: Any, given: Cleaned) -> SpecialSetInput:
    return SpecialSetInput(
        price=given["set_price"],
        max_sets=given.get("max_sets"),
        slots=tuple(
            SlotInput(qty=one.cleaned_data["qty"], **_targets(one.cleaned_data))
            for one in nested_forms(form, "slots")
        ),
    )


def _steps(form: Any, given: Cleaned) -> StepsInput:
    return StepsInput(
        mode=StepsMode(given["steps_mode"]),
        by=StepsBy(given.get("steps_by") or StepsBy.QTY),
        steps=tuple(
            StepInput(
                percent=one.cleaned_data["percent"],
                threshold=one.cleaned_data["threshold"] or Decimal(0),
            )
            for one in nested_forms(form, "steps")
        ),
        **_targets(given),
    )


def _bonus(_form: Any, given: Cleaned) -> BonusPointsInput:
    return BonusPointsInput(
        amount=given.get("bonus_amount"), multiplier=given.get("bonus_multiplier")
    )


_GROUPS: Mapping[RewardType, tuple[str, Any]] = {
    RewardType.DISCOUNT: ("discount", _discount),
    RewardType.PRODUCT: ("product", _product),
    RewardType.SPECIAL_PRICE: ("special_price", _special_price),
    RewardType.SPECIAL_SET: ("special_set", _special_set),
    RewardType.MULTIPLE_DISCOUNT: ("steps", _steps),
    RewardType.POINT: ("points", _bonus),
}


def nested_forms(form: Any, part: str) -> list[Any]:
    """Return the forms of the places or steps of a reward that stay."""
    for nested in getattr(form, "nested_formsets", ()):
        if nested.formset.prefix.endswith(f"-{part}"):
            return kept_forms(nested.formset)
    return []


def waive_what_is_not_meant(rewards: Any) -> None:
    """Ask nothing of places and steps that were left behind when another type was chosen."""
    for form in rewards.forms if rewards.is_bound else ():
        kind = form.data.get(form.add_prefix("reward_type"))
        for nested in getattr(form, "nested_formsets", ()):
            part = nested.formset.prefix.rpartition("-")[2]
            if not relevance.is_meant(part, {"reward_type": kind}):
                for one in nested.formset.forms:
                    one.waive()
