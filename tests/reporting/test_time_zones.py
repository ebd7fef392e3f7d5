"""A store whose time zone is changed: rebuilt days are the days of its present clock."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from loyalty.models import PointOperation
from promotions.models import Order
from reporting.queries.period import GroupBy
from reporting.services.check_reports import check_reports
from reporting.services.rebuild_facts import rebuild_facts
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_load_facts import rows
from tests.reporting.test_reports import SUMMARIES, table

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 11, 8, 1, tzinfo=UTC)
EVERYTHING: dict[str, Any] = {"since": date(2026, 10, 1), "until": date(2026, 12, 31)}
DAY = date(2026, 11, 10)


@pytest.fixture
def moved(shop: ReportedShop) -> ReportedShop:
    """Return a shop that sold every seven hours of some days in Jakarta, and is in Honolulu now."""
    shop.move_to_jakarta()
    for number in range(18):
        shop.sell(f"o-{number}", ["tea", "cup"], partner="ann" if number % 2 else "bob")
        at = FIRST + timedelta(hours=7 * number)
        Order.objects.filter(ref=f"o-{number}").update(ordered_at=at)
    with connection.cursor() as cursor:
        # The ledger's journal is written once; what was moved when is the shop's to say here.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for number, key in enumerate(PointOperation.objects.order_by("id").values_list("pk")):
            cursor.execute(
                "UPDATE loyalty_pointoperation SET transaction_time = %s WHERE id = %s",
                (FIRST + timedelta(hours=7 * number), key[0]),
            )
        cursor.execute("SET LOCAL session_replication_role = origin")
    shop.load()
    shop.admin.ok("PUT", "pos-configs/main", {"name": "Main", "time_zone": "Pacific/Honolulu"})
    return shop


def totals() -> list[tuple[Any, ...]]:
    """Return what all days together come to."""
    return rows(
        "SELECT (SELECT (sum(orders), sum(qty), sum(amount)) FROM order_report_hourly)::text, "
        "(SELECT (sum(orders), sum(qty), sum(amount)) FROM promotion_report_hourly)::text, "
        "(SELECT (sum(orders), sum(qty), sum(amount)) FROM promotion_report_daily)::text, "
        "(SELECT sum(orders) FROM membership_report_customer), "
        "(SELECT sum(orders) FROM promotion_report_customer), "
        "(SELECT sum(points_amount) FROM point_report_hourly)"
    )


def test_a_rebuilt_day_is_that_day_by_the_present_clock(moved: ReportedShop) -> None:
    before = totals()
    assert check_reports(since=DAY, until=DAY, group_by=GroupBy.HOUR).differences

    rebuild_facts(since=DAY, until=DAY)

    assert check_reports(since=DAY, until=DAY, group_by=GroupBy.HOUR).differences == ()
    assert check_reports(since=DAY, until=DAY, group_by=GroupBy.DAY).differences == ()
    assert totals() == before
    # The other days are what their details say: nothing was lost on the way, or counted twice.
    assert rows(
        "SELECT local_time::date, sum(orders), sum(amount) FROM order_report_detail "
        "GROUP BY 1 ORDER BY 1"
    ) == rows(
        "SELECT local_hour::date, sum(orders), sum(amount) FROM order_report_hourly "
        "GROUP BY 1 HAVING sum(orders) <> 0 ORDER BY 1"
    )


def test_days_rebuilt_in_any_order_come_to_what_a_whole_rebuild_does(moved: ReportedShop) -> None:
    for day in (10, 7, 13, 9, 12, 8, 14, 11):
        rebuild_facts(since=date(2026, 11, day), until=date(2026, 11, day))
    by_days = {name: table(name) for name in SUMMARIES}

    rebuild_facts(**EVERYTHING)

    assert {name: table(name) for name in SUMMARIES} == by_days
    days = {"since": date(2026, 11, 7), "until": date(2026, 11, 14)}
    assert check_reports(**days, group_by=GroupBy.DAY).differences == ()


def test_the_command_says_which_days_are_left(moved: ReportedShop) -> None:
    told = io.StringIO()
    call_command("rebuild_reports", since=DAY, until=DAY, stdout=told)
    assert "by the clock their store had before" in told.getvalue()
    assert "--since 2026-11-07 --until 2026-11-13" in told.getvalue()
    told = io.StringIO()
    call_command("rebuild_reports", stdout=told)
    assert "clock" not in told.getvalue()
