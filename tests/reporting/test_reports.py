"""The three reports over REST, with worked numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from promotions.models import Order
from reporting.services.load_facts import FactsLoaded
from reporting.services.make_partitions import make_partitions
from reporting.services.rebuild_facts import rebuild_facts
from reporting.services.refresh_views import refresh_views
from tests.reporting.conftest import ReportedShop

JAKARTA = ZoneInfo("Asia/Jakarta")
FIRST_DAY = {"date_from": "0001-01-01", "date_to": "0001-01-01"}
LAST_DAY = {"date_from": "9999-12-31", "date_to": "9999-12-31"}
SUMMARIES = [
    "promotion_report_hourly",
    "promotion_report_daily",
    "promotion_report_customer",
    "order_report_hourly",
    "membership_report_customer",
    "point_report_hourly",
]


def table(name: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} AS one ORDER BY one::text")
        return list(cursor.fetchall())


def test_a_program_is_reported_by_what_it_did(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")  # 18 of tea after 2 off, 10 of cups
    shop.sell("two", ["tea"], partner="ann")
    shop.sell("three", ["cup"], partner="bob")
    shop.give_back("one", "1", "1")
    shop.load()

    (tea,) = shop.report(
        "promotions/performance", program_id="tea10", group_by="month", unique_customers="true"
    )

    assert tea["program_name"] == "Tea10"
    assert tea["currency"] == "USD"
    assert tea["total_transactions"] == 2
    assert tea["total_qty"] == "3"
    assert tea["total_amount"] == "27.00"
    assert tea["total_discount"] == "3.00"
    assert tea["avg_transaction_value"] == "18.50"  # (28 - 9 + 18) / 2
    assert tea["conversion_rate"] == 0.6667
    assert tea["unique_customers"] == 1


def test_a_customer_of_two_days_is_one_customer_of_the_month(shop: ReportedShop) -> None:
    now = timezone.now()
    shop.sell("one", ["tea"], partner="ann", at=(now - timedelta(hours=50)).isoformat())
    shop.sell("two", ["tea"], partner="ann", at=(now - timedelta(hours=1)).isoformat())
    shop.load()

    by_day = shop.report("promotions/performance", program_id="tea10", unique_customers="true")
    assert [row["unique_customers"] for row in by_day] == [1, 1]
    by_month = shop.report(
        "promotions/performance", program_id="tea10", group_by="month", unique_customers="true"
    )
    assert {row["unique_customers"] for row in by_month} == {1}


def test_days_are_those_of_the_store(shop: ReportedShop) -> None:
    shop.move_to_jakarta()
    evening = timezone.now().astimezone(JAKARTA).replace(hour=0, minute=30) - timedelta(days=1)
    shop.sell("one", ["tea"], at=evening.isoformat())  # the day before, by UTC
    shop.load()

    (row,) = shop.report("promotions/performance", program_id="tea10")
    assert row["date"] == evening.date().isoformat()
    (hour,) = shop.report(
        "promotions/performance",
        program_id="tea10",
        group_by="hour",
        date_from=evening.date().isoformat(),
        date_to=evening.date().isoformat(),
    )
    assert hour["date"] == datetime.combine(evening.date(), datetime.min.time()).isoformat()


def test_levels_are_reported_with_their_members(shop: ReportedShop) -> None:
    for ref, rank in (("silver", 1), ("gold", 2)):
        shop.admin.ok("PUT", f"membership-products/{ref}", {"name": ref.title(), "rank": rank})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "silver"})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "gold"})
    shop.admin.ok("PUT", "partners/bob", {"name": "Bob", "membership": "silver"})
    shop.sell("one", ["cup"], partner="ann")
    shop.sell("two", ["cup"], partner="ann")
    shop.load()

    gold, silver = shop.report("membership/analytics", group_by="month")

    assert (gold["membership_level"], silver["membership_level"]) == ("Gold", "Silver")
    assert gold["active_members"] == 1
    assert gold["new_members"] == 0
    assert gold["upgraded_members"] == 1
    assert gold["total_spending"] == "20.00"
    assert gold["avg_spending"] == "20.00"
    assert gold["total_points_earned"] == "20"
    assert silver["new_members"] == 2
    assert silver["active_members"] == 0
    assert silver["total_spending"] == "0.00"


def test_operations_of_the_ledger_are_listed(shop: ReportedShop) -> None:
    shop.sell("one", ["cup"], partner="ann")
    shop.till.ok("POST", "cards/club-ann/redeem", {"points": "4", "origin": "coffee"})
    shop.load()

    redeemed, earned = shop.report("points/transactions", partner_id="ann")

    assert (earned["transaction_type"], earned["points_amount"]) == ("earn", "10")
    assert (earned["origin"], earned["balance_after"]) == ("one", "10")
    assert (redeemed["transaction_type"], redeemed["points_amount"]) == ("redeem", "-4")
    assert (redeemed["origin"], redeemed["balance_after"]) == ("coffee", "6")
    assert shop.report("points/transactions", transaction_type="expire") == []
    assert shop.report("points/transactions", partner_id="bob") == []


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("promotions/performance", LAST_DAY, "period_out_of_range"),
        ("sales", LAST_DAY, "period_out_of_range"),
        ("promotions/leaderboard", FIRST_DAY, "period_out_of_range"),
        ("promotions/performance", {"program_id": "\0"}, "invalid_query"),
        ("promotions/performance", {"pos_config": "\0x"}, "invalid_query"),
        ("points/transactions", {"partner_id": "a\0"}, "invalid_query"),
        ("promotions/performance", {"per_page": "000000001999999"}, "invalid_query"),
        ("promotions/performance", {"per_page": "501"}, "invalid_query"),
        ("promotions/performance", {"page": "0"}, "invalid_query"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    shop: ReportedShop, name: str, query: dict[str, str], code: str
) -> None:
    asked = {"date_from": "2026-01-01", "date_to": "2026-01-31", **query}
    refused = shop.admin.call("GET", f"reports/{name}?{urlencode(asked)}")
    assert (shop.admin.status, refused["code"]) == (400, code)


def test_the_commands_refuse_days_that_no_shop_has(shop: ReportedShop) -> None:
    for command in ("rebuild_reports", "check_reports"):
        with pytest.raises(CommandError, match="1980 to 2099"):
            call_command(command, since=date(9999, 12, 30), until=date(9999, 12, 31))


def test_rebuilding_gives_the_same_summaries(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.sell("two", ["tea"], partner="bob")
    shop.give_back("one", "1", "1")
    shop.load()
    before = {name: table(name) for name in SUMMARIES}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE promotion_report_daily SET amount = amount + 1")
        cursor.execute("DELETE FROM promotion_report_detail WHERE kind = 'return'")
    heard: list[tuple[int, int]] = []

    today = timezone.now().date()
    rebuild_facts(
        since=today - timedelta(days=40),
        until=today + timedelta(days=1),
        progress=lambda done, days: heard.append((done, days)),
    )

    assert {name: table(name) for name in SUMMARIES} == before
    assert heard[-1] == (42, 42)
    with pytest.raises(ValueError, match="before the first"):
        rebuild_facts(since=today, until=today - timedelta(days=1))


def test_rebuilding_counts_what_lies_on_the_edge_of_a_month_once(shop: ReportedShop) -> None:
    shop.move_to_jakarta()
    shop.sell("one", ["tea", "cup"], partner="ann")
    # The last evening of January in UTC is the first morning of February in Jakarta.
    edge = datetime(2026, 1, 31, 20, tzinfo=UTC)
    Order.objects.update(ordered_at=edge)

    done = rebuild_facts(since=date(2026, 1, 1), until=date(2026, 3, 31))

    # One line of the discount, two lines of the points; the points themselves were earned today.
    assert done == FactsLoaded(promotion_facts=3, order_facts=1, point_facts=0)
    assert rebuild_facts(since=date(2026, 1, 1), until=date(2026, 1, 31)).order_facts == 0
    assert rebuild_facts(since=date(2026, 2, 1), until=date(2026, 2, 1)) == done


def test_the_views_say_what_the_details_say(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.sell("two", ["tea"], partner="ann")
    shop.load()

    assert refresh_views() == (
        "mv_promotion_daily_summary",
        "mv_membership_daily_summary",
        "mv_point_daily_summary",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT total_orders, unique_customers, total_qty, total_amount, total_discount "
            "FROM mv_promotion_daily_summary ORDER BY total_discount DESC LIMIT 1"
        )
        assert cursor.fetchone() == (2, 1, 4, 36, 4)


def test_the_views_count_members_as_the_reports_do(mid_month: None, shop: ReportedShop) -> None:
    now = timezone.now()
    for ref, who, hours in (("old", "ann", 60), ("kept", "bob", 1), ("undone", "ann", 1)):
        shop.sell(ref, ["tea"], partner=who, at=(now - timedelta(hours=hours)).isoformat())
    shop.give_back("old", "1", "2")
    shop.give_back("undone", "1", "2")
    shop.load()
    refresh_views()

    told = shop.report("promotions/performance", group_by="day", unique_customers="true")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT program_id, report_date, unique_customers, total_orders "
            "FROM mv_promotion_daily_summary"
        )
        views = {(key, day.isoformat()): rest for key, day, *rest in cursor.fetchall()}
        cursor.execute("SELECT report_date, active_members FROM mv_membership_daily_summary")
        members = {day.isoformat(): active for day, active in cursor.fetchall()}
    assert views == {
        (one["program_id"], one["date"]): [one["unique_customers"], one["total_transactions"]]
        for one in told
    }
    assert members == {
        one["date"]: one["active_members"]
        for one in shop.report("membership/analytics", group_by="day")
        if one["total_transactions"] or one["active_members"] or one["currency"]
    }
    assert sorted(members.values()) == [1, 1]


def test_partitions_are_made_ahead_once(db: None) -> None:
    at = datetime(2031, 1, 15, tzinfo=JAKARTA)
    assert make_partitions(at=at) == 9
    assert make_partitions(at=at) == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "invalid_query"),
        ("date_from=2026-13-01&date_to=2026-01-01", "invalid_query"),
        ("date_from=2026-02-01&date_to=2026-01-01", "period_upside_down"),
        ("date_from=2016-01-01&date_to=2026-01-01", "period_too_long"),
        ("date_from=2025-01-01&date_to=2026-01-01&group_by=hour", "period_too_long"),
        ("date_from=2026-01-01&date_to=2026-01-01&group_by=year", "invalid_query"),
        ("date_from=2026-01-01&date_to=2026-01-01&per_page=501", "invalid_query"),
        ("date_from=2026-01-01&date_to=2026-01-01&page=0", "invalid_query"),
        ("date_from=2026-01-01&date_to=2026-01-01&unique_customers=maybe", "invalid_query"),
        ("date_from=2026-01-01&date_to=2026-01-01&program_id=nothing", "program_not_found"),
    ],
)
def test_what_cannot_be_read_is_refused(shop: ReportedShop, query: str, code: str) -> None:
    answer = shop.admin.call("GET", f"reports/promotions/performance?{query}")
    assert answer["code"] == code


def test_the_last_page_ends(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    today = timezone.localdate()
    span = f"date_from={today - timedelta(days=2)}&date_to={today + timedelta(days=1)}"
    first = shop.admin.ok("GET", f"reports/promotions/performance?{span}&per_page=1")
    beyond = shop.admin.ok("GET", f"reports/promotions/performance?{span}&per_page=1&page=9")
    assert len(first["data"]) == 1
    assert beyond["data"] == []
    assert first["pagination"]["total"] == beyond["pagination"]["total"] == 2
