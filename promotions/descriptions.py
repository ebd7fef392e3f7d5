"""What a reward gives, in the words of a receipt."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.numbers import plain
from promotions.engine.definition import Discount, Reward
from promotions.engine.terms import AppliesTo, DiscountMode, RewardType


def describe_reward(reward: Reward, currency: str) -> str:
    """Return staff's own text for the reward, or one made from its fields."""
    if reward.description:
        return reward.description
    if reward.reward_type is RewardType.DISCOUNT and reward.discount:
        return _discount(reward.discount, currency)
    if reward.reward_type is RewardType.PRODUCT and reward.product:
        names = " / ".join(one.sku for one in reward.product.products)
        return _("Free: %(qty)s × %(products)s") % {
            "qty": plain(reward.product.qty),
            "products": names,
        }
    if reward.reward_type is RewardType.SPECIAL_PRICE and reward.special_price:
        return _("Special price %(price)s") % {
            "price": _money(reward.special_price.price, currency)
        }
    if reward.reward_type is RewardType.SPECIAL_SET and reward.special_set:
        return _("Set for %(price)s") % {"price": _money(reward.special_set.price, currency)}
    if reward.reward_type is RewardType.MULTIPLE_DISCOUNT and reward.steps:
        percents = ", ".join(f"{plain(step.percent)}%" for step in reward.steps.steps)
        return _("Discount in steps: %(percents)s") % {"percents": percents}
    if reward.points and reward.points.multiplier is not None:
        return _("Points × %(multiplier)s") % {"multiplier": plain(reward.points.multiplier)}
    amount = reward.points.amount if reward.points and reward.points.amount else Decimal(0)
    return ngettext("%(points)s bonus point", "%(points)s bonus points", int(amount)) % {
        "points": plain(amount)
    }


def _discount(discount: Discount, currency: str) -> str:
    if discount.mode is DiscountMode.PERCENT:
        size = f"{plain(discount.value)}%"
    elif discount.mode is DiscountMode.FIXED:
        size = _money(discount.value, currency)
    else:
        size = _("%(amount)s per point") % {"amount": _money(discount.value, currency)}
    where = {
        AppliesTo.ORDER: _("%(size)s off your order"),
        AppliesTo.CHEAPEST: _("%(size)s off the cheapest unit"),
        AppliesTo.SPECIFIC: _("%(size)s off selected products"),
    }[discount.applies_to]
    return where % {"size": size}


def _money(amount: Decimal, currency: str) -> str:
    return f"{currency} {plain(amount)}"
