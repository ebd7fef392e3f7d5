"""Which rules pass, and what is missing when none does."""

from __future__ import annotations

from typing import NamedTuple

from promotions.engine.case import Case
from promotions.engine.compiled import CompiledProgram, CompiledRule
from promotions.engine.terms import Reason

NAMED_PRODUCTS = 20
"""What is missing names the products that would do if they are no more than this."""


class Shortfall(NamedTuple):
    """Why a rule does not pass: `amount` in minor units, `qty` in ten-thousandths, or None."""

    reason: Reason
    amount: int | None
    qty: int | None
    rule: CompiledRule


# The order in which a rule's conditions are looked at; the further a rule gets, the nearer it is.
_NEARNESS = {
    Reason.CODE_REQUIRED: 0,
    Reason.MEMBERSHIP_REQUIRED: 1,
    Reason.NO_MATCHING_PRODUCT: 2,
    Reason.BELOW_MINIMUM_AMOUNT: 3,
    Reason.BELOW_MINIMUM_QTY: 4,
}


def passing_rules(program: CompiledProgram, case: Case) -> list[CompiledRule]:
    """Return the rules whose conditions all hold."""
    matcher, membership, scale = case.matcher, case.wallet.membership_id, case.basket.scale
    passing = []
    for rule in program.rules:
        if rule.code is not None and rule.code not in case.entries:
            continue
        if rule.membership is not None and rule.membership != membership:
            continue
        gross, qty = matcher.totals(rule.node)
        if gross * scale >= rule.min_amount and qty >= rule.min_qty and qty > 0:
            passing.append(rule)
    return passing


def shortfall(program: CompiledProgram, case: Case) -> Shortfall | None:
    """Return why no rule passes, told of the rule that came nearest; None if there is no rule."""
    nearest: Shortfall | None = None
    for rule in program.rules:
        found = rule_shortfall(rule, case)
        if found is None:
            continue
        if nearest is None or _NEARNESS[found.reason] > _NEARNESS[nearest.reason]:
            nearest = found
    return nearest


def unmet_condition(program: CompiledProgram, case: Case) -> Shortfall | None:
    """Return why no rule holds behind a coupon, whose code needs no other; of the nearest rule."""
    found = [_condition(rule, case) for rule in program.rules]
    near = [one for one in found if one is not None]
    if not near or len(near) < len(found):
        return None
    return max(near, key=lambda one: _NEARNESS[one.reason])  # the first of equals


def rule_shortfall(rule: CompiledRule, case: Case) -> Shortfall | None:
    """Return why a rule makes no points, None if it does."""
    if not rule.starts or (rule.code is not None and rule.code not in case.entries):
        return Shortfall(Reason.CODE_REQUIRED, None, None, rule)
    return _condition(rule, case)


def _condition(rule: CompiledRule, case: Case) -> Shortfall | None:
    """Return what customer and cart are missing for a rule, None if nothing."""
    if rule.membership is not None and rule.membership != case.wallet.membership_id:
        return Shortfall(Reason.MEMBERSHIP_REQUIRED, None, None, rule)
    gross, qty = case.matcher.totals(rule.node)
    scale = case.basket.scale
    missing_amount = -(-(rule.min_amount - gross * scale) // scale)
    missing_qty = rule.min_qty - qty
    amount = missing_amount if missing_amount > 0 else None
    units = missing_qty if missing_qty > 0 else None
    if qty <= 0:
        return Shortfall(Reason.NO_MATCHING_PRODUCT, amount, units, rule)
    if amount is not None:
        return Shortfall(Reason.BELOW_MINIMUM_AMOUNT, amount, units, rule)
    if units is not None:
        return Shortfall(Reason.BELOW_MINIMUM_QTY, None, units, rule)
    return None


def named_products(rule: CompiledRule) -> tuple[int, ...]:
    """Return the products that a rule is about, none if it does not list them or they are many."""
    products = rule.node.products
    return tuple(sorted(products)) if len(products) <= NAMED_PRODUCTS else ()
