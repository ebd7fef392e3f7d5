"""Facts are additive, come once, and are the same however they are loaded."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from promotions.models import Order
from reporting.services.load_facts import FactsLoaded
from tests.reporting.conftest import ReportedShop

pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_a_sale_gives_a_row_per_line_and_program_that_add_up(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")

    loaded = shop.load()

    assert loaded == FactsLoaded(promotion_facts=3, order_facts=1, point_facts=1)
    assert rows(
        "SELECT p.ref, d.orders, d.order_amount, d.qty, d.amount, d.discount, d.points_earned "
        "FROM promotion_report_daily d JOIN promotions_promotionprogram p ON p.id = d.program_id "
        "ORDER BY p.ref"
    ) == [("club", 1, 28, 4, 28, 0, 28), ("tea10", 1, 28, 2, 18, 2, 0)]
    assert rows("SELECT orders, qty, amount, discount FROM order_report_hourly") == [(1, 4, 28, 2)]
    assert rows("SELECT points_earned, points_amount FROM point_report_hourly") == [(28, 28)]


def test_loading_again_changes_nothing(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()
    before = rows("SELECT * FROM promotion_report_daily ORDER BY 1")

    assert shop.load() == FactsLoaded(0, 0, 0)
    assert rows("SELECT * FROM promotion_report_daily ORDER BY 1") == before


def test_returns_in_parts_take_back_all_of_it(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()
    for line_id, qty in (("1", "1"), ("2", "2"), ("1", "1")):
        shop.give_back("one", line_id, qty)
        shop.load()

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


def test_a_program_is_in_force_only_while_it_is_published(shop: ReportedShop) -> None:
    shop.sell("one", ["cup"])
    tea = shop.admin.ok("GET", "programs/tea10")["id"]
    shop.admin.ok("POST", f"programs/{tea}/pause")
    shop.sell("two", ["cup"])
    shop.load()

    counted = rows(
        "SELECT p.ref, sum(h.orders) FROM order_report_hourly h "
        "JOIN program_force_set f ON f.id = h.force_set_id "
        "JOIN promotions_promotionprogram p ON p.id = ANY(f.program_ids) GROUP BY 1 ORDER BY 1"
    )
    assert counted == [("club", Decimal(2)), ("tea10", Decimal(1))]


def test_months_far_apart_make_the_partitions_of_these_months_alone(shop: ReportedShop) -> None:
    shop.sell("now", ["tea"])
    shop.load()
    shop.sell("old", ["tea"])
    Order.objects.filter(ref="old").update(ordered_at=datetime(1991, 5, 5, tzinfo=UTC))
    ever = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'order_report_detail'::regclass"
    ((before,),) = rows(ever)
    assert shop.load().order_facts == 1
    assert rows(ever) == [(before + 1,)]
