"""The reports over GraphQL: the same numbers, the same permissions, and no way to ask too much."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client

from access.caller import Role
from access.services.create_token import create_token
from tests.reporting.conftest import ReportedShop

SPAN = 'dateFrom: "2024-01-01T00:00:00Z", dateTo: "2027-12-31T00:00:00Z"'
PERFORMANCE = """
query ($program: ID) {
  promotionPerformance(programId: $program, SPAN, groupBy: MONTH, uniqueCustomers: true) {
    programName date totalTransactions totalAmount totalDiscount avgTransactionValue
    conversionRate uniqueCustomers
  }
}
""".replace("SPAN", SPAN)


def ask(role: Role, query: str, **variables: Any) -> tuple[int, dict[str, Any]]:
    pos = "main" if role is Role.POS else ""
    token = create_token(username=f"graph-{role}", role=role, pos_ref=pos).key
    answer = Client().post(
        "/graphql",
        orjson.dumps({"query": query, "variables": variables}),
        content_type="application/json",
        headers={"Authorization": f"Token {token}"},
    )
    return answer.status_code, answer.json()


def test_a_report_says_what_rest_says(shop: ReportedShop) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.sell("two", ["cup"])
    shop.load()

    status, answer = ask(Role.MANAGER, PERFORMANCE, program="tea10")

    (rest,) = shop.report(
        "promotions/performance", program_id="tea10", group_by="month", unique_customers="true"
    )
    (row,) = answer["data"]["promotionPerformance"]
    assert status == 200
    assert row == {
        "programName": rest["program_name"],
        "date": rest["date"],
        "totalTransactions": rest["total_transactions"],
        "totalAmount": rest["total_amount"],
        "totalDiscount": rest["total_discount"],
        "avgTransactionValue": rest["avg_transaction_value"],
        "conversionRate": rest["conversion_rate"],
        "uniqueCustomers": rest["unique_customers"],
    }


def test_several_reports_come_in_one_answer(shop: ReportedShop) -> None:
    shop.sell("one", ["cup"], partner="ann")
    shop.load()
    query = (
        f"{{ membershipAnalytics({SPAN}) {{ membershipLevel activeMembers totalSpending }}"
        f' pointTransactions(partnerId: "ann", {SPAN}, transactionType: EARN)'
        " { pointsAmount balanceAfter origin transactionType } }"
    )

    _, answer = ask(Role.MANAGER, query)

    assert answer["data"] == {
        "membershipAnalytics": [
            {"membershipLevel": "", "activeMembers": 1, "totalSpending": "10.00"}
        ],
        "pointTransactions": [
            {
                "pointsAmount": "10",
                "balanceAfter": "10",
                "origin": "one",
                "transactionType": "earn",
            }
        ],
    }


@pytest.mark.parametrize("role", [Role.POS, Role.MARKETING])
def test_reports_are_for_managers(shop: ReportedShop, role: Role) -> None:
    status, answer = ask(role, PERFORMANCE)
    assert status == 200
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "role_not_allowed"


@pytest.mark.django_db
def test_a_stranger_learns_nothing_of_the_schema() -> None:
    answer = Client().post(
        "/graphql", b'{"query": "{ __schema { types { name } } }"}', content_type="application/json"
    )
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_a_refusal_has_the_code_of_rest(shop: ReportedShop) -> None:
    status, answer = ask(Role.MANAGER, PERFORMANCE, program="nothing")
    assert status == 200
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "program_not_found", "facts": {"program": "nothing"}}


def test_rows_are_counted_over_all_fields(shop: ReportedShop) -> None:
    field = f"pointTransactions({SPAN}, perPage: 500) {{ origin }}"
    aliases = " ".join(f"a{number}: {field}" for number in range(5))
    _, answer = ask(Role.MANAGER, f"{{ {aliases} }}")
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {
        "code": "query_too_costly",
        "facts": {"cost": 2500, "most": 2000},
    }
    _, answer = ask(Role.MANAGER, f"{{ pointTransactions({SPAN}, perPage: 501) {{ origin }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "invalid_query"


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nothing }",
        "mutation { anything }",
        "{ " + "a " * 2001 + "}",
        "fragment f on Query { ...f } { ...f }",
        "fragment f on Query { ...g } fragment g on Query { ...f } { ...f }",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    ],
)
def test_what_cannot_be_run_is_not(shop: ReportedShop, query: str) -> None:
    status, answer = ask(Role.ADMIN, query)
    assert status == 400
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {"code": "graphql_invalid"}


def test_the_body_must_hold_a_query(shop: ReportedShop) -> None:
    token = create_token(username="graph", role=Role.ADMIN).key
    for body in (b"[]", b"{}", b'{"query": 3}'):
        answer = Client().post(
            "/graphql",
            body,
            content_type="application/json",
            headers={"Authorization": f"Token {token}"},
        )
        assert answer.status_code == 400
        assert answer.json()["code"] == "malformed_json"
