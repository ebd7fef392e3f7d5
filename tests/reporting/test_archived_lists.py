"""Lists of details say which months are in files: over REST, over gRPC, and on a program's page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import formats

from access.caller import Role
from promotions.models import PromotionProgram
from punchcard.v1 import reports_pb2 as wire
from reporting.archive.archived import months_in_files
from reporting.rpc import answer_points
from reporting.services.archive_reports import archive_reports
from tests.reporting.archives import LATER, MONTH, restore
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_graphql import ask
from tests.reporting.test_pages import signed_in

pytestmark = pytest.mark.usefixtures("archive_folder")
LISTS = ("points/transactions", "orders", "orders?program_id=tea10")
SPAN = {"date_from": "2024-01-01", "date_to": "2027-12-31"}


def told(shop: ReportedShop, name: str, **query: str) -> tuple[int, list[str]]:
    """Return how many rows a list has, and the months that it says are in files."""
    asked = "&".join(f"{key}={value}" for key, value in {**SPAN, **query}.items())
    answer = shop.admin.ok("GET", f"reports/{name}{'&' if '?' in name else '?'}{asked}")
    return answer["pagination"]["total"], answer["archived"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_which_months_are_in_files(busy: ReportedShop, name: str) -> None:
    rows, months = told(busy, name)
    assert (rows > 0, months) == (True, [])
    archive_reports(at=LATER)
    assert told(busy, name) == (0, [f"{MONTH:%Y-%m}"])
    assert told(busy, name, date_to="2024-12-31") == (0, [])
    restore()
    assert told(busy, name) == (rows, [])


def test_grpc_says_so_too(busy: ReportedShop) -> None:
    archive_reports(at=LATER)
    asked = wire.PointTransactionsRequest(date_from=SPAN["date_from"], date_to=SPAN["date_to"])
    call: Any = None  # it asks nothing of who calls
    assert list(answer_points(call, asked).archived) == [f"{MONTH:%Y-%m}"]


def test_graphql_says_so_beside_the_lists(busy: ReportedShop) -> None:
    days = 'dateFrom: "2024-01-01T00:00:00Z", dateTo: "2027-12-31T00:00:00Z"'
    query = f"""{{ points: pointTransactionsArchived({days}) orders: ordersArchived({days})
      ofOne: ordersArchived({days}, programId: "tea10") rows: orders({days}) {{ orderRef }} }}"""
    _status, before = ask(Role.MANAGER, query)
    assert before["data"]["rows"]
    assert [before["data"][name] for name in ("points", "orders", "ofOne")] == [[], [], []]
    archive_reports(at=LATER)
    _status, after = ask(Role.MANAGER, query)
    months = [f"{MONTH:%Y-%m}"]
    assert after["data"] == {"points": months, "orders": months, "ofOne": months, "rows": []}
    for refused, code in (
        (f'{{ ordersArchived({days}, programId: "none") }}', "program_not_found"),
        (
            "{ pointTransactionsArchived(" + days.replace("2027", "2020") + ") }",
            "period_upside_down",
        ),
    ):
        _status, answer = ask(Role.MANAGER, refused)
        assert [one["extensions"]["code"] for one in answer["errors"]] == [code]
    _status, answer = ask(Role.POS, query)
    assert {one["extensions"]["code"] for one in answer["errors"]} == {"role_not_allowed"}


def test_a_month_counts_where_a_stores_day_reaches_into_it(busy: ReportedShop) -> None:
    busy.move_to_jakarta()
    archive_reports(at=LATER)
    following = date(MONTH.year + MONTH.month // 12, MONTH.month % 12 + 1, 1)
    relation = "order_report_detail"
    # The store is in Jakarta, whose first day of a month begins in the month of UTC before.
    assert months_in_files(following, following.replace(day=2), relation) == [MONTH]
    assert months_in_files(following.replace(day=2), following.replace(day=3), relation) == []


def test_pages_say_so_instead_of_asking_for_other_days(busy: ReportedShop) -> None:
    manager, program = signed_in("manager"), PromotionProgram.objects.get(ref="tea10")
    own = f"/admin/reports/programs/{program.pk}/?period=month"
    assert manager.get("/admin/reports/?period=month").context["board"]["archived"] == ""
    assert "archived" not in manager.get(own).context["board"].panels[-1].note
    archive_reports(at=LATER)
    said = f"Orders of {formats.date_format(MONTH, 'M Y')} were archived"
    orders = manager.get(own).context["board"].panels[-1]
    assert not orders.rows
    assert orders.empty.startswith(said)
    assert manager.get("/admin/reports/?period=month").context["board"]["archived"].startswith(said)
