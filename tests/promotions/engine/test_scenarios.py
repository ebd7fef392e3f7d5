"""Every shared scenario on the pure engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.promotions.engine.scenario import BY_CHOICE, Store

CASES = Path(__file__).parents[2] / "scenarios" / "cases"
SCENARIOS = [json.loads(path.read_text()) for path in sorted(CASES.glob("*.json"))]


def differences(scenario: dict[str, Any]) -> list[str]:
    store = Store(scenario)
    return [
        f"step {number}: {one}"
        for number in range(len(scenario["steps"]))
        for one in store.play(number)
    ]


def by_choice(scenario: dict[str, Any]) -> bool:
    return bool(BY_CHOICE & set(scenario.get("depends_on") or ()))


# What rests on a choice that is not ours and yet comes out as the peer has it.
AGREES_ANYWAY = {"saleor-10pct-of-ten-one-cent-units"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_scenario_is_decided_as_expected_or_different_by_choice(scenario: dict[str, Any]) -> None:
    differs = bool(differences(scenario))
    assert differs == (by_choice(scenario) and scenario["id"] not in AGREES_ANYWAY)


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 73
