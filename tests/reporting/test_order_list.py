"""Orders and returns one by one: what stands behind the feed and behind a program."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils import timezone

from promotions.models import PosConfig
from reporting.api.tables import table_of
from reporting.queries.orders import reported_orders
from reporting.queries.period import Period
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_exports import SPAN, download, read_csv


@pytest.fixture
def sold(shop: ReportedShop) -> ReportedShop:
    """Return a shop that sold tea and a cup to Ann, two cups to nobody, and took one tea back."""
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.sell("two", ["cup"])
    shop.give_back("one", "1", "1")
    shop.load()
    return shop


def told(shop: ReportedShop, **query: str) -> list[tuple[str, ...]]:
    rows = shop.report("orders", **query)
    return [(one["order_ref"], one["kind"], one["amount"], one["discount"]) for one in rows]


def test_orders_and_returns_come_the_newest_first(sold: ReportedShop) -> None:
    assert told(sold) == [
        ("one", "return", "-9.00", "-1.00"),
        ("two", "sale", "10.00", "0.00"),
        ("one", "sale", "28.00", "2.00"),
    ]
    first = sold.report("orders")[0]
    assert (first["pos_config"], first["pos_config_name"]) == ("main", "Main street")
    assert (first["currency"], first["transaction_date"][:4]) == ("USD", f"{timezone.now():%Y}")
    assert told(sold, pos_config="main") == told(sold)


def test_those_of_a_program_have_the_amounts_of_its_lines(sold: ReportedShop) -> None:
    assert told(sold, program_id="tea10") == [
        ("one", "return", "-9.00", "-1.00"),
        ("one", "sale", "18.00", "2.00"),
    ]
    sold.admin.call("GET", f"reports/orders?{SPAN}&program_id=none")
    assert sold.admin.status == 404


def test_a_page_at_a_time(sold: ReportedShop) -> None:
    answer = sold.admin.ok("GET", f"reports/orders?{SPAN}&per_page=2&page=2")
    assert [one["order_ref"] for one in answer["data"]] == ["one"]
    assert answer["pagination"] == {"page": 2, "per_page": 2, "total": 3}
    answer = sold.admin.ok("GET", f"reports/orders?{SPAN}&per_page=2")
    assert answer["pagination"]["total"] == 3


def test_only_the_days_asked_for_by_the_clock_of_the_store(sold: ReportedShop) -> None:
    store = PosConfig.objects.get()
    there = timezone.localdate(timezone=ZoneInfo(store.time_zone))
    assert len(reported_orders(Period(there, there)).rows) == 3
    before = there - timedelta(days=365)
    assert told(sold, date_from=f"{before}", date_to=f"{before}") == []


def test_as_files_every_row(sold: ReportedShop) -> None:
    content = download(sold, f"reports/orders?{SPAN}&program_id=tea10&format=csv")
    header, *rows = read_csv(b"".join(content.streaming_content))
    assert header[1:3] == ["Order", "Sale or return"]
    assert [(row[1], row[2], row[8], row[9]) for row in rows] == [
        ("one", "return", "-9", "-1"),
        ("one", "sale", "18", "2"),
    ]
    content = download(sold, f"reports/orders?{SPAN}&format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(content.streaming_content))).active
    assert [cell.value for cell in sheet[2]][8:] == [-9, -1]


def test_a_long_list_is_a_job(sold: ReportedShop, settings: Any) -> None:
    settings.EXPORT_DIRECT_ROWS = 2
    answer = sold.admin.call("GET", f"reports/orders?{SPAN}&format=csv")
    assert (sold.admin.status, answer["facts"]["rows"]) == (422, 3)
    parameters = {"date_from": "2024-01-01", "date_to": "2027-12-31", "program_id": "tea10"}
    body = {"report": "orders", "format": "csv", "parameters": parameters}
    assert sold.admin.ok("POST", "reports/exports", body)["rows"] == 2
    assert [row[1] for row in table_of("orders", parameters).rows] == ["one", "one"]


def test_members_by_level_as_they_are_now(sold: ReportedShop) -> None:
    sold.admin.ok("PUT", "membership-products/gold", {"name": "Gold", "rank": 1})
    sold.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "gold"})
    (row,) = sold.admin.ok("GET", "reports/membership/levels")["data"]
    assert (row["name"], row["members"]) == ("Gold", 1)
    content = download(sold, "reports/membership/levels?format=csv")
    assert read_csv(b"".join(content.streaming_content))[1][1:] == ["Gold", "1"]


def test_managers_alone(sold: ReportedShop) -> None:
    for path in (f"reports/orders?{SPAN}", "reports/membership/levels"):
        assert sold.till.call("GET", path)["code"] == "role_not_allowed"
