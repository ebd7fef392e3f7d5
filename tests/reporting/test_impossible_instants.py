"""Instants that no shop can mean stop nothing: the rest is reported as if they were not there."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from promotions.models import Order
from reporting.archive.details import partitions
from reporting.queries.retention import plan_retention
from reporting.services.load_facts import FactsLoaded
from reporting.services.rebuild_facts import rebuild_facts
from tests.reporting.archives import LATER
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_load_facts import rows

pytestmark = pytest.mark.django_db
# As PostgreSQL writes them: the calendars of Python and of stores end in between.
IMPOSSIBLE = (
    "-infinity",
    "0001-12-31 17:00+00 BC",
    "0026-01-05 09:00+00",
    "2600-01-05 09:00+00",
    "9999-12-31 23:00+00",
    "infinity",
)


def move(ref: str, instant: str) -> None:
    """Make an order one of another time, with its points and returns."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE promotions_order SET ordered_at = %s WHERE ref = %s", (instant, ref))


@pytest.fixture
def torn(shop: ReportedShop) -> ReportedShop:
    """Return a shop with an order of now and one of each impossible instant, none loaded."""
    shop.sell("now", ["tea"])
    for place, instant in enumerate(IMPOSSIBLE):
        shop.sell(f"x{place}", ["tea"])
        move(f"x{place}", instant)
    return shop


def test_orders_of_impossible_instants_make_no_months_and_stop_no_other(
    torn: ReportedShop,
) -> None:
    months = {one.month for one in partitions()}
    report = {"date_from": "2026-01-01", "date_to": "2027-12-31"}

    assert torn.load().order_facts == 1 + len(IMPOSSIBLE)

    assert len({one.month for one in partitions()} - months) <= 1
    (sales,) = torn.report("sales", **report, group_by="month")
    assert sales["orders"] == 1
    assert torn.load() == FactsLoaded(0, 0, 0)
    assert rows("SELECT count(*) FROM order_report_detail_before") == [(3,)]
    assert rows("SELECT count(*) FROM order_report_detail_after") == [(3,)]


def test_rebuilding_everything_goes_through_the_months_of_a_calendar(torn: ReportedShop) -> None:
    torn.load()
    before = torn.report("sales", group_by="day")
    told = io.StringIO()

    call_command("rebuild_reports", stdout=told)

    assert "1 of orders" in told.getvalue()
    assert torn.report("sales", group_by="day") == before
    today = Order.objects.get(ref="now").ordered_at.date()
    span: dict[str, Any] = {"since": today - timedelta(1), "until": today + timedelta(1)}
    assert rebuild_facts(**span).order_facts == 1


def test_retention_leaves_what_is_in_no_month(torn: ReportedShop) -> None:
    torn.load()

    planned = plan_retention(LATER)

    assert {one.name[-8] for one in planned.partitions} == {"_"}
    assert {one.name for one in planned.partitions} <= {one.name for one in partitions()}
    assert not [one for one in partitions() if one.name.endswith(("before", "after"))]
