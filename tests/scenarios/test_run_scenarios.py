"""The runner itself: it finds what differs, says so, and leaves nothing behind."""

import json
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from loyalty.models import Partner
from promotions import catalog_store
from promotions.models import CatalogState, Coupon, Order, Product, PromotionProgram
from promotions.queries import read_products
from tests.shop import Shop

TEN_PERCENT: dict[str, Any] = {
    "id": "ten-percent",
    "title": "10 % off",
    "products": [{"sku": "MUG", "price": "8.00"}],
    "partners": [{"key": "ana"}],
    "programs": [
        {
            "key": "ten",
            "name": "10 %",
            "program_type": "promotion",
            "rules": [{}],
            "rewards": [
                {"reward_type": "discount", "discount": {"mode": "percent", "value": "10"}}
            ],
        },
        {
            "key": "cp",
            "name": "Coupon",
            "program_type": "coupons",
            "rewards": [{"reward_type": "discount", "discount": {"mode": "fixed", "value": "1"}}],
        },
    ],
    "coupons": [{"program": "cp", "code": "ONE-OFF"}],
    "steps": [
        {
            "do": "commit",
            "partner": "ana",
            "codes": ["one off"],
            "lines": [{"sku": "MUG", "qty": "2"}],
            "expect": {"total": "13.40"},
        }
    ],
}


def write(folder: Path, scenario: dict[str, Any]) -> Path:
    path = folder / f"{scenario['id']}.json"
    path.write_text(json.dumps(scenario))
    return path


