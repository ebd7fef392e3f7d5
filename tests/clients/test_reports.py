"""The same report by requests, gql and grpcio, from the running servers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import openpyxl
import pytest
from google.protobuf.json_format import MessageToDict
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError, TransportServerError
from gql.transport.requests import RequestsHTTPTransport

from punchcard.v1 import reports_pb2 as wire
from punchcard.v1.reports_pb2_grpc import ReportServiceStub
from tests.clients.conftest import Servers, Till

SPAN: dict[str, Any] = {"date_from": "2024-01-01", "date_to": "2027-12-31"}
PERFORMANCE = """
query ($span: DateTime!, $until: DateTime!, $by: GroupBy!) {
  promotionPerformance(dateFrom: $span, dateTo: $until, groupBy: $by, uniqueCustomers: true) {
    programId programName date currency totalTransactions totalQty totalAmount totalDiscount
    avgTransactionValue conversionRate totalPointsEarned totalPointsRedeemed uniqueCustomers
  }
  membershipAnalytics(dateFrom: $span, dateTo: $until) {
    membershipLevel activeMembers totalTransactions totalSpending totalPointsEarned
  }
  pointTransactions(dateFrom: $span, dateTo: $until, partnerId: "ann") {
    operationId pointsAmount balanceAfter origin
  }
}
"""
VARIABLES = {"span": "2024-01-01T00:00:00Z", "until": "2027-12-31T00:00:00Z", "by": "MONTH"}


def question() -> GraphQLRequest:
    """Return the query with its variables."""
    return GraphQLRequest(PERFORMANCE, variable_values=VARIABLES)


Graph = Callable[[str], Client]


@pytest.fixture
def graph(servers: Servers) -> Iterator[Graph]:
    """Return a GraphQL client of a role."""
    opened: list[Client] = []

    def make(role: str) -> Client:
        headers = {"Authorization": f"Token {servers.keys[role]}"} if role else {}
        transport = RequestsHTTPTransport(f"{servers.web}/graphql", headers=headers, timeout=30)
        opened.append(Client(transport=transport))
        return opened[-1]

    yield make
    for one in opened:
        one.close_sync()


def snake(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of GraphQL with the names of REST."""
    return {
        "".join(f"_{char.lower()}" if char.isupper() else char for char in name): held
        for name, held in row.items()
    }


