"""A decimal string is plain: ASCII digits with at most one point; nothing else is guessed at."""

from decimal import Decimal

import pytest

from core.numbers import read_plain
from loyalty.models import PointOperation
from promotions.models import Coupon, Order, Product, PromotionProgram
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db

UNPLAIN = ["1_000", " 1 ", "+1", "1e5", "٣", "NaN", "Infinity", "", "1.", ".5", "1\n", "9" * 70]


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00")
    return shop


def refused_at(api, method, path, body):
    answer = api.call(method, path, body)
    assert (api.status, answer["code"]) == (400, "invalid"), answer
    return [one["pointer"] for one in answer["errors"]]


@pytest.mark.parametrize("text", ["0", "-0.5", "10.50", "0001", "123456789012.0001"])
def test_a_plain_decimal_string_is_its_number(text):
    assert read_plain(text) == Decimal(text)


@pytest.mark.parametrize("text", UNPLAIN)
def test_an_order_with_another_writing_of_a_number_is_refused(shop, text):
    for order, pointer in (
        (shop.order(("A", text), ref="R"), "/lines/0/qty"),
        (shop.order(("A", "1"), ref="R", expected_total=text), "/expected_total"),
    ):
        assert refused_at(shop.till, "POST", "orders/quote", order) == [pointer]
        assert refused_at(shop.till, "POST", "orders", order) == [pointer]
    late = {**shop.order(("A", "1"), ref="R"), "at": "2026-01-01T00:00:00Z", "charged_total": text}
    (result,) = shop.till.ok("POST", "orders/sync", {"orders": [late]})["results"]
    assert result["problem"]["errors"][0]["pointer"] == "/charged_total"
    assert not Order.objects.exists()


@pytest.mark.parametrize("text", UNPLAIN)
def test_what_is_set_up_with_another_writing_of_a_number_is_refused(shop, text):
    product = {"name": "B", "price": text}
    assert refused_at(shop.admin, "PUT", "products/B", product) == ["/price"]
    program = {"program_type": "promotion", "name": "p", "rewards": [discount(text)]}
    assert refused_at(shop.admin, "POST", "programs", program) == ["/rewards/0/discount/value"]
    assert not Product.objects.filter(sku="B").exists()
    assert not PromotionProgram.objects.exists()
    coupons = shop.program("coupons", name="c", rewards=[discount("10")])
    asked = {"count": 1, "points": text}
    path = f"programs/{coupons['id']}/coupons"
    assert refused_at(shop.admin, "POST", path, asked) == ["/points"]
    assert not Coupon.objects.exists()


@pytest.mark.parametrize("text", UNPLAIN)
def test_points_with_another_writing_of_a_number_are_refused(shop, text):
    shop.member("ann", points="5")
    before = PointOperation.objects.count()
    body = {"points": text, "origin": "a test"}
    assert refused_at(shop.till, "POST", "cards/club-ann/redeem", body) == ["/points"]
    assert PointOperation.objects.count() == before


def test_json_numbers_are_read_as_they_stand(shop):
    order = shop.order(("A", "1"))
    order["lines"][0] |= {"qty": 2, "unit_price": 10.10}
    assert shop.till.ok("POST", "orders/quote", order)["total"] == "20.20"
    order["lines"][0]["qty"] = True
    assert refused_at(shop.till, "POST", "orders/quote", order) == ["/lines/0/qty"]
