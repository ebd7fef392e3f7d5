"""Facts are additive, come once, and are the same however they are loaded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from loyalty.models import PointOperation
from promotions.models import Order, OrderReturn
from reporting.services.load_facts import FactsLoaded, load_facts
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def everything() -> FactsLoaded:
    return load_facts(
        order_ids=list(Order.objects.values_list("pk", flat=True)),
        return_ids=list(OrderReturn.objects.values_list("pk", flat=True)),
        operation_ids=list(PointOperation.objects.values_list("pk", flat=True)),
    )


@pytest.fixture
def shop() -> Shop:
    """Ten percent off tea, and a point for each unit of money paid."""
    shop = Shop()
    shop.products(tea="10.00", cup="5.00")
    shop.member("ann", points="0")
    tea = {"mode": "percent", "value": "10", "applies_to": "specific", "products": ["tea"]}
    shop.admin.ok(
        "POST",
        "programs",
        {
            "ref": "tea10",
            "name": "Tea 10",
            "program_type": "promotion",
            "rules": [{"products": ["tea"]}],
            "rewards": [{"reward_type": "discount", "discount": tea}],
            "publish": True,
        },
    )
    shop.admin.ok(
        "POST",
        "programs",
        {
            "ref": "club",
            "name": "Club",
            "program_type": "loyalty",
            "loyalty_program": "club",
            "rules": [{"reward_point_mode": "money"}],
            "rewards": [],
            "publish": True,
        },
    )
    return shop


def sell(shop: Shop, ref: str, skus: Sequence[str], **order: Any) -> None:
    lines = [{"sku": sku, "qty": "2"} for sku in skus]
    shop.till.ok("POST", "orders", {"ref": ref, "pos_config": "main", "lines": lines, **order})


def test_a_sale_gives_a_row_per_line_and_program_that_add_up(shop: Shop) -> None:
    sell(shop, "one", ["tea", "cup"], partner="ann")

    loaded = everything()

    assert loaded == FactsLoaded(promotion_facts=3, order_facts=1, point_facts=1)
    assert rows(
        "SELECT p.ref, d.orders, d.order_amount, d.qty, d.amount, d.discount, d.points_earned "
        "FROM promotion_report_daily d JOIN promotions_promotionprogram p ON p.id = d.program_id "
        "ORDER BY p.ref"
    ) == [("club", 1, 28, 4, 28, 0, 28), ("tea10", 1, 28, 2, 18, 2, 0)]
    assert rows("SELECT orders, qty, amount, discount FROM order_report_hourly") == [(1, 4, 28, 2)]
    assert rows("SELECT points_earned, points_amount FROM point_report_hourly") == [(28, 28)]


def test_loading_again_changes_nothing(shop: Shop) -> None:
    sell(shop, "one", ["tea", "cup"], partner="ann")
    everything()
    before = rows("SELECT * FROM promotion_report_daily ORDER BY 1")

    assert everything() == FactsLoaded(0, 0, 0)
    assert rows("SELECT * FROM promotion_report_daily ORDER BY 1") == before


def test_returns_in_parts_take_back_all_of_it(shop: Shop) -> None:
    sell(shop, "one", ["tea", "cup"], partner="ann")
    everything()
    for lines in (
        [{"line_id": "1", "qty": "1"}],
        [{"line_id": "2", "qty": "2"}],
        [{"line_id": "1", "qty": "1"}],
    ):
        shop.till.ok("POST", "orders/one/returns", {"lines": lines})
        everything()

    assert (
        rows(
            "SELECT sum(orders), sum(order_amount), sum(qty), sum(amount), sum(discount), "
            "sum(points_earned) FROM promotion_report_daily GROUP BY program_id"
        )
        == [(0, 0, 0, 0, 0, 0)] * 2
    )
    assert rows(
        "SELECT sum(orders), sum(qty), sum(amount), sum(discount) FROM order_report_hourly"
    ) == [(0, 0, 0, 0)]
    assert rows("SELECT sum(points_earned), sum(points_amount) FROM point_report_hourly") == [
        (0, 0)
    ]
    assert rows("SELECT max(orders) FROM promotion_report_customer") == [(0,)]


def test_a_program_is_in_force_only_while_it_is_published(shop: Shop) -> None:
    sell(shop, "one", ["cup"])
    tea = shop.admin.ok("GET", "programs/tea10")["id"]
    shop.admin.ok("POST", f"programs/{tea}/pause")
    sell(shop, "two", ["cup"])
    everything()

    counted = rows(
        "SELECT p.ref, sum(h.orders) FROM order_report_hourly h "
        "JOIN program_force_set f ON f.id = h.force_set_id "
        "JOIN promotions_promotionprogram p ON p.id = ANY(f.program_ids) GROUP BY 1 ORDER BY 1"
    )
    assert counted == [("club", Decimal(2)), ("tea10", Decimal(1))]
