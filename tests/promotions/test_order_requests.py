"""What a till may send with an order: its reference, and an Idempotency-Key on top of it."""

import pytest

from access.models import IdempotentRequest
from promotions.models import Coupon, Order
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00")
    return shop


@pytest.mark.parametrize("ref", ["R\n", "R\x00", "/R", "R/", "/", "", "R" * 65])
def test_an_order_whose_ref_no_address_could_hold_is_refused(shop, ref):
    answer = shop.till.call("POST", "orders", shop.order(("A", "1"), ref=ref))
    assert (shop.till.status, answer["code"]) == (400, "invalid")
    assert [one["pointer"] for one in answer["errors"]] == ["/ref"]
    assert "regex" not in answer["detail"]
    assert not Order.objects.exists()


def test_a_ref_that_was_committed_is_found_at_its_address(shop):
    shop.commit(("A", "1"), ref="Shop 1/0042")
    assert shop.till.ok("GET", "orders/Shop%201/0042")["ref"] == "Shop 1/0042"


def test_a_key_on_an_order_answers_the_same_order_again(shop):
    body = shop.order(("A", "1"), ref="R")
    first = shop.till.ok("POST", "orders", body, Idempotency_Key="k")
    assert "Idempotent-Replay" not in shop.till.headers
    again = shop.till.ok("POST", "orders", body, Idempotency_Key="k")
    assert shop.till.headers["Idempotent-Replay"] == "true"
    assert list(again.items()) == list(first.items())
    without = shop.till.ok("POST", "orders", body)
    assert (without, shop.till.headers["Idempotent-Replay"]) == (first, "true")
    assert Order.objects.count() == 1


def test_the_key_of_one_order_commits_no_other(shop):
    shop.till.ok("POST", "orders", shop.order(("A", "1"), ref="R"), Idempotency_Key="k")
    answer = shop.till.call("POST", "orders", shop.order(("A", "1"), ref="S"), Idempotency_Key="k")
    assert (shop.till.status, answer["code"]) == (409, "idempotency_key_reused")
    assert answer["facts"] == {"idempotency_key": "k"}
    assert [order.ref for order in Order.objects.all()] == ["R"]


def test_a_refused_order_keeps_neither_its_key_nor_its_effects(shop):
    program = shop.program("coupons", name="c", rewards=[discount("10")])
    (code,) = shop.admin.ok("POST", f"programs/{program['id']}/coupons", {"count": 1})["codes"]
    body = shop.order(("A", "1"), ref="R", codes=[code])
    refused = {**body, "expected_total": "100.00"}
    answer = shop.till.call("POST", "orders", refused, Idempotency_Key="k")
    assert (shop.till.status, answer["code"]) == (409, "quote_changed")
    assert not Order.objects.exists()
    assert not IdempotentRequest.objects.exists()
    assert Coupon.objects.get().points == 1
    shop.till.ok("POST", "orders", body, Idempotency_Key="k")
    assert Order.objects.get().total == 90
