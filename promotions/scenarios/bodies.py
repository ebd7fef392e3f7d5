"""What the set-up calls of the API are told, made from a scenario."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from promotions.scenarios import conventions
from promotions.scenarios.names import Names
from promotions.scenarios.schema import (
    Scenario,
    ScenarioCoupon,
    ScenarioProduct,
    ScenarioProgram,
    ScenarioReward,
    ScenarioRule,
)

Body = dict[str, Any]

# A currency for each number of decimals.
CURRENCIES = {0: "JPY", 2: "USD", 3: "KWD"}
_POINTS_KEEPERS = {"loyalty", "gift_card", "ewallet"}


def pos_config(scenario: Scenario) -> Body:
    """Return the point of sale: UTC, so that a scenario's days are plain days."""
    return {
        "name": scenario.title[:120],
        "time_zone": "UTC",
        "currency": CURRENCIES.get(scenario.currency_decimals, "USD"),
        "discount_rounding": conventions.discount_rounding(scenario),
    }


def product(one: ScenarioProduct) -> Body:
    """Return a product; a manual adjustment has no list price below zero."""
    return {
        "name": one.sku,
        "price": str(max(one.price, Decimal(0))),
        "category": one.category,
        "tags": list(one.tags),
    }


def loyalty_program(scenario: Scenario, program: ScenarioProgram) -> Body:
    """Return the kind of points a program moves."""
    return {"name": program.name[:120], "earn_on": conventions.earn_on(scenario)}


def keeps_points(program: ScenarioProgram) -> bool:
    """Tell whether the program moves points of a card."""
    return program.program_type in _POINTS_KEEPERS


def program(scenario: Scenario, one: ScenarioProgram, names: Names, shift: timedelta) -> Body:
    """Return a program with its rules and rewards; an inactive one stays a draft."""
    body: Body = {
        "ref": names.program(one.key),
        "name": one.name[:200],
        "program_type": one.program_type,
        "currency": CURRENCIES.get(scenario.currency_decimals, "USD"),
        "date_from": _instant(one.date_from, shift),
        "date_to": _instant(one.date_to, shift, end=True),
        "limit_usage": one.limit_usage,
        "stacking": conventions.stacking(scenario, one),
        "exclusion_group": conventions.exclusion_group(scenario, one),
        "sequence": conventions.sequence(scenario, one),
        "pos_configs": [names.pos_config(ref) for ref in one.pos_config_ids],
        "rules": [
            _rule(scenario, one, rule, names) for rule in one.rules if conventions.counts(one, rule)
        ],
        "rewards": [_reward(scenario, reward) for reward in one.rewards],
        "publish": one.active,
    }
    if one.trigger is not None:
        body["trigger"] = one.trigger
    if one.applies_on is not None:
        body["applies_on"] = one.applies_on
    if keeps_points(one):
        body["loyalty_program"] = names.loyalty_program(one.key)
    return body


def coupon(one: ScenarioCoupon, names: Names, shift: timedelta) -> Body:
    """Return one coupon, gift card or e-wallet with what it holds."""
    return {
        "codes": [one.code],
        "points": str(one.points),
        "partner": names.partner(one.partner) if one.partner is not None else None,
        "expires_at": _instant(one.date_to, shift, end=True),
    }


def _rule(scenario: Scenario, program: ScenarioProgram, rule: ScenarioRule, names: Names) -> Body:
    points = conventions.points_of_rule(scenario, program, rule)
    return {
        "minimum_amount": str(rule.minimum_amount),
        "minimum_qty": str(rule.minimum_qty),
        "products": list(rule.product_skus),
        "categories": list(rule.categories),
        "tags": list(rule.tags),
        "membership": names.membership(rule.membership) if rule.membership else None,
        "reward_point_mode": rule.reward_point_mode,
        "reward_point_amount": str(points),
        "code": rule.code,
    }


def _reward(scenario: Scenario, reward: ScenarioReward) -> Body:
    body: Body = {
        "reward_type": reward.reward_type,
        "required_points": str(reward.required_points),
    }
    if reward.discount is not None:
        body["discount"] = {
            "mode": reward.discount.mode,
            "value": str(reward.discount.value),
            "applies_to": reward.discount.applies_to,
            "products": list(reward.discount.product_skus),
            "max_amount": _optional(reward.discount.max_amount),
        }
    if reward.product is not None:
        body["product"] = {
            "products": [reward.product.sku],
            "qty": str(reward.product.qty),
            "placement": conventions.placement(scenario),
        }
    if reward.special is not None:
        body.update(_special(scenario, reward))
    return body


def _special(scenario: Scenario, reward: ScenarioReward) -> Body:
    special = reward.special
    assert special is not None
    products, price = list(special.product_skus), str(special.price)
    if reward.reward_type == "special_set":
        slot = {"products": products, "qty": str(special.qty or Decimal(1))}
        most = conventions.most_sets(scenario)
        return {"special_set": {"slots": [slot], "price": price, "max_sets": most}}
    return {
        "special_price": {"products": products, "price": price, "max_qty": _optional(special.qty)}
    }


def _optional(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _instant(day: date | None, shift: timedelta, *, end: bool = False) -> str | None:
    """Return the first instant of a day, or its last, moved with the rest of the scenario."""
    if day is None:
        return None
    return (datetime.combine(day, time.max if end else time.min, UTC) + shift).isoformat()
