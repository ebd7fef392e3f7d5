"""Rewards as the API tells them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.numbers import plain
from promotions.engine.definition import Discount, ProductFilter, Reward, SpecialSet, Steps
from promotions.engine.terms import DiscountMode, StepsBy

Answer = dict[str, Any]
Filter = Callable[[ProductFilter], Answer]


def reward_answer(reward: Reward, of: Filter, digits: int) -> Answer:
    """Return a reward: every field group is there, those of other types are None.

    `of`: how a product filter is told. `digits`: decimals of the program's currency.
    """
    product, special, points = reward.product, reward.special_price, reward.points
    return {
        "id": reward.id,
        "reward_type": reward.reward_type,
        "required_points": plain(reward.required_points),
        "description": reward.description,
        "discount": _discount(reward.discount, of, digits),
        "product": product
        and {
            "products": [one.sku for one in product.products],
            "qty": plain(product.qty),
            "placement": product.placement,
        },
        "special_price": special
        and {
            "price": money(special.price, digits),
            **of(special.filter),
            "max_qty": _plain(special.max_qty),
        },
        "special_set": _special_set(reward.special_set, of, digits),
        "steps": _steps(reward.steps, of, digits),
        "points": points
        and {"amount": _plain(points.amount), "multiplier": _plain(points.multiplier)},
    }


def _discount(discount: Discount | None, of: Filter, digits: int) -> Answer | None:
    if discount is None:
        return None
    is_percent = discount.mode is DiscountMode.PERCENT
    return {
        "mode": discount.mode,
        "value": plain(discount.value) if is_percent else money(discount.value, digits),
        "applies_to": discount.applies_to,
        **of(discount.filter),
        "max_amount": money(discount.max_amount, digits),
    }


def _special_set(special: SpecialSet | None, of: Filter, digits: int) -> Answer | None:
    if special is None:
        return None
    return {
        "slots": [{**of(slot.filter), "qty": plain(slot.qty)} for slot in special.slots],
        "price": money(special.price, digits),
        "max_sets": special.max_sets,
    }


def _steps(steps: Steps | None, of: Filter, digits: int) -> Answer | None:
    if steps is None:
        return None
    by_amount = steps.by is StepsBy.AMOUNT
    return {
        "mode": steps.mode,
        "by": steps.by,
        "steps": [
            {
                "from": money(one.threshold, digits) if by_amount else plain(one.threshold),
                "percent": plain(one.percent),
            }
            for one in steps.steps
        ],
        **of(steps.filter),
    }


def money(amount: Decimal | None, digits: int) -> str | None:
    """Return an amount with its currency's digits, and with more only if it has more."""
    if amount is None:
        return None
    return plain(amount) if amount != round(amount, digits) else f"{amount:.{digits}f}"


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
