"""A till without a line answers what the server answers, to the last key."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
import pytest
from django.utils import timezone

from tests.promotions.bundle.till import OfflineTill, customer
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """A shop with a program of every type and every kind of reward."""
    shop = Shop(currency="IDR", time_zone="Asia/Jakarta", discount_rounding="down")
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other", "currency": "IDR"})
    goods = [("A", "Drinks > Coffee"), ("B", "Drinks"), ("C", "Food"), ("D", None), ("E", None)]
    for number, (sku, category) in enumerate(goods, start=1):
        body: Json = {"name": f"Kopi “{sku}”", "price": str(12_500 * number), "tags": [sku.lower()]}
        if category:
            body["category"] = category
        shop.admin.ok("PUT", f"products/{sku}", body)
    shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "gold"})
    shop.admin.ok("PUT", "cards/club-ann", {"loyalty_program": "club", "partner": "ann"})
    shop.admin.ok("POST", "cards/club-ann/earn", {"points": "120", "origin": "gift"})
    for fields in programs():
        shop.program(**fields)
    return shop


def programs() -> list[Json]:
    special = {
        "reward_type": "special_price",
        "special_price": {"products": ["A"], "price": "9000"},
    }
    slots = [{"products": ["C"], "qty": "1"}, {"tags": ["d"], "qty": "1"}]
    steps = [{"from": "0", "percent": "2"}, {"from": "4", "percent": "5"}]
    in_steps = {
        "reward_type": "multiple_discount",
        "steps": {"mode": "tier", "by": "qty", "steps": steps, "products": ["B"]},
    }
    return [
        {"name": "Kopi murah", "rules": [{"categories": ["Drinks"]}], "rewards": [special]},
        {"rewards": [{"reward_type": "special_set",
                      "special_set": {"slots": slots, "price": "70000"}}]},
        {"rewards": [in_steps], "limit_usage": 3},
        {"rewards": [discount("7", applies_to="cheapest")], "limit_per_partner": 2},
        {"program_type": "buy_x_get_y",
         "rules": [{"products": ["B"]}],
         "rewards": [{"reward_type": "product", "required_points": "2",
                      "product": {"products": ["B", "D"], "qty": "1"}}]},
        {"program_type": "promo_code", "rules": [{"code": "HEMAT"}], "rewards": [discount("10")]},
        {"program_type": "promo_code", "rules": [{"code": "ELSEWHERE"}], "pos_configs": ["other"],
         "rewards": [discount("10")]},
        {"program_type": "coupons", "ref": "coupons", "rewards": [discount("15")]},
        {"program_type": "next_order_coupons", "rules": [{"minimum_amount": "100000"}],
         "rewards": [discount("5000", "fixed")]},
        {"program_type": "loyalty", "loyalty_program": "club", "ref": "club",
         "rules": [{"reward_point_mode": "money", "reward_point_amount": "0.001"},
                   {"reward_point_mode": "money", "reward_point_amount": "0.0005",
                    "membership": "gold"}],
         "rewards": [discount("10") | {"required_points": "50"},
                     discount("100", "per_point"),
                     {"reward_type": "point", "points": {"multiplier": "2"}}]},
        {"program_type": "gift_card", "ref": "gift", "rules": [{"products": ["E"]}]},
        {"program_type": "ewallet", "ref": "purse"},
        {"name": "Sore", "rewards": [discount("3")], "schedule": [
            {"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "17:00", "end": "19:00"}]},
        {"name": "Besar", "rules": [{"minimum_amount": "900000"}], "rewards": [discount("20")]},
    ]  # fmt: skip


def orders(shop: Shop) -> dict[str, Json]:
    """Orders that reach every part of an answer."""
    url = "programs/coupons/coupons"
    (coupon,) = shop.admin.ok("POST", url, {"count": 1})["codes"]
    gift_url = "programs/gift/coupons"
    (gift,) = shop.admin.ok("POST", gift_url, {"count": 1, "points": "30000"})["codes"]
    club = shop.admin.ok("GET", "programs/club")
    claims = [
        {"program": "club", "reward": club["rewards"][0]["id"]},
        {"program": club["id"], "reward": club["rewards"][1]["id"], "points": "40"},
    ]
    basket = (("A", "3"), ("B", "5.5"), ("C", "2"), ("D", "1"), ("E", "1"))
    today = timezone.now().replace(hour=10, minute=30)
    evening = (today if today > timezone.now() else today + timedelta(days=1)).isoformat()
    return {
        "one line": shop.order(("A", "1"), ref="R-1"),
        "everything": shop.order(*basket),
        "a member": shop.order(*basket, partner="ann"),
        "claims": shop.order(*basket, partner="ann", claims=claims),
        "codes": shop.order(
            *basket, partner="ann", codes=["hemat", coupon.lower(), gift, "ELSEWHERE", "nonsense"]
        ),
        "evening": shop.order(*basket) | {"at": evening},
        "own prices": {
            "pos_config": "main",
            "lines": [
                {"sku": "A", "qty": "2", "unit_price": "99.5", "line_id": "x"},
                {"sku": "D", "qty": "1", "unit_price": "-5000"},
            ],
        },
    }


def test_the_whole_answer_is_the_servers(shop: Shop, tmp_path) -> None:
    till = OfflineTill(tmp_path, shop)
    for name, order in orders(shop).items():
        at = order.get("at") or (timezone.now() + timedelta(seconds=1)).isoformat()
        order["at"] = at
        wallet = customer(order, datetime.fromisoformat(at))
        # A process each: the languages differ in descriptions alone.
        for language in ("en", "id") if name == "everything" else ("en",):
            told = shop.admin.ok("POST", "orders/quote?explain=1", order, Accept_Language=language)
            # Sentences are made of the trace by the server; everything else is compared.
            assert told.pop("explanation")
            said = till.quote(order, "--explain", "--language", language, wallet=wallet)
            assert said == told, f"{name}, {language}"


def test_limits_count_as_when_the_bundle_was_made(shop: Shop, tmp_path) -> None:
    for _ in range(3):
        shop.commit(("B", "4"))
    till = OfflineTill(tmp_path, shop)
    order = shop.order(("B", "4"))
    assert till.quote(order) == shop.admin.ok("POST", "orders/quote", order)


def test_nobody_is_known_without_a_wallet_and_the_till_says_so(shop: Shop, tmp_path) -> None:
    till = OfflineTill(tmp_path, shop)
    done = till.run(shop.order(("A", "1"), partner="ann"))
    assert done.returncode == 0
    assert "Nobody is known" in done.stderr
    anybody = shop.admin.ok("POST", "orders/quote", shop.order(("A", "1")))
    assert orjson.loads(done.stdout) == anybody
