"""What is left out comes from the preset of the type, and what was given stays given."""

import pytest

from loyalty.models import LoyaltyProgram
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


def make(shop, program_type, **fields):
    return shop.admin.ok("POST", "programs", {"name": "P", "program_type": program_type, **fields})


@pytest.mark.parametrize(
    ("program_type", "trigger", "applies_on", "point_mode"),
    [
        ("promotion", "auto", "current", "order"),
        ("buy_x_get_y", "auto", "current", "unit"),
        ("promo_code", "with_code", "current", "order"),
        ("coupons", "with_code", "current", None),
        ("next_order_coupons", "auto", "future", "order"),
        ("referral", "with_code", "both", "order"),
        ("loyalty", "auto", "both", "money"),
        ("gift_card", "auto", "future", None),
        ("ewallet", "auto", "future", None),
    ],
)
def test_each_type_has_its_switches_and_rules(shop, program_type, trigger, applies_on, point_mode):
    made = make(shop, program_type)
    assert (made["trigger"], made["applies_on"]) == (trigger, applies_on)
    assert [rule["reward_point_mode"] for rule in made["rules"]] == (
        [point_mode] if point_mode else []
    )
    assert all(rule["reward_point_amount"] == "1" for rule in made["rules"])


@pytest.mark.parametrize("program_type", ["gift_card", "ewallet"])
def test_a_payment_program_pays_one_unit_of_money_for_a_point(shop, program_type):
    (reward,) = make(shop, program_type)["rewards"]
    assert reward["required_points"] == "1"
    assert (reward["discount"]["mode"], reward["discount"]["value"]) == ("per_point", "1.00")


def test_a_rule_or_reward_given_without_its_kind_takes_that_of_the_type(shop):
    shop.products(A="1.00")
    made = make(
        shop, "buy_x_get_y", rules=[{"products": ["A"]}], rewards=[{"product": {"products": ["A"]}}]
    )
    assert made["rules"][0]["reward_point_mode"] == "unit"
    assert made["rewards"][0]["reward_type"] == "product"
    made = make(shop, "promotion", rewards=[{"special_price": {"price": "1.00"}}])
    assert made["rewards"][0]["reward_type"] == "special_price"
    top_up = make(shop, "gift_card", rules=[{"products": ["A"]}])
    assert top_up["rules"][0]["reward_point_mode"] == "money"


def test_an_empty_list_is_given_and_not_left_out(shop):
    assert make(shop, "promotion", rules=[])["rules"] == []
    assert make(shop, "gift_card", rewards=[{"discount": {"mode": "per_point", "value": "1"}}])


def test_a_promotion_whose_rules_all_have_codes_waits_for_a_code(shop):
    assert make(shop, "promotion", rules=[{"code": "X"}])["trigger"] == "with_code"
    assert make(shop, "promotion", rules=[{"code": "X"}, {}])["trigger"] == "auto"
    assert make(shop, "promotion", rules=[{"code": "X"}], trigger="auto")["trigger"] == "auto"


@pytest.mark.parametrize("mode", ["percent", "fixed"])
def test_a_whole_order_discount_belongs_to_the_group_order(shop, mode):
    assert make(shop, "promotion", rewards=[discount("5", mode)])["exclusion_group"] == "order"


def in_steps(**fields: object) -> Json:
    steps = [{"from": "0", "percent": "10"}, {"from": "2", "percent": "5"}]
    return {"reward_type": "multiple_discount", "steps": {"mode": "tier", "steps": steps, **fields}}


def test_steps_on_the_whole_order_are_one_discount_on_it_at_a_time(shop):
    assert make(shop, "promotion", rewards=[in_steps()])["exclusion_group"] == "order"
    shop.products(B="20.00")
    shop.program(rewards=[in_steps()])
    shop.percent_off("8")
    assert shop.quote(("B", "1"))["total"] == "18.00"
    assert make(shop, "promotion", rewards=[in_steps(products=["B"])])["exclusion_group"] is None


@pytest.mark.parametrize(
    "reward",
    [
        {"special_price": {"price": "1.00"}},
        discount("5", "per_point"),
        discount("5", applies_to="cheapest"),
        discount("5", applies_to="specific"),
    ],
)
def test_other_rewards_belong_to_no_group(shop, reward):
    assert make(shop, "promotion", rewards=[reward])["exclusion_group"] is None


def test_payments_belong_to_no_group(shop):
    assert make(shop, "gift_card")["exclusion_group"] is None


def test_a_group_left_out_follows_the_rewards(shop):
    made = make(shop, "promotion", rewards=[discount("5", applies_to="cheapest")])
    path = f"programs/{made['id']}"
    changed = shop.admin.ok("PATCH", path, {"rewards": [discount("5")]})
    assert changed["exclusion_group"] == "order"
    changed = shop.admin.ok("PATCH", path, {"rewards": [discount("5", applies_to="cheapest")]})
    assert changed["exclusion_group"] is None


def test_a_group_given_or_cleared_stays_so_whatever_else_changes(shop):
    for given in ("own", None):
        made = make(shop, "promotion", rewards=[discount("5")], exclusion_group=given)
        assert made["exclusion_group"] == given
        path = f"programs/{made['id']}"
        changed = shop.admin.ok("PATCH", path, {"name": "Q", "rewards": [discount("6")]})
        assert changed["exclusion_group"] == given


def test_a_cleared_group_can_be_given_again(shop):
    made = make(shop, "promotion", rewards=[discount("5")], exclusion_group=None)
    path = f"programs/{made['id']}"
    assert shop.admin.ok("PATCH", path, {"exclusion_group": "x"})["exclusion_group"] == "x"
    assert shop.admin.ok("PATCH", path, {"name": "Q"})["exclusion_group"] == "x"


@pytest.mark.parametrize("program_type", ["loyalty", "gift_card", "ewallet"])
def test_a_program_that_keeps_points_gets_a_kind_of_points_of_its_own(shop, program_type):
    made = make(shop, program_type, ref="stars", name="Stars")
    assert made["loyalty_program"] == "stars"
    assert LoyaltyProgram.objects.get().name == "Stars"


def test_a_kind_of_points_with_the_programs_ref_is_taken_as_it_is(shop):
    shop.admin.ok("PUT", "loyalty-programs/stars", {"name": "Our stars", "point_decimals": 0})
    assert make(shop, "loyalty", ref="stars")["loyalty_program"] == "stars"
    assert LoyaltyProgram.objects.get().name == "Our stars"


def test_other_types_get_no_kind_of_points(shop):
    assert make(shop, "promotion", ref="p")["loyalty_program"] is None
    assert not LoyaltyProgram.objects.exists()


def test_another_type_brings_its_own_switches(shop):
    made = make(shop, "promotion")
    changed = shop.admin.ok("PATCH", f"programs/{made['id']}", {"program_type": "coupons"})
    assert (changed["trigger"], changed["applies_on"]) == ("with_code", "current")
