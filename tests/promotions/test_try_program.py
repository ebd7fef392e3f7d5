"""Trying a program: what a basket would cost under a draft, and why, with nothing written."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.apps import apps

from access.caller import Role
from access.services.create_token import create_token
from promotions.models import PromotionProgram
from tests.shop import Api, Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """Give a store with two products."""
    shop = Shop(currency="USD")
    shop.products(A="10.00", B="4.00")
    return shop


def draft(shop: Shop, **fields: Any) -> Json:
    """Make a program that no till knows of."""
    body = {"name": "Ten off", "program_type": "promotion", "rewards": [discount("10")], **fields}
    return shop.admin.ok("POST", "programs", body)


def attempt(shop: Shop, program: Json, *lines: tuple[str, str], **fields: Any) -> Json:
    """Try a program on a basket."""
    return shop.admin.ok("POST", f"programs/{program['id']}/try", shop.order(*lines, **fields))


def rows() -> dict[str, int]:
    """Count the rows of every table of the shop."""
    names = ("access", "events", "jobs", "loyalty", "promotions")
    models = [one for one in apps.get_models() if one._meta.app_label in names]
    return {one._meta.label: one._default_manager.count() for one in models}


def test_a_draft_is_decided_as_if_it_were_in_force_and_nothing_is_written(shop: Shop) -> None:
    made = draft(shop)
    before = rows()
    tried = attempt(shop, made, ("A", "2"))
    assert tried["program"]["outcome"] == "applied"
    assert tried["receipt"]["status"] == "tried"
    assert (tried["receipt"]["total"], tried["receipt"]["discount_total"]) == ("18.00", "2.00")
    assert tried["program"]["steps"] == ["10% of $20.00 is $2.00; costs 1 point; taken off A $2.00"]
    assert tried["receipt"]["trace"][0]["program_id"] == made["id"]
    assert rows() == before
    assert shop.quote(("A", "2"))["total"] == "20.00"


def test_changes_that_are_not_saved_are_tried_and_forgotten(shop: Shop) -> None:
    made = draft(shop)
    before = rows()
    change = {"rewards": [discount("50")], "name": "Half price"}
    tried = attempt(shop, made, ("A", "2"), draft=change)
    assert tried["receipt"]["total"] == "10.00"
    assert tried["program"]["name"] == "Half price"
    assert rows() == before
    stored = shop.admin.ok("GET", f"programs/{made['id']}")
    assert (stored["name"], stored["rewards"][0]["discount"]["value"]) == ("Ten off", "10")


def test_an_answer_can_be_changed_and_tried(shop: Shop) -> None:
    made = draft(shop)
    body = shop.admin.ok("GET", f"programs/{made['id']}")
    body["rewards"][0]["discount"]["value"] = "20"
    assert attempt(shop, made, ("A", "1"), draft=body)["receipt"]["total"] == "8.00"


def test_a_changed_draft_of_a_published_program_takes_the_place_of_its_version(shop: Shop) -> None:
    made = shop.percent_off("10")
    shop.admin.ok("PATCH", f"programs/{made['id']}", {"rewards": [discount("30")]})
    tried = attempt(shop, made, ("A", "1"))
    assert tried["receipt"]["total"] == "7.00"
    assert len(tried["explanation"]) == 1
    assert shop.quote(("A", "1"))["total"] == "9.00"


def test_the_other_programs_in_force_take_part_unless_it_is_tried_alone(shop: Shop) -> None:
    better = shop.percent_off("25", name="Quarter off")
    made = draft(shop)
    tried = attempt(shop, made, ("A", "1"))
    assert (tried["program"]["outcome"], tried["program"]["reason"]) == (
        "passed_over",
        "not_combinable",
    )
    assert "cannot be combined" in tried["program"]["why"]
    assert [one["id"] for one in tried["explanation"]] == [made["id"], better["id"]]
    alone = attempt(shop, made, ("A", "1"), alone=True)
    assert alone["program"]["outcome"] == "applied"
    assert alone["receipt"]["total"] == "9.00"


def test_what_is_missing_is_told_in_numbers_and_words(shop: Shop) -> None:
    made = draft(shop, rules=[{"minimum_amount": "50"}])
    tried = attempt(shop, made, ("A", "2"))["program"]
    assert (tried["reason"], tried["missing_amount"]) == ("below_minimum_amount", "30.00")
    assert "$30.00 more is needed." in tried["why"]
    body = shop.order(("A", "2"))
    path = f"programs/{made['id']}/try"
    words = shop.admin.ok("POST", path, body, Accept_Language="id")["program"]["why"]
    assert words.startswith("Keranjang di bawah")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"rules": [{"products": ["B"]}]}, "no_matching_product"),
        ({"date_from": "2999-01-01"}, "not_started"),
        ({"date_to": "2001-01-01"}, "expired"),
        ({"rules": [{"code": "HELLO"}]}, "code_required"),
        ({"rules": [{"minimum_amount": "9999999"}]}, "below_minimum_amount"),
    ],
)
def test_a_program_that_nothing_in_the_basket_leads_to_says_why(
    shop: Shop, fields: Json, reason: str
) -> None:
    for number in range(5):  # more programs out of reach than a quote looks at
        shop.percent_off("10", name=f"far {number}", rules=[{"minimum_amount": "1000"}])
    made = draft(shop, **fields)
    tried = attempt(shop, made, ("A", "1"))["program"]
    assert (tried["outcome"], tried["reason"]) == ("passed_over", reason)
    assert tried["why"]


def test_it_is_tried_at_another_time_and_for_a_member(shop: Shop) -> None:
    shop.member("ann", "250")
    made = draft(
        shop,
        program_type="loyalty",
        loyalty_program="club",
        date_from="2999-01-01",
        rules=[{"reward_point_mode": "money"}],
        rewards=[{"required_points": "200", **discount("5", "fixed")}],
    )
    later = attempt(shop, made, ("A", "1"), partner="ann", at="2999-06-01T12:00:00Z")
    assert later["receipt"]["points"][0]["earned"] == "10"
    assert later["receipt"]["points"][0]["loyalty_program"] == "club"
    assert later["receipt"]["claimable"][0]["program"] == made["id"]
    assert shop.balance() == 250


def test_a_coupon_that_was_never_issued_can_be_shown(shop: Shop) -> None:
    made = draft(shop, program_type="coupons")
    assert attempt(shop, made, ("A", "1"))["program"]["reason"] == "code_required"
    tried = attempt(shop, made, ("A", "1"), coupon={})
    assert tried["receipt"]["total"] == "9.00"
    assert tried["receipt"]["codes"][0]["status"] == "applied"


@pytest.mark.parametrize("points", ["0", "-5", "0.00000001", "1e999990", "100000000000000"])
def test_a_coupon_that_could_not_be_issued_is_not_shown(shop: Shop, points: str) -> None:
    made = draft(shop, program_type="coupons")
    body = shop.order(("A", "1"), coupon={"points": points})
    problem = shop.admin.call("POST", f"programs/{made['id']}/try", body)
    assert (shop.admin.status, problem["code"]) == (400, "invalid")
    assert [one["pointer"] for one in problem["errors"]] == ["/coupon/points"]


def test_a_gift_card_that_was_never_issued_pays(shop: Shop) -> None:
    body = {"name": "Gift card", "program_type": "gift_card", "ref": "gift"}
    made = shop.admin.ok("POST", "programs", body)
    tried = attempt(shop, made, ("A", "1"), coupon={"points": "4"})
    assert (tried["receipt"]["total"], tried["receipt"]["amount_due"]) == ("10.00", "6.00")
    assert tried["program"]["outcome"] == "applied"


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("1e999990", "out_of_range"),
        ("-5", "out_of_range"),
        ("0", "out_of_range"),
        ("0.00000001", "too_precise"),
        ("123456789012345", "out_of_range"),
    ],
)
@pytest.mark.parametrize("program_type", ["coupons", "gift_card"])
def test_no_coupon_is_shown_that_could_not_be_issued(
    shop: Shop, program_type: str, points: str, code: str
) -> None:
    given = {"rewards": [discount("10")]} if program_type == "coupons" else {}
    body = {"name": "Codes", "program_type": program_type, **given}
    made = shop.admin.ok("POST", "programs", body)
    body = shop.order(("A", "1"), coupon={"points": orjson.Fragment(points)})
    problem = shop.admin.call("POST", f"programs/{made['id']}/try", body)
    assert (shop.admin.status, problem["code"]) == (400, "invalid")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("/coupon/points", code)
    ]


def test_no_card_is_shown_that_holds_less_than_its_kind_of_points_counts(shop: Shop) -> None:
    body = {"name": "Gift card", "program_type": "gift_card", "ref": "gift"}
    made = shop.admin.ok("POST", "programs", body)
    asked = shop.order(("A", "1"), coupon={"points": "4.125"})
    problem = shop.admin.call("POST", f"programs/{made['id']}/try", asked)
    assert [one["code"] for one in problem["errors"]] == ["too_precise"]


def test_no_coupon_is_shown_for_a_program_that_takes_none(shop: Shop) -> None:
    made = draft(shop)
    body = shop.order(("A", "1"), coupon={})
    problem = shop.admin.call("POST", f"programs/{made['id']}/try", body)
    assert (shop.admin.status, problem["code"]) == (422, "coupons_not_for_program")


def test_a_draft_with_gaps_says_what_it_needs(shop: Shop) -> None:
    made = draft(shop, rewards=[])
    before = rows()
    problem = shop.admin.call("POST", f"programs/{made['id']}/try", shop.order(("A", "1")))
    assert (shop.admin.status, problem["code"]) == (422, "program_incomplete")
    assert [one["pointer"] for one in problem["facts"]["missing"]] == ["/rewards"]
    bad = shop.order(("A", "1"), draft={"rewards": [discount("150")]})
    problem = shop.admin.call("POST", f"programs/{made['id']}/try", bad)
    assert (shop.admin.status, problem["code"]) == (400, "invalid")
    assert rows() == before


def test_wrong_codes_of_trials_are_not_counted(shop: Shop, settings: Any) -> None:
    settings.WRONG_CODES_PER_POS = 2
    made = draft(shop)
    for number in range(5):
        tried = attempt(shop, made, ("A", "1"), codes=[f"NOPE{number}"])
        assert tried["receipt"]["codes"][0]["reason"] == "unknown"
    quoted = shop.quote(("A", "1"), codes=["NOPE"])
    assert quoted["codes"][0]["status"] == "rejected"


def test_only_marketing_and_admins_try(shop: Shop) -> None:
    made = draft(shop)
    manager = Api(create_token(username="mia", role=Role.MANAGER).key)
    manager.call("POST", f"programs/{made['id']}/try", shop.order(("A", "1")))
    assert manager.status == 403
    marketing = Api(create_token(username="max", role=Role.MARKETING).key)
    assert marketing.ok("POST", f"programs/{made['id']}/try", shop.order(("A", "1")))
    shop.admin.call("POST", "programs/999999/try", shop.order(("A", "1")))
    assert shop.admin.status == 404
    assert PromotionProgram.objects.get().state == "draft"