def plain(row: Any) -> dict[str, Any]:
    """Return a row of gRPC as REST has it; what is zero stands there too."""
    told: dict[str, Any] = MessageToDict(
        row, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return told


def same(told: dict[str, Any], rest: dict[str, Any]) -> bool:
    """Tell whether a row says what REST says, number by number."""
    return {name: str(held) for name, held in told.items()} == {
        name: str(rest[name]) for name in told
    }


def test_programs(servers: Servers, graph: Graph, client: Callable[[str], Till]) -> None:
    asked = {**SPAN, "group_by": "month", "unique_customers": "true"}
    rest = servers.get("manager", "reports/promotions/performance", **asked)
    assert rest.status_code == 200
    rows = rest.json()["data"]
    assert {row["program_name"] for row in rows} == {"Tea10", "Club"}
    tea = next(row for row in rows if row["program_name"] == "Tea10")
    assert (tea["total_amount"], tea["total_discount"], tea["unique_customers"]) == (
        "18.00",
        "2.00",
        1,
    )

    told = graph("manager").execute(question())
    told_rows = [snake(row) for row in told["promotionPerformance"]]
    assert len(told_rows) == len(rows)
    assert all(same(one, row) for one, row in zip(told_rows, rows, strict=True))

    asked_for = wire.PromotionPerformanceRequest(
        **SPAN, group_by=wire.GROUP_BY_MONTH, unique_customers=True
    )
    page = client("manager").call(ReportServiceStub, "GetPromotionPerformance", asked_for)
    assert page.pagination.total == len(rows)
    assert all(same(plain(one), row) for one, row in zip(page.data, rows, strict=True))


def test_members(servers: Servers, graph: Graph, client: Callable[[str], Till]) -> None:
    rows = servers.get("manager", "reports/membership/analytics", **SPAN).json()["data"]
    told = graph("manager").execute(question())
    page = client("manager").call(
        ReportServiceStub, "GetMembershipAnalytics", wire.MembershipAnalyticsRequest(**SPAN)
    )
    assert [row["total_transactions"] for row in rows] == [1]
    assert all(
        same(snake(one), row) for one, row in zip(told["membershipAnalytics"], rows, strict=True)
    )
    assert all(same(plain(one), row) for one, row in zip(page.data, rows, strict=True))
    assert not page.data[0].HasField("membership_product_id"), "ann has no level"


def test_points(servers: Servers, graph: Graph, client: Callable[[str], Till]) -> None:
    asked = {**SPAN, "partner_id": "ann"}
    rows = servers.get("manager", "reports/points/transactions", **asked).json()["data"]
    told = graph("manager").execute(question())
    asked_for = wire.PointTransactionsRequest(
        **asked, transaction_type=wire.TRANSACTION_TYPE_EARN, per_page=500
    )
    page = client("manager").call(ReportServiceStub, "ListPointTransactions", asked_for)
    assert rows[0]["points_amount"] == "28"
    assert all(
        same(snake(one), row) for one, row in zip(told["pointTransactions"], rows, strict=True)
    )
    earned = [row for row in rows if row["transaction_type"] == "earn"]
    when = [one.transaction_date.replace("+00:00", "Z") for one in page.data]
    assert when == [row["transaction_date"].replace("+00:00", "Z") for row in earned]
    for one in page.data:
        one.ClearField("transaction_date")
    for one, row in zip(page.data, earned, strict=True):
        assert same({**plain(one), "transaction_date": row["transaction_date"]}, row)


def test_files_come_over_rest(servers: Servers) -> None:
    sheet = servers.get("manager", "reports/promotions/performance", **SPAN, format="csv")
    assert sheet.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    book = servers.get("manager", "reports/promotions/performance", **SPAN, format="xlsx")
    (page,) = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
    assert page.max_row == len(rows) > 1


@pytest.mark.parametrize("role", ["pos", "marketing"])
def test_only_managers_see_reports(
    role: str, servers: Servers, graph: Graph, client: Callable[[str], Till]
) -> None:
    for name in ("promotions/performance", "membership/analytics", "points/transactions"):
        rest = servers.get(role, f"reports/{name}", **SPAN)
        assert (rest.status_code, rest.json()["code"]) == (403, "role_not_allowed")
    with pytest.raises(TransportQueryError) as caught:
        graph(role).execute(question())
    assert caught.value.errors is not None
    assert {one["extensions"]["code"] for one in caught.value.errors} == {"role_not_allowed"}
    refused = client(role).refused(
        ReportServiceStub, "GetMembershipAnalytics", wire.MembershipAnalyticsRequest(**SPAN)
    )
    assert refused.code == "role_not_allowed"


def test_a_stranger_is_told_nothing(servers: Servers, graph: Graph) -> None:
    with pytest.raises(TransportServerError) as caught:
        graph("").execute(gql("{ __schema { types { name } } }"))
    assert caught.value.code == 401


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"date_from": "2026-13-01", "date_to": "2026-01-01"}, "invalid_query", "date_from"),
        ({"date_from": "2026-01-01"}, "invalid_query", "date_to"),
        ({"date_from": "2026-01-02", "date_to": "2026-01-01"}, "period_upside_down", None),
        ({**SPAN, "group_by": wire.GROUP_BY_HOUR}, "period_too_long", None),
        ({**SPAN, "group_by": 77}, "invalid_query", "group_by"),
        ({**SPAN, "page": -1}, "invalid_query", "page"),
        ({**SPAN, "per_page": 501}, "invalid_query", "per_page"),
        ({**SPAN, "program_id": "nothing"}, "program_not_found", None),
    ],
)
def test_what_cannot_be_asked_is_refused_alike(
    asked: dict[str, Any], code: str, field: str | None, client: Callable[[str], Till]
) -> None:
    asked_for = wire.PromotionPerformanceRequest(**asked)
    refused = client("manager").refused(ReportServiceStub, "GetPromotionPerformance", asked_for)
    missing = code.endswith("not_found")
    kind = grpc.StatusCode.NOT_FOUND if missing else grpc.StatusCode.INVALID_ARGUMENT
    assert (refused.status, refused.code) == (kind, code)
    assert list(refused.wrong) == ([field] if field else [])