def run(*arguments: object) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("run_scenarios", *map(str, arguments), stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def shop_program(db: None) -> None:
    """A shop that gives 50 % off everything."""
    body = {"name": "Half price", "program_type": "promotion", "publish": True}
    half = {"discount": {"mode": "percent", "value": "50"}}
    Shop().admin.ok("POST", "programs", {**body, "rewards": [half]})


@pytest.mark.django_db
def test_a_run_writes_nothing(tmp_path: Path) -> None:
    version = CatalogState.objects.get().version
    status, said = run(write(tmp_path, TEN_PERCENT))
    assert status == 0, said
    assert said.splitlines()[-1] == "1 scenarios: 1 pass, 0 fail, 0 different by choice"
    for table in (Product, Partner, PromotionProgram, Coupon, Order, get_user_model()):
        assert not table.objects.exists(), table
    assert CatalogState.objects.get().version == version
    assert catalog_store.snapshot(read_products(())[0]).catalog.programs == {}


@pytest.mark.django_db
def test_a_wrong_total_fails_with_both_amounts_and_exit_status_1(tmp_path: Path) -> None:
    wrong = deepcopy(TEN_PERCENT)
    wrong["steps"][0]["expect"] = {"total": "13.00", "applied_programs": ["ten"]}
    status, said = run(write(tmp_path, wrong))
    assert status == 1
    assert "step 1, total: expected 13.00, got 13.40" in said
    assert "step 1, applied_programs: expected ten, got cp, ten" in said


@pytest.mark.django_db
def test_a_difference_that_rests_on_a_choice_is_no_failure(tmp_path: Path) -> None:
    scenario = deepcopy(TEN_PERCENT)
    scenario["depends_on"] = ["round_per_line"]
    scenario["steps"][0]["expect"] = {"total": "13.39"}
    status, said = run(write(tmp_path, scenario))
    assert status == 0
    assert said.startswith("different by choice")
    assert "a reward is rounded once" in said


@pytest.mark.django_db
def test_json_tells_the_same_as_lines(tmp_path: Path) -> None:
    wrong = deepcopy(TEN_PERCENT)
    wrong["steps"][0]["expect"] = {"discount_total": "0"}
    status, said = run("--json", write(tmp_path, wrong))
    assert status == 1
    told = json.loads(said)
    assert told["counts"] == {"fail": 1}
    assert told["scenarios"][0]["mismatches"] == [
        {"step": 1, "what": "discount_total", "expected": "0", "got": "2.60"}
    ]


@pytest.mark.django_db
def test_an_expected_refusal_passes_and_an_unexpected_one_fails(tmp_path: Path) -> None:
    scenario = deepcopy(TEN_PERCENT)
    scenario["steps"][0]["lines"] = [{"sku": "NO-SUCH", "qty": "1"}]
    scenario["steps"][0]["expect"] = {"error": "no such product"}
    assert run(write(tmp_path, scenario))[0] == 0
    scenario["steps"][0]["expect"] = {"total": "0"}
    status, said = run(write(tmp_path, scenario))
    assert status == 1
    assert "unknown_product" in said


@pytest.mark.django_db
def test_a_store_that_cannot_be_set_up_fails_and_says_why(tmp_path: Path) -> None:
    scenario = deepcopy(TEN_PERCENT)
    scenario["programs"][0]["rewards"][0]["discount"]["value"] = "-10"
    status, said = run(write(tmp_path, scenario))
    assert status == 1
    assert "setting up" in said
    assert "/rewards/0/discount/value" in said


@pytest.mark.django_db
def test_the_shops_own_programs_are_left_out_unless_asked_for(
    shop_program: None, tmp_path: Path
) -> None:
    scenario = deepcopy(TEN_PERCENT)
    scenario["programs"], scenario["coupons"] = [], []
    scenario["steps"][0]["codes"] = []
    scenario["steps"][0]["expect"] = {"total": "16.00"}
    path = write(tmp_path, scenario)
    assert run(path)[0] == 0
    status, said = run("--live", path)
    assert status == 1
    assert "expected 16.00, got 8.00" in said
    assert PromotionProgram.objects.get().state == "published"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"steps": []}, "steps"),
        ({"stepps": []}, "stepps"),
        ({"coupons": [{"program": "none", "code": "X"}]}, "which is no program here"),
        (
            {"steps": [{"do": "quote", "partner": "bob", "lines": [{"sku": "A", "qty": "1"}]}]},
            "bob",
        ),
        (
            {"steps": [{"do": "refund", "of_step": 0, "lines": [{"sku": "A", "qty": "1"}]}]},
            "refunds",
        ),
    ],
)
@pytest.mark.django_db
def test_a_file_that_is_no_scenario_is_refused_with_the_reason(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    path = write(tmp_path, {**TEN_PERCENT, **change})
    with pytest.raises(CommandError, match=complaint) as refused:
        call_command("run_scenarios", str(path), stdout=StringIO())
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_a_folder_without_scenarios_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No scenario"):
        call_command("run_scenarios", str(tmp_path), stdout=StringIO())
    with pytest.raises(CommandError, match="There is no"):
        call_command("run_scenarios", str(tmp_path / "nowhere"), stdout=StringIO())


@pytest.mark.django_db
def test_files_beside_one_that_is_no_scenario_are_run_nevertheless(tmp_path: Path) -> None:
    write(tmp_path, {**TEN_PERCENT, "id": "a-broken-one", "steps": []})
    write(tmp_path, TEN_PERCENT)
    out = StringIO()
    with pytest.raises(CommandError, match="a-broken-one") as refused:
        call_command("run_scenarios", str(tmp_path), stdout=out)
    assert refused.value.returncode == 2
    assert "1 scenarios: 1 pass" in out.getvalue()


@pytest.mark.django_db
def test_a_refund_is_told_in_money_list_value_and_points(tmp_path: Path) -> None:
    """Half of a basket of 16.00 that cost 14.40 comes back: 7.20, that is 0.80 below its price."""
    scenario = deepcopy(TEN_PERCENT)
    points = {"reward_point_mode": "money", "reward_point_amount": "10"}
    loyalty = {"key": "loy", "name": "Points", "program_type": "loyalty", "rules": [points]}
    scenario["programs"][1] = {**loyalty, "rewards": scenario["programs"][1]["rewards"]}
    scenario["coupons"] = []
    scenario["steps"][0] |= {"codes": [], "expect": {"total": "14.40", "balance": {"loy": "144"}}}
    back = {
        "total": "7.20",
        "discount_total": "0.80",
        "lines": [{"sku": "MUG", "qty": "1", "discount": "0.80"}],
        "points_earned": {"loy": "-72"},
        "balance": {"loy": "72"},
    }
    refund = {"do": "refund", "partner": "ana", "of_step": 0, "lines": [{"sku": "MUG", "qty": "1"}]}
    scenario["steps"].append({**refund, "expect": back})
    status, said = run(write(tmp_path, scenario))
    assert status == 0, said
    scenario["steps"][1]["expect"] = {"discount_total": "1.00"}
    assert run(write(tmp_path, scenario))[0] == 1
