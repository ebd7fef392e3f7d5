"""What contradicts itself is refused with the place, and nothing is written."""

import pytest

from events.models import Event
from loyalty.models import LoyaltyProgram
from promotions.models import PromotionProgram, PromotionReward, PromotionRule
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="10.00")
    return shop


def steps(mode, *starts, percent="5"):
    made = [{"from": start, "percent": percent} for start in starts]
    return {"steps": {"mode": mode, "steps": made}}


REFUSED: dict[str, tuple[Json, str, str]] = {
    "over 100 percent": (
        {"rewards": [discount("100.01")]}, "/rewards/0/discount/value", "out_of_range"),
    "no percent": ({"rewards": [discount("0")]}, "/rewards/0/discount/value", "out_of_range"),
    "negative money": (
        {"rewards": [discount("-1", "fixed")]}, "/rewards/0/discount/value", "out_of_range"),
    "a third of a cent": (
        {"currency": "USD", "rewards": [discount("0.333", "fixed")]},
        "/rewards/0/discount/value", "too_precise"),
    "five decimals": ({"budget": "1.00001"}, "/budget", "too_precise"),
    "not a number": (
        {"rewards": [discount("NaN", "fixed")]}, "/rewards/0/discount/value", "invalid"),
    "more than can be kept": (
        {"rules": [{"minimum_amount": "1" + "0" * 15}]}, "/rules/0/minimum_amount", "out_of_range"),
    "more than can be rounded": (
        {"currency": "USD", "budget": "9" * 60}, "/budget", "out_of_range"),
    "a negative minimum": (
        {"rules": [{}, {"minimum_qty": "-1"}]}, "/rules/1/minimum_qty", "out_of_range"),
    "a cap of nothing": (
        {"rewards": [discount("5", max_amount="0")]},
        "/rewards/0/discount/max_amount", "out_of_range"),
    "products of the whole order": (
        {"rewards": [discount("5", products=["A"])]},
        "/rewards/0/discount/products", "not_for_applies_to"),
    "free points": (
        {"rewards": [{**discount("5"), "required_points": "0"}]},
        "/rewards/0/required_points", "out_of_range"),
    "nothing to give": (
        {"rewards": [{"product": {"products": []}}]}, "/rewards/0/product/products", "required"),
    "half a free unit": (
        {"rewards": [{"product": {"products": ["A"], "qty": "0.5"}}]},
        "/rewards/0/product/qty", "not_whole"),
    "a discount without one": (
        {"rewards": [{"reward_type": "discount"}]}, "/rewards/0/discount", "required"),
    "another type's fields": (
        {"rewards": [{**discount("5"), "points": {"amount": "5"}}]},
        "/rewards/0/points", "not_for_reward_type"),
    "amount and multiplier": (
        {"rewards": [{"points": {"amount": "5", "multiplier": "2"}}]},
        "/rewards/0/points", "one_of_two"),
    "neither amount nor multiplier": (
        {"rewards": [{"points": {}}]}, "/rewards/0/points", "one_of_two"),
    "a multiplier that gives no more": (
        {"rewards": [{"points": {"multiplier": "1"}}]}, "/rewards/0/points/multiplier",
        "out_of_range"),
    "falling steps": (
        {"rewards": [steps("tier", "5", "2")]}, "/rewards/0/steps/steps/1/from", "not_ascending"),
    "equal tiers": (
        {"rewards": [steps("tier", "2", "2")]}, "/rewards/0/steps/steps/1/from", "not_ascending"),
    "no step": ({"rewards": [steps("tier")]}, "/rewards/0/steps/steps", "required"),
    "a step over 100 percent": (
        {"rewards": [steps("tier", "2", percent="101")]},
        "/rewards/0/steps/steps/0/percent", "out_of_range"),
    "an empty set": (
        {"rewards": [{"special_set": {"slots": [], "price": "5"}}]},
        "/rewards/0/special_set/slots", "required"),
    "a slot of one and a half": (
        {"rewards": [{"special_set": {"slots": [{"qty": "1.5"}], "price": "5"}}]},
        "/rewards/0/special_set/slots/0/qty", "not_whole"),
    "an end before the start": (
        {"date_from": "2026-01-02", "date_to": "2026-01-01"}, "/date_to", "ends_before_start"),
    "an instant without a zone": ({"date_from": "2026-01-02T10:00"}, "/date_from", "invalid_date"),
    "no date": ({"date_to": "tomorrow"}, "/date_to", "invalid_date"),
    "no time": ({"schedule": [{"start": "25:00"}]}, "/schedule/0/start", "invalid_time"),
    "an eighth day": ({"schedule": [{"weekdays": [7]}]}, "/schedule/0/weekdays/0", "invalid"),
    "an unknown currency": ({"currency": "XYZ"}, "/currency", "unknown_currency"),
    "a store of another currency": (
        {"currency": "EUR", "pos_configs": ["main"]}, "/currency", "other_currency"),
    "a ref like an id": ({"ref": "2026"}, "/ref", "invalid"),
    "a code of dashes": ({"rules": [{"code": "- -"}]}, "/rules/0/code", "invalid"),
    "no uses": ({"limit_usage": 0}, "/limit_usage", "invalid"),
    "an unknown word": ({"stacking": "sometimes"}, "/stacking", "invalid"),
    "an unknown field": ({"rules": [{"product": ["A"]}]}, "/rules/0/product", "unknown_field"),
    "a missing field": (
        {"rewards": [{"discount": {"value": "5"}}]}, "/rewards/0/discount/mode", "required"),
    "a name of spaces": ({"name": "  "}, "/name", "invalid"),
    "an unknown product": (
        {"rules": [{"products": ["A", "Z"]}]}, "/rules/0/products/1", "unknown_product"),
    "an unknown free product": (
        {"rewards": [{"product": {"products": ["Z"]}}]},
        "/rewards/0/product/products/0", "unknown_product"),
    "an unknown category": (
        {"rules": [{"categories": ["Tea"]}]}, "/rules/0/categories/0", "unknown_category"),
    "an unknown level": ({"rules": [{"membership": "gold"}]}, "/rules/0/membership",
        "unknown_membership"),
    "an unknown store": ({"pos_configs": ["moon"]}, "/pos_configs/0", "unknown_pos_config"),
    "an unknown kind of points": (
        {"loyalty_program": "club"}, "/loyalty_program", "unknown_loyalty_program"),
    "an exclusive payment": (
        {"program_type": "gift_card", "stacking": "exclusive"}, "/stacking",
        "payment_not_exclusive"),
    "a payment in a group": (
        {"program_type": "ewallet", "exclusion_group": "x"}, "/exclusion_group",
        "payment_not_exclusive"),
    "a payment of ten percent": (
        {"program_type": "gift_card", "rewards": [discount("10")]}, "/rewards/0",
        "payment_reward_required"),
    "a gift card for whatever is bought": (
        {"program_type": "gift_card", "rules": [{}]}, "/rules/0/products", "filter_required"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_contradiction_is_refused_where_it_stands(shop, case):
    fields, pointer, code = REFUSED[case]
    body = {"name": "P", "program_type": "promotion", **fields}
    problem = shop.admin.call("POST", "programs", body)
    assert (shop.admin.status, problem["code"]) == (400, "invalid")
    assert {"pointer": pointer, "code": code} in [
        {"pointer": one["pointer"], "code": one["code"]} for one in problem["errors"]
    ]
    assert not PromotionProgram.objects.exists()
    assert not LoyaltyProgram.objects.exists()
    assert not Event.objects.exists()


def test_all_faults_are_named_at_once(shop):
    body = {
        "name": "P",
        "program_type": "promotion",
        "date_to": "never",
        "rules": [{"products": ["Z"], "minimum_qty": "-1"}],
        "rewards": [discount("101")],
    }
    problem = shop.admin.call("POST", "programs", body)
    assert {one["pointer"] for one in problem["errors"]} == {
        "/date_to",
        "/rules/0/products/0",
        "/rules/0/minimum_qty",
        "/rewards/0/discount/value",
    }


def test_a_new_program_needs_a_name_and_a_type(shop):
    problem = shop.admin.call("POST", "programs", {})
    assert shop.admin.status == 400
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("/name", "required"),
        ("/program_type", "required"),
    ]


def test_an_unknown_word_is_answered_with_the_known_ones(shop):
    body = {"name": "P", "program_type": "promotion", "rewards": [{"reward_type": "gift"}]}
    problem = shop.admin.call("POST", "programs", body)
    assert problem["errors"][0]["detail"].startswith("One of: discount, product, special_price")


def test_a_refused_change_changes_nothing(shop):
    made = shop.admin.ok("POST", "programs", {"name": "P", "program_type": "promotion"})
    change = {"name": "Q", "rules": [], "rewards": [discount("101")]}
    shop.admin.call("PATCH", f"programs/{made['id']}", change)
    assert shop.admin.status == 400
    assert shop.admin.ok("GET", f"programs/{made['id']}") == made


def test_a_ref_belongs_to_one_program(shop):
    body = {"ref": "p", "name": "P", "program_type": "promotion"}
    first = shop.admin.ok("POST", "programs", body)
    problem = shop.admin.call("POST", "programs", body)
    assert (shop.admin.status, problem["code"]) == (409, "ref_taken")
    assert problem["facts"] == {"ref": "p"}
    assert shop.admin.ok("PATCH", "programs/p", {"ref": "p"})["id"] == first["id"]
    assert PromotionProgram.objects.count() == 1


def test_the_type_is_settled_once_customers_know_the_program(shop):
    made = shop.percent_off("10")
    problem = shop.admin.call("PATCH", f"programs/{made['id']}", {"program_type": "coupons"})
    assert shop.admin.status == 400
    assert problem["errors"][0]["code"] == "type_is_settled"


def test_rules_and_rewards_keep_their_ids_by_position(shop):
    rules = [{"code": "A"}, {"code": "B"}]
    body = {"name": "P", "program_type": "promotion", "rules": rules, "rewards": [discount("5")]}
    made = shop.admin.ok("POST", "programs", body)
    ids = [rule["id"] for rule in made["rules"]]
    longer = {"rules": [{"code": "C"}, {"code": "D"}, {"code": "E"}]}
    changed = shop.admin.ok("PATCH", f"programs/{made['id']}", longer)
    assert [rule["id"] for rule in changed["rules"]][:2] == ids
    assert [rule["code"] for rule in changed["rules"]] == ["C", "D", "E"]
    assert changed["rewards"] == made["rewards"]


def test_a_rule_named_by_id_keeps_it_and_the_others_go(shop):
    rules = [{"code": "A"}, {"code": "B"}, {"code": "C"}]
    body = {"name": "P", "program_type": "promotion", "rules": rules}
    made = shop.admin.ok("POST", "programs", body)
    second = made["rules"][1]["id"]
    kept = {"rules": [{"id": second, "code": "B2"}]}
    changed = shop.admin.ok("PATCH", f"programs/{made['id']}", kept)
    assert [(rule["id"], rule["code"]) for rule in changed["rules"]] == [(second, "B2")]
    assert PromotionRule.objects.count() == 1


def test_a_rule_of_another_program_cannot_be_taken_over(shop):
    one = shop.admin.ok("POST", "programs", {"name": "1", "program_type": "promotion"})
    two = shop.admin.ok("POST", "programs", {"name": "2", "program_type": "promotion"})
    foreign = {"rules": [{"id": one["rules"][0]["id"]}]}
    problem = shop.admin.call("PATCH", f"programs/{two['id']}", foreign)
    assert (problem["errors"][0]["pointer"], problem["errors"][0]["code"]) == (
        "/rules/0/id",
        "unknown_id",
    )
    assert shop.admin.ok("GET", f"programs/{one['id']}") == one


def test_parts_of_a_former_reward_are_gone(shop):
    tiers = steps("tier", "1", "2")
    body = {"name": "P", "program_type": "promotion", "rewards": [tiers]}
    made = shop.admin.ok("POST", "programs", body)
    change = {"rewards": [{"product": {"products": ["A"]}}]}
    changed = shop.admin.ok("PATCH", f"programs/{made['id']}", change)
    assert changed["rewards"][0]["id"] == made["rewards"][0]["id"]
    (row,) = PromotionReward.objects.all()
    assert (row.steps_mode, row.steps.count(), row.free_products.count()) == ("", 0, 1)
