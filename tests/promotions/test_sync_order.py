"""Orders of tills that had no line: POST /orders/sync."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from promotions.models import CatalogVersion, Order
from tests.promotions.offline import HOUR, NOW, long_in_force, sold, sync
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00")
    return shop


def test_an_offline_order_is_committed_as_of_its_sale(shop):
    shop.member("ann", points="0")
    shop.program(
        "loyalty",
        loyalty_program="club",
        rules=[{"reward_point_mode": "money", "reward_point_amount": "1"}],
    )
    long_in_force()
    body = sold(shop, ("A", "1"), partner="ann")
    (result,) = sync(shop, body)
    assert (result["ref"], result["status"], result["problem"]) == ("O-1", "committed", None)
    assert result["order"]["points"][0]["earned"] == "100"
    assert "charge" not in result["order"]
    order = Order.objects.get()
    assert order.ordered_at == datetime.fromisoformat(body["at"])
    assert (order.total, order.decided_total) == (100, None)
    assert shop.till.ok("GET", "orders/O-1") == result["order"] | {"returns": []}


def test_one_bad_order_stops_no_other(shop):
    good = [sold(shop, ("A", "1"), ref=f"good-{n}") for n in range(3)]
    bad = [
        sold(shop, ("A", "0"), ref="bad-qty"),
        {"ref": "bad-shape", "lines": "none"},
        "not even an order",
        sold(shop, ("X", "1"), ref="bad-sku"),
        sold(shop, ("A", "1"), ref="bad-pos") | {"pos_config": "other"},
        sold(shop, ("A", "1"), ref="bad-partner", partner="nobody"),
        sold(shop, ("A", "1"), ref="too-late", ago=73 * HOUR),
        sold(shop, ("A", "1"), ref="ahead", ago=-HOUR),
        shop.order(("A", "1"), ref="no-time"),
    ]
    answer = shop.till.ok(
        "POST", "orders/sync", {"orders": [good[0], *bad[:5], good[1], *bad[5:], good[2]]}
    )
    assert (answer["committed"], answer["replayed"], answer["refused"]) == (3, 0, 9)
    told = {one["ref"]: one["problem"] and one["problem"]["code"] for one in answer["results"]}
    assert told == {
        "good-0": None,
        "bad-qty": "invalid",
        "bad-shape": "invalid",
        None: "invalid",
        "bad-sku": "unknown_product",
        "bad-pos": "pos_config_not_found",
        "good-1": None,
        "bad-partner": "partner_not_found",
        "too-late": "at_out_of_range",
        "ahead": "at_out_of_range",
        "no-time": "invalid",
        "good-2": None,
    }
    assert answer["results"][1]["problem"]["errors"][0]["pointer"] == "/lines/0/qty"
    assert answer["results"][4]["problem"]["facts"] == {"skus": ["X"]}
    refs = Order.objects.order_by("id").values_list("ref", flat=True)
    assert list(refs) == ["good-0", "good-1", "good-2"]


def test_a_bug_in_one_order_stops_no_other(shop, monkeypatch):
    from promotions.api import order_sync
    from promotions.services.sync_order import sync_order

    def breaks(*, order, now, user_id):
        if order.ref == "O-2":
            raise ZeroDivisionError
        return sync_order(order=order, now=now, user_id=user_id)

    monkeypatch.setattr(order_sync, "sync_order", breaks)
    results = sync(shop, *(sold(shop, ("A", "1"), ref=f"O-{n}") for n in (1, 2, 3)))
    assert [one["status"] for one in results] == ["committed", "refused", "committed"]
    assert results[1]["problem"]["code"] == "internal_error"


def test_the_same_orders_again_get_their_first_answers(shop):
    orders = [sold(shop, ("A", "1"), ref=f"O-{n}", charged_total="100.00") for n in (1, 2)]
    first = sync(shop, *orders)
    shop.percent_off("10")
    again = sync(shop, *orders, orders[0] | {"lines": [{"sku": "B", "qty": "1"}]})
    assert [one["status"] for one in again] == ["replayed", "replayed", "refused"]
    assert [one["order"] for one in again[:2]] == [one["order"] for one in first]
    assert again[2]["problem"]["code"] == "idempotency_key_reused"
    assert Order.objects.count() == 2


def test_an_order_whose_commit_was_not_answered_is_found_again(shop):
    body = shop.order(("A", "1"), ref="O-1", expected_total="100.00")
    shop.till.ok("POST", "orders", body)
    shop.till.ok("POST", "orders", shop.order(("A", "1"), ref="O-2"))
    later = [
        sold(shop, ("A", "1"), ref=ref, charged_total="100.00", ago=NOW) for ref in
        ("O-1", "O-2")
    ]  # fmt: skip
    assert [one["status"] for one in sync(shop, *later)] == ["replayed", "replayed"]
    assert Order.objects.count() == 2


def test_programs_count_as_they_were_in_force_at_the_sale(shop):
    made = shop.percent_off("10")
    long_in_force()
    shop.admin.ok("POST", f"programs/{made['id']}/pause")
    shop.percent_off("20", name="Too late")
    (result,) = sync(shop, sold(shop, ("A", "1")))
    assert result["order"]["total"] == "90.00"
    assert [one["program"] for one in result["order"]["rewards"]] == [made["id"]]
    assert shop.commit(("A", "1"))["total"] == "80.00"


def test_dates_and_hours_count_as_of_the_sale(shop):
    shop.percent_off("10", date_to=(timezone.now() - 12 * HOUR).isoformat())
    long_in_force()
    results = sync(
        shop,
        sold(shop, ("A", "1"), ref="in-time", ago=20 * HOUR),
        sold(shop, ("A", "1"), ref="after", ago=2 * HOUR),
    )
    assert [one["order"]["total"] for one in results] == ["90.00", "100.00"]


def test_the_version_of_the_tills_bundle_goes_before_the_time(shop):
    version = shop.quote(("A", "1"))["catalog_version"]
    long_in_force()
    shop.percent_off("10")
    body = sold(shop, ("A", "1"), ago=NOW, catalog_version=version)
    (result,) = sync(shop, body)
    assert (result["order"]["total"], result["order"]["catalog_version"]) == ("100.00", version)


@pytest.mark.parametrize("known", [True, False])
def test_a_version_replaced_too_long_before_the_sale_is_refused(shop, known):
    version = shop.quote(("A", "1"))["catalog_version"]
    shop.percent_off("10")
    ages = timezone.now() - timedelta(days=9)
    CatalogVersion.objects.update(since=ages)
    (result,) = sync(shop, sold(shop, ("A", "1"), catalog_version=version if known else 10**6))
    assert result["problem"]["code"] == "catalog_version_out_of_range"
    assert not Order.objects.exists()


def test_goods_withdrawn_since_the_sale_are_still_known(shop):
    shop.admin.ok("PUT", "products/A", {"name": "A", "price": "100.00", "active": False})
    (result,) = sync(shop, sold(shop, ("A", "1"), charged_total="100.00"))
    assert result["status"] == "committed"
    shop.till.call("POST", "orders", shop.order(("A", "1"), ref="now"))
    assert shop.till.status == 422


@pytest.mark.parametrize("count", [0, 501])
def test_one_to_500_orders_come_at_once(shop, count):
    answer = shop.till.call("POST", "orders/sync", {"orders": [{}] * count})
    assert (shop.till.status, answer["code"]) == (400, "invalid")
    assert answer["errors"][0]["pointer"] == "/orders"
    assert shop.till.ok("POST", "orders/sync", {"orders": [{}] * 500})["refused"] == 500
