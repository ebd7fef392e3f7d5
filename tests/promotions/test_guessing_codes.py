"""Codes as customers type them, and what becomes of those who guess."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.models import Partner
from promotions.models import Coupon, Order, PosConfig
from promotions.services.commit_order import commit_order
from tests.promotions.offline import sold, sync
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db
RIGHT = "SUMMER-ZOO"


@pytest.fixture
def shop(settings: Any) -> Shop:
    """Give a store whose till may enter three wrong codes, and each customer two."""
    settings.WRONG_CODES_PER_POS, settings.WRONG_CODES_PER_PARTNER = 3, 2
    shop = Shop(currency="USD")
    shop.products(A="10.00")
    shop.program("promo_code", rules=[{"code": RIGHT}], rewards=[discount("10")])
    return shop


def ask(shop: Shop, path: str, *codes: str, **fields: Any) -> Json:
    """Quote or commit a basket with codes."""
    return shop.till.call("POST", path, shop.order(("A", "1"), codes=codes, **fields))


@pytest.mark.parametrize("typed", ["SUMMER-ZOO", "summer zoo", "Summer-Z00", "SUMMER 2oo"])
def test_a_code_that_staff_thought_of_is_found_however_it_is_typed(shop: Shop, typed: str) -> None:
    answer = shop.quote(("A", "1"), codes=[typed])
    assert answer["codes"][0]["status"] == "applied"
    assert answer["total"] == "9.00"


def test_coupons_and_gift_cards_with_codes_of_staff_too(shop: Shop) -> None:
    coupons = shop.program("coupons", rewards=[discount("2", "fixed")])
    shop.admin.ok("POST", f"programs/{coupons['id']}/coupons", {"codes": ["HELLO-OIL"]})
    cards = shop.program("gift_card", ref="gift")
    body = {"codes": ["GIFT-ZOO"], "points": "5"}
    shop.admin.ok("POST", f"programs/{cards['id']}/coupons", body)
    answer = shop.quote(("A", "1"), codes=["he110 0i1", "g1ft 2oo"])
    assert [one["status"] for one in answer["codes"]] == ["applied", "applied"]
    assert (answer["total"], answer["amount_due"]) == ("8.00", "3.00")
    assert shop.till.ok("GET", "cards/g1ft-zo0")["code"] == "GIFT-ZOO"


def test_codes_that_differ_only_in_look_alikes_are_one_code(shop: Shop) -> None:
    coupons = shop.program("coupons", rewards=[discount("2", "fixed")])
    body = {"codes": ["SUMMER-200"]}
    problem = shop.admin.call("POST", f"programs/{coupons['id']}/coupons", body)
    assert (shop.admin.status, problem["code"]) == (409, "code_taken")
    assert problem["facts"]["codes"] == ["SUMMER-200"]
    assert not Coupon.objects.exists()


@pytest.mark.parametrize("path", ["orders/quote", "orders"])
def test_a_till_that_guesses_is_refused_right_codes_too(shop: Shop, path: str) -> None:
    for number in range(3):
        ask(shop, path, f"NOPE-{number}", ref=f"r{number}")
        assert shop.till.status in (200, 201)
    orders = Order.objects.count()
    for again in ("orders/quote", "orders"):
        problem = ask(shop, again, RIGHT, ref="after")
        assert (shop.till.status, problem["code"]) == (429, "too_many_wrong_codes")
        assert problem["facts"]["retry_after_seconds"] > 0
    problem = shop.till.call("GET", "cards/whatever")
    assert (shop.till.status, problem["code"]) == (429, "too_many_wrong_codes")
    assert Order.objects.count() == orders
    assert shop.quote(("A", "1"))["total"] == "10.00"


def test_cards_that_a_till_asks_for_count_as_codes(shop: Shop) -> None:
    for number in range(3):
        shop.till.call("GET", f"cards/NOPE-{number}")
        assert shop.till.status == 404
    assert ask(shop, "orders/quote", RIGHT)["code"] == "too_many_wrong_codes"
    for path in ("cards/x", "cards/x/balance", "cards/x/history"):
        shop.till.call("GET", path)
        assert shop.till.status == 429
    shop.till.call("POST", "cards/x/redeem", {"points": "1", "origin": "r"})
    assert shop.till.status == 429


def test_naming_the_store_by_its_id_gives_no_second_count(shop: Shop) -> None:
    main = PosConfig.objects.get()
    for number in range(3):
        ask(shop, "orders/quote", f"NOPE-{number}", pos_config=main.pk if number % 2 else main.ref)
    assert ask(shop, "orders/quote", RIGHT, pos_config=main.pk)["code"] == "too_many_wrong_codes"


def test_a_customer_who_guesses_is_refused_at_every_till(shop: Shop, settings: Any) -> None:
    settings.WRONG_CODES_PER_POS = 100
    shop.member("ann")
    ann = Partner.objects.get()
    ask(shop, "orders/quote", "NOPE-1", partner="ann")
    shop.admin.ok(
        "POST", "orders", shop.order(("A", "1"), codes=["NOPE-2"], partner=ann.pk, ref="r1")
    )
    shop.admin.ok("PUT", "pos-configs/branch", {"name": "Branch", "currency": "USD"})
    for partner in ("ann", ann.pk):
        body = shop.order(("A", "1"), codes=[RIGHT], partner=partner) | {"pos_config": "branch"}
        problem = shop.admin.call("POST", "orders/quote", body)
        assert (shop.admin.status, problem["code"]) == (429, "too_many_wrong_codes")
    assert shop.quote(("A", "1"), codes=[RIGHT])["total"] == "9.00"


def test_a_right_code_that_is_spent_or_not_yet_valid_is_no_guess(shop: Shop) -> None:
    coupons = shop.program("coupons", rewards=[discount("2", "fixed")], date_from="2999-01-01")
    body = {"count": 1}
    code = shop.admin.ok("POST", f"programs/{coupons['id']}/coupons", body)["codes"][0]
    for _ in range(5):
        assert ask(shop, "orders/quote", code)["codes"][0]["reason"] == "not_started"
        assert shop.till.status == 200


@pytest.mark.parametrize("impossible", ["expected_total", "claims"])
def test_a_refused_order_tells_of_no_more_codes_than_a_quote(shop: Shop, impossible: str) -> None:
    free = shop.program(
        rules=[{"minimum_amount": "900"}],
        rewards=[{"reward_type": "product", "product": {"products": ["A"]}}],
    )
    claim = {"program": free["id"], "reward": free["rewards"][0]["id"]}
    meant = {"expected_total": "1.23"} if impossible == "expected_total" else {"claims": [claim]}
    wanted = "quote_changed" if impossible == "expected_total" else "claim_refused"
    for number in range(2):
        codes = [f"NOPE-{number}-{one}" for one in range(2)]
        assert ask(shop, "orders", *codes, ref=f"r{number}", **meant)["code"] == wanted
    for again in ("orders/quote", "orders"):
        problem = ask(shop, again, RIGHT, ref="after", **meant)
        assert (shop.till.status, problem["code"]) == (429, "too_many_wrong_codes")
    assert not Order.objects.exists()


def test_a_refused_order_that_goes_past_the_limit_is_not_told_what_became_of_its_codes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(**given: Any) -> Any:
        ask(shop, "orders/quote", "NOPE-1", "NOPE-2", "NOPE-3")
        return commit_order(**given)

    monkeypatch.setattr("promotions.api.selling.commit_order", meanwhile)
    problem = ask(shop, "orders", RIGHT, "NOPE-4", ref="r1", expected_total="1.23")
    assert (problem["code"], list(problem["facts"])) == (
        "too_many_wrong_codes",
        ["retry_after_seconds"],
    )


def test_orders_of_an_offline_till_are_guesses_too_committed_or_refused(shop: Shop) -> None:
    bodies = [
        sold(shop, ("A", "1"), ref=f"r{number}", codes=[f"NOPE-{number}"]) for number in range(3)
    ]
    bodies[0]["expected_total"] = bodies[2]["expected_total"] = "1.23"
    after = sold(shop, ("A", "1"), ref="after", codes=[RIGHT], expected_total="1.23")
    results = sync(shop, *bodies, after, sold(shop, ("A", "1"), ref="none"))
    assert [one["problem"] and one["problem"]["code"] for one in results] == [
        "quote_changed", None, "quote_changed", "too_many_wrong_codes", None
    ]  # fmt: skip
    assert [one.ref for one in Order.objects.order_by("id")] == ["r1", "none"]
    assert ask(shop, "orders/quote", RIGHT)["code"] == "too_many_wrong_codes"
