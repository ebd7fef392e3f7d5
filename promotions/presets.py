"""What a program type stands for: the switches and lists that are used where none are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from promotions.engine.definition import Discount, ProductFilter, Program, Reward, Rule
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    PointMode,
    ProgramType,
    RewardType,
    Trigger,
)

ORDER_GROUP = "order"


@dataclass(frozen=True, slots=True)
class Preset:
    """The preset of one program type.

    `rules`, `rewards`: used when the list is left out, with id 0. `point_mode`, `reward_type`:
    used when a rule or a reward is given without.
    """

    trigger: Trigger
    applies_on: AppliesOn
    rules: tuple[Rule, ...] = (Rule(id=0),)
    rewards: tuple[Reward, ...] = ()
    point_mode: PointMode = PointMode.ORDER
    reward_type: RewardType = RewardType.DISCOUNT
    is_payment: bool = False


# Without rules: a payment program that made a point for every unit of money, whatever is bought,
# would give every sale back. Its rules name the products that are sold as gift card or top-up.
_PAYMENT = Preset(
    Trigger.AUTO,
    AppliesOn.FUTURE,
    rules=(),
    rewards=(
        Reward(
            id=0,
            reward_type=RewardType.DISCOUNT,
            discount=Discount(mode=DiscountMode.PER_POINT, value=Decimal(1)),
        ),
    ),
    point_mode=PointMode.MONEY,
    is_payment=True,
)
PRESETS: Mapping[ProgramType, Preset] = {
    ProgramType.PROMOTION: Preset(Trigger.AUTO, AppliesOn.CURRENT),
    ProgramType.BUY_X_GET_Y: Preset(
        Trigger.AUTO,
        AppliesOn.CURRENT,
        rules=(Rule(id=0, reward_point_mode=PointMode.UNIT),),
        point_mode=PointMode.UNIT,
        reward_type=RewardType.PRODUCT,
    ),
    ProgramType.PROMO_CODE: Preset(Trigger.WITH_CODE, AppliesOn.CURRENT),
    ProgramType.COUPONS: Preset(Trigger.WITH_CODE, AppliesOn.CURRENT, rules=()),
    ProgramType.NEXT_ORDER_COUPONS: Preset(Trigger.AUTO, AppliesOn.FUTURE),
    ProgramType.REFERRAL: Preset(Trigger.WITH_CODE, AppliesOn.BOTH),
    ProgramType.LOYALTY: Preset(
        Trigger.AUTO,
        AppliesOn.BOTH,
        rules=(Rule(id=0, reward_point_mode=PointMode.MONEY),),
        point_mode=PointMode.MONEY,
    ),
    ProgramType.GIFT_CARD: _PAYMENT,
    ProgramType.EWALLET: _PAYMENT,
}


def default_group(program: Program) -> str | None:
    """Return the exclusion group of a program for which none was given."""
    if program.is_payment:
        return None
    return ORDER_GROUP if any(map(_takes_off_the_order, program.rewards)) else None


def _takes_off_the_order(reward: Reward) -> bool:
    """Tell whether a reward is a discount on the whole order; steps without products are one."""
    if reward.discount is not None:
        of_order = reward.discount.applies_to is AppliesTo.ORDER
        return of_order and reward.discount.mode in (DiscountMode.PERCENT, DiscountMode.FIXED)
    return reward.steps is not None and reward.steps.filter == ProductFilter()
