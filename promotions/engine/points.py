"""How many points rules make."""

from __future__ import annotations

from collections.abc import Iterable

from promotions.engine.amounts import E4
from promotions.engine.compiled import CompiledRule
from promotions.engine.filters import Matcher


def whole_parts(points: int, point_unit: int) -> int:
    """Return points without what is less than the smallest part that is counted."""
    return points - points % point_unit


def points_of(rule: CompiledRule, gross: int, qty: int, scale: int, point_unit: int) -> int:
    """Return the points a rule makes of an amount (minor units) and a quantity.

    Points per unit count the quantity as it is, weighed goods too; points per money are rounded
    down to the smallest part of a point that the program counts. (What a card gets of either is
    rounded down again, for it keeps no less.)
    """
    if rule.per_order:
        return rule.amount
    if rule.per_unit:
        return rule.amount * max(0, qty) // E4
    return whole_parts(rule.amount * max(0, gross) * scale // E4, point_unit)


def gross_points(rules: Iterable[CompiledRule], matcher: Matcher, point_unit: int) -> int:
    """Return the points that rules make of a basket as it is before any reward."""
    points = 0
    for rule in rules:
        if rule.per_order:  # most rules
            points += rule.amount
        else:
            gross, qty = matcher.totals(rule.node)
            points += points_of(rule, gross, qty, matcher.basket.scale, point_unit)
    return points
