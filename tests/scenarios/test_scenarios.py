"""What the test suites of other engines expect, through the whole API."""

from pathlib import Path

import pytest

from promotions.scenarios.conventions import choices_of
from promotions.scenarios.report import as_lines
from promotions.scenarios.runner import Status, rolled_back, run_file
from promotions.scenarios.schema import read_scenario

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "scenarios").glob("*.json"))


def test_all_cases_are_there() -> None:
    assert len(CASES) == 234
    assert EXAMPLES


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*CASES, *EXAMPLES], ids=lambda path: path.stem)
def test_a_scenario_comes_out_as_expected_or_differs_by_choice(path: Path) -> None:
    with rolled_back(with_published=False) as rest:
        outcome = run_file(rest, path)
    assert outcome.status is not Status.FAIL, "\n".join(as_lines(outcome))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_names_itself_and_where_it_comes_from(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.id == path.stem
    assert scenario.source is not None
    assert scenario.contestable == bool(scenario.depends_on)


def test_few_cases_rest_on_what_is_decided_otherwise() -> None:
    otherwise = {path.stem for path in CASES if choices_of(read_scenario(path))}
    assert otherwise == {
        "odoo-points-on-category-beside-code",
        "odoo-two-fixed-on-overlapping-products",
        "oscar-fixed-4-over-three-lines",
        "saleor-10pct-of-ten-one-cent-units",
        "saleor-10pct-rounded-per-line",
        "solidus-second-promotion-missed-after-first",
        "sylius-code-minimum-missed-after-automatic",
        "sylius-two-exclusives-by-priority",
        "sylius-two-percents-of-one-program",
    }
