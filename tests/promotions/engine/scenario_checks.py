"""What a scenario expects of a decision, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from promotions.engine.decision import Decision
from promotions.engine.terms import (
    CodeStatus,
)

ZERO = Decimal(0)


def compare(decision: Decision, step: Mapping[str, Any], keys: Mapping[int, str]) -> list[str]:
    """Return what differs, for everything the step asserts about the decision."""
    expect = step["expect"]
    got: dict[str, Any] = {
        "total": decision.amount_due,
        "discount_total": decision.subtotal - decision.amount_due,
    }
    found = [
        f"{name}: expected {expect[name]}, got {got[name]}"
        for name in ("total", "discount_total")
        if name in expect and Decimal(expect[name]) != got[name]
    ]
    if "error" in expect and not decision.refused_claims:
        found.append("an error was expected")
    if "error" not in expect and decision.refused_claims:
        found.append(f"claims refused: {decision.refused_claims}")
    if "rejected_code" in expect and not any(
        fate.status is CodeStatus.REJECTED for fate in decision.codes
    ):
        found.append("a rejected code was expected")
    for name, fact in _facts(decision, keys).items():
        actual = fact
        if name in ("points_spent", "points_earned"):
            actual = {key: fact.get(key, ZERO) for key in expect.get(name, ())}
        if name in expect and _plain(expect[name]) != actual:
            found.append(f"{name}: expected {_plain(expect[name])}, got {actual}")
    for key, coupons in expect.get("coupons_generated", {}).items():
        points = [one.points for one in decision.coupons_to_issue if keys[one.program_id] == key]
        each = coupons.get("points_each")
        if len(points) != coupons["count"] or (each and any(p != Decimal(each) for p in points)):
            found.append(f"coupons of {key}: expected {coupons}, got {points}")
    return found


def _facts(decision: Decision, keys: Mapping[int, str]) -> dict[str, Any]:
    spent: dict[str, Decimal] = {}
    for reward in decision.rewards:
        key = keys[reward.program_id]
        spent[key] = spent.get(key, ZERO) + reward.points_cost
    for paid in decision.payments:
        key = keys[paid.program_id]
        spent[key] = spent.get(key, ZERO) + paid.points
    return {
        "applied_programs": {keys[one.program_id] for one in decision.rewards}
        | {keys[one.program_id] for one in decision.payments},
        "free_items": {one.sku: one.qty for one in decision.free_items},
        "points_spent": spent,
        "points_earned": {
            keys[one.program_id]: one.earned for one in decision.points if one.earned
        },
        "lines": [one.discount for one in decision.lines],
    }


def _plain(expected: Any) -> Any:
    """Bring an expectation into the form of a fact."""
    if isinstance(expected, dict):
        return {key: Decimal(value) for key, value in expected.items()}
    if expected and isinstance(expected[0], dict):
        if "discount" in expected[0]:
            return [Decimal(one["discount"]) for one in expected]
        return {one["sku"]: Decimal(one["qty"]) for one in expected}
    return set(expected) if expected else _Nothing()


class _Nothing:
    """Equals any empty collection."""

    def __eq__(self, other: object) -> bool:
        return not other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "nothing"
