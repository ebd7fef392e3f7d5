"""The reports that compare, over GraphQL: what REST says."""

from __future__ import annotations

import pytest

from access.caller import Role
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_graphql import SPAN, ask

QUERY = """{
  programLeaderboard(SPAN, posConfig: "main") {
    programName orders members discount conversionRate extraUnits costPerExtraUnit }
  memberCohorts(SPAN) { cohort months members active retention amount }
  pointFlow(SPAN, loyaltyProgram: "club", groupBy: MONTH) { date earned redeemed owed }
  breakage(SPAN, loyaltyProgram: "club") { month earned left expected settledRate }
}""".replace("SPAN", SPAN)


@pytest.fixture
def sold(shop: ReportedShop) -> ReportedShop:
    """Give a shop that sold two teas to Ann and two cups to Bob."""
    shop.sell("one", ["tea"], partner="ann")
    shop.sell("two", ["cup"], partner="bob")
    shop.load()
    return shop


def test_they_say_what_rest_says(sold: ReportedShop) -> None:
    status, body = ask(Role.MANAGER, QUERY)
    assert (status, body.get("errors")) == (200, None)
    data = body["data"]
    tea, club = data["programLeaderboard"]
    assert tea == {
        "programName": "Tea10",
        "orders": 1,
        "members": 1,
        "discount": "2.00",
        "conversionRate": 0.5,
        "extraUnits": None,
        "costPerExtraUnit": None,
    }
    assert (club["programName"], club["orders"]) == ("Club", 2)
    (cohort,) = data["memberCohorts"]
    (row,) = sold.report("membership/cohorts")
    assert cohort == {name: row[name] for name in cohort}
    assert [(one["earned"], one["owed"]) for one in data["pointFlow"]] == [("28", "28")]
    assert [(one["left"], one["settledRate"]) for one in data["breakage"]] == [("28", None)]


@pytest.mark.parametrize("role", [Role.MARKETING, Role.POS])
def test_they_are_for_managers(shop: ReportedShop, role: Role) -> None:
    _status, body = ask(role, QUERY)
    assert {one["extensions"]["code"] for one in body["errors"]} == {"role_not_allowed"}


def test_their_rows_count_too(shop: ReportedShop) -> None:
    wide = QUERY.replace("(dateFrom", "(perPage: 500, dateFrom")
    wide = wide.replace("{\n", "{ more: memberCohorts(perPage: 500, SPAN) { active }\n", 1)
    _status, body = ask(Role.MANAGER, wide.replace("SPAN", SPAN))
    assert "query_too_costly" in {one["extensions"]["code"] for one in body["errors"]}
