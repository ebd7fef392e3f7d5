"""Programs of an Odoo give at our tills what they gave at its own."""

from __future__ import annotations

from typing import Any

import pytest

from access.caller import Role
from access.services.create_token import create_token
from loyalty.models import LoyaltyProgram
from promotions.models import Coupon, PromotionProgram
from tests.imports.conftest import OdooShop
from tests.imports.test_import_from_odoo import faults
from tests.shop import Api


@pytest.fixture
def api(taken_over: OdooShop, db: None) -> Api:
    """Give the tills that the Odoo's programs are for now."""
    return Api(create_token(username="root", role=Role.ADMIN).key)


def quote(api: Api, *lines: tuple[str, str], pos: str = "odoo:pos:1", **fields: Any) -> Any:
    """Quote a basket at the main street."""
    listed = [{"sku": sku, "qty": qty} for sku, qty in lines]
    return api.ok("POST", "orders/quote", {"pos_config": pos, "lines": listed, **fields})


def program(key: int) -> PromotionProgram:
    """Return the program that a program there became."""
    return PromotionProgram.objects.get(ref=f"odoo:program:{key}")


def test_every_type_of_program_is_in_force(api: Api) -> None:
    kinds = PromotionProgram.objects.filter(state="published").values_list("program_type")
    assert {kind for (kind,) in kinds} == {
        *("promotion", "buy_x_get_y", "coupons", "promo_code", "next_order_coupons"),
        *("loyalty", "gift_card", "ewallet"),
    }
    assert program(11).state == "draft"
    assert program(16).state == "draft"
    assert program(12).limit_usage == 2
    club = LoyaltyProgram.objects.get(ref="odoo:points:6")
    assert (club.unit, club.point_decimals, club.earn_on) == ("Stars", 2, "before_own_rewards")
    assert LoyaltyProgram.objects.get(ref="odoo:points:8").unit == "USD"


def test_what_cannot_be_said_here_is_refused_whole(api: Api) -> None:
    assert faults("programs") == {
        "9": [("rules/0/product_domain", "domain")],
        "10": [("pricelist_ids", "pricelist")],
        "14": [("rules/0/product_ids", "not_imported")],
        "15": [
            ("rules/0/minimum_amount_tax_mode", "untaxed_minimum"),
            ("rewards/0/clear_wallet", "clear_wallet"),
        ],
        "16": [("max_usage", "limit_reached")],
    }
    refs = {f"odoo:program:{key}" for key in (9, 10, 14, 15)}
    assert not PromotionProgram.objects.filter(ref__in=refs).exists()


BASKETS: list[tuple[list[tuple[str, str]], dict[str, Any], str]] = [
    # 10 % off the order from 50 on: 55.00 less 5.50.
    ([("TEA", "11")], {}, "49.50"),
    ([("TEA", "9")], {}, "45.00"),
    # The third is free; with four, 59.60, also 10 % off the 44.70 that are paid.
    ([("BEANS", "3")], {}, "29.80"),
    ([("BEANS", "4")], {}, "40.23"),
    # 10 % off tea alone, by code.
    ([("TEA", "2"), ("CUP-S", "1")], {"codes": ["TEA-10"]}, "17.00"),
    # A coupon of 15 %; of two discounts on the order the better one counts; 20.00 at most.
    ([("TEA", "1")], {"codes": ["0448-coupon"]}, "4.25"),
    ([("TEA", "20")], {"codes": ["0448-coupon"]}, "85.00"),
    ([("TEA", "1")], {"codes": ["0450-coupon"], "partner": "odoo:partner:11"}, "5.00"),
    # A coupon that an earlier order made.
    ([("TEA", "2")], {"codes": ["0455-next"], "partner": "odoo:partner:10"}, "8.50"),
    # Gift cards pay what is on them.
    ([("TEA", "4")], {"codes": ["0445-gift"]}, "7.66"),
    ([("TEA", "4")], {"codes": ["0446-gift"]}, "20.00"),
]


def test_a_basket_comes_to_what_it_came_to_there(api: Api) -> None:
    for lines, fields, due in BASKETS:
        assert quote(api, *lines, **fields)["amount_due"] == due, (lines, fields)


def test_a_member_spends_points_and_wallet(api: Api) -> None:
    for key, due in ((6, "5.00"), (8, "0.00")):
        reward = program(key).rewards.get()
        claim = {"program": f"odoo:program:{key}", "reward": reward.pk}
        receipt = quote(api, ("TEA", "2"), partner="odoo:partner:10", claims=[claim])
        assert receipt["amount_due"] == due


def test_an_order_earns_points_and_a_coupon_for_the_next(api: Api) -> None:
    order = {
        "ref": "first",
        "pos_config": "odoo:pos:1",
        "partner": "odoo:partner:10",
        "lines": [{"sku": "TEA", "qty": "20"}],
    }
    receipt = api.ok("POST", "orders", order)
    assert receipt["amount_due"] == "90.00"
    assert api.ok("GET", "cards/0441-a1b2-c3d4/balance")["balance"] == "213.45"
    assert len(receipt["coupons_issued"]) == 1
    assert Coupon.objects.filter(program=program(5)).count() == 2


def test_a_program_for_sales_alone_is_given_there_alone(api: Api) -> None:
    treat = program(13)
    assert set(treat.pos_configs.values_list("ref", flat=True)) == {"odoo:sales:1"}
    reward = treat.rewards.get()
    claim = [{"program": "odoo:program:13", "reward": reward.pk, "product": "CUP-L"}]
    given = quote(api, ("BEANS", "1"), pos="odoo:sales:1", claims=claim)
    assert [(one["sku"], one["qty"]) for one in given["free_items"]] == [("CUP-L", "1")]
