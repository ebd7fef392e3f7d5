"""Every shared scenario on the pure engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.promotions.engine.scenario import BY_CHOICE, Store

CASES = Path(__file__).parents[2] / "scenarios" / "cases"
# Returns, withdrawn cards and what the set-up refuses are no part of the pure engine: these are
# played through the API alone (tests/scenarios).
THROUGH_THE_API = {
    "odoo-coupon-one-use",
    "odoo-ewallet-code-refused",
    "odoo-gift-card-program-without-product",
    "odoo-pos-expired-ewallet",
    "odoo-pos-gift-card-refund",
    "odoo-pos-refund-earned-and-spent",
    "odoo-pos-refund-half-earned-and-spent",
    "saleor-usage-comes-back",
    "sylius-cancelled-order-gives-use-back",
}
SCENARIOS = [
    json.loads(path.read_text())
    for path in sorted(CASES.glob("*.json"))
    if path.stem not in THROUGH_THE_API
]


def differences(scenario: dict[str, Any]) -> list[str]:
    store = Store(scenario)
    return [
        f"step {number}: {one}"
        for number in range(len(scenario["steps"]))
        for one in store.play(number)
    ]


def by_choice(scenario: dict[str, Any]) -> bool:
    depends = set(scenario.get("depends_on") or ())
    # Of two exclusive programs the one that saves more is given, whatever their priority.
    of_exclusives = depends >= {"exclusive_program", "program_priority"}
    return of_exclusives or bool(BY_CHOICE & depends)


# What rests on a choice that is not ours and yet comes out as the peer has it.
AGREES_ANYWAY = {"saleor-10pct-of-ten-one-cent-units"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_scenario_is_decided_as_expected_or_different_by_choice(scenario: dict[str, Any]) -> None:
    differs = bool(differences(scenario))
    assert differs == (by_choice(scenario) and scenario["id"] not in AGREES_ANYWAY)


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 200
