"""Who is counted: members with an order of the span that did not come back whole in it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from access.caller import Role
from access.services.create_token import create_token
from reporting.queries.period import GroupBy
from reporting.services.check_reports import check_reports
from tests.reporting.conftest import ReportedShop
from tests.shop import Api


@pytest.fixture
def today(mid_month: None, shop: ReportedShop) -> date:
    """Return the store's day on which ann gave an older order back and bought something new."""
    shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "gold"})
    before = timezone.now() - timedelta(hours=60)
    shop.sell("old", ["tea"], partner="ann", at=before.isoformat())
    shop.give_back("old", "1", "2")
    shop.sell("new", ["tea"], partner="ann")
    shop.sell("regretted", ["tea"], partner="bob")
    shop.give_back("regretted", "1", "2")
    shop.load()
    return timezone.localdate()


def counted(shop: ReportedShop, since: date, until: date) -> dict[str, int]:
    """Return how many members each report counts on some days, both included."""
    days = {"date_from": since.isoformat(), "date_to": until.isoformat()}
    asked = {**days, "program_id": "tea10", "unique_customers": "true"}
    (program,) = shop.report("promotions/performance", group_by="month", **asked)
    (leader,) = shop.report("promotions/leaderboard", **days)[:1]
    levels = shop.report("membership/analytics", group_by="month", **days)
    return {
        "transactions": program["total_transactions"],
        "unique_customers": program["unique_customers"],
        "leaderboard": leader["members"],
        "active": sum(row["active_members"] for row in levels),
    }


def test_what_comes_back_of_an_older_order_takes_nobody_away(
    shop: ReportedShop, today: date
) -> None:
    assert counted(shop, today, today) == {
        "transactions": 0,  # one order more, one less
        "unique_customers": 1,
        "leaderboard": 1,
        "active": 1,
    }


def test_the_day_of_the_sale_stays_as_it_was(shop: ReportedShop, today: date) -> None:
    days = (today - timedelta(days=4), today - timedelta(days=1))
    assert set(counted(shop, *days).values()) == {1}


def test_of_a_span_that_holds_both_the_new_order_counts_alone(
    shop: ReportedShop, today: date
) -> None:
    assert set(counted(shop, today - timedelta(days=4), today).values()) == {1}


def test_orders_counted_anew_say_the_same(shop: ReportedShop, today: date) -> None:
    for step in (GroupBy.DAY, GroupBy.MONTH):
        checked = check_reports(since=today - timedelta(days=4), until=today, group_by=step)
        assert checked.differences == ()


def test_each_currency_has_its_own_conversion(shop: ReportedShop) -> None:
    shop.admin.ok("PUT", "pos-configs/tokyo", {"name": "Tokyo", "currency": "JPY"})
    till = Api(create_token(username="tokyo", role=Role.POS, pos_ref="tokyo").key)
    for number, sku in enumerate(("cup", "tea", "tea")):
        lines = [{"sku": sku, "qty": "1"}]
        till.ok("POST", "orders", {"ref": f"j{number}", "pos_config": "tokyo", "lines": lines})
    shop.sell("one", ["tea"])
    shop.sell("two", ["cup"])
    shop.load()
    performed = shop.report("promotions/performance", program_id="tea10", group_by="month")
    assert {row["currency"]: row["conversion_rate"] for row in performed} == {
        "JPY": 0.6667,
        "USD": 0.5,
    }
    led = [one for one in shop.report("promotions/leaderboard") if one["program_name"] == "Tea10"]
    assert {row["currency"]: row["conversion_rate"] for row in led} == {"JPY": 0.6667, "USD": 0.5}
