"""The reports that compare, by requests and by gql, from the running server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport

from tests.clients.conftest import Servers
from tests.clients.test_reports import SPAN, same, snake

SPAN_THERE = 'dateFrom: "2024-01-01T00:00:00Z", dateTo: "2027-12-31T00:00:00Z"'
#: Address of REST, its query beside the span, field of GraphQL with its arguments, what is asked.
REPORTS = [
    ("sales", {"group_by": "month"}, f"sales({SPAN_THERE}, groupBy: MONTH)",
     "date currency orders units amount discount averageOrder"),
    ("promotions/leaderboard", {}, f"programLeaderboard({SPAN_THERE})",
     "programId programName orders members units amount discount conversionRate extraUnits"),
    ("membership/cohorts", {}, f"memberCohorts({SPAN_THERE})",
     "cohort months currency members active retention orders amount amountPerMember"),
    ("points/flow", {"group_by": "month"}, f"pointFlow({SPAN_THERE}, groupBy: MONTH)",
     "loyaltyProgram date earned redeemed expired adjusted owed"),
    ("points/liability", {}, "pointsLiability", "loyaltyProgramId loyaltyProgram month points"),
    ("points/breakage", {}, f"breakage({SPAN_THERE})",
     "loyaltyProgram month earned redeemed expired left canExpire settledRate expected"),
    ("orders", {"program_id": "tea10"}, f'orders({SPAN_THERE}, programId: "tea10")',
     "orderId orderRef kind posConfig transactionDate currency amount discount"),
]  # fmt: skip


@pytest.fixture
def manager(servers: Servers) -> Iterator[Client]:
    """Give a client that checks what it asks against the schema of the server."""
    headers = {"Authorization": f"Token {servers.keys['manager']}"}
    transport = RequestsHTTPTransport(f"{servers.web}/graphql", headers=headers, timeout=30)
    client = Client(transport=transport, fetch_schema_from_transport=True)
    yield client
    client.close_sync()


@pytest.mark.parametrize(
    ("address", "query", "field", "columns"), REPORTS, ids=[one[0] for one in REPORTS]
)
def test_graphql_says_what_rest_says(
    servers: Servers,
    manager: Client,
    address: str,
    query: dict[str, str],
    field: str,
    columns: str,
) -> None:
    asked = {**SPAN, **query} if "(" in field else query
    rest = servers.get("manager", f"reports/{address}", **asked)
    assert rest.status_code == 200
    rows = rest.json()["data"]
    told = manager.execute(gql(f"{{ rows: {field} {{ {columns} }} }}"))["rows"]
    assert len(told) == len(rows) > 0
    assert all(same(snake(one), row) for one, row in zip(told, rows, strict=True))
