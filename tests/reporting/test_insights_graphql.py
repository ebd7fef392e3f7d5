"""The reports that compare, over GraphQL: what REST says."""

from __future__ import annotations

import pytest

from access.caller import Role
from promotions.services.work_on_backtest import work_on_backtest
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_graphql import SPAN, ask

QUERY = """{
  programLeaderboard(SPAN, posConfig: "main") {
    programName orders members discount conversionRate extraUnits costPerExtraUnit }
  memberCohorts(SPAN) { cohort months members active retention amount }
  pointFlow(SPAN, loyaltyProgram: "club", groupBy: MONTH) { date earned redeemed owed }
  breakage(SPAN, loyaltyProgram: "club") { month earned left expected expectedShare settledRate }
  pointsLiability(loyaltyProgram: "club") { month points }
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
    (broken,) = sold.report("points/breakage", loyalty_program="club")
    assert [(one["expected"], one["expectedShare"]) for one in data["breakage"]] == [
        (broken["expected"], broken["expected_share"])
    ]
    (owed,) = sold.report("points/liability", loyalty_program="club")
    assert data["pointsLiability"] == [{name: owed[name] for name in ("month", "points")}]


def test_the_others_say_what_rest_says_too(sold: ReportedShop) -> None:
    query = """{ sales(SPAN, groupBy: MONTH) { date currency orders units amount averageOrder }
      membersByLevel { name members }
      orders(SPAN, programId: "tea10") { orderRef kind posConfig transactionDate discount } }"""
    _status, body = ask(Role.MANAGER, query.replace("SPAN", SPAN))
    assert "errors" not in body
    (month,) = sold.report("sales", group_by="month")
    assert body["data"]["sales"] == [
        {
            **{name: month[name] for name in ("date", "currency", "orders", "units", "amount")},
            "averageOrder": month["average_order"],
        }
    ]
    levels = sold.admin.ok("GET", "reports/membership/levels")["data"]
    assert body["data"]["membersByLevel"] == [
        {name: one[name] for name in ("name", "members")} for one in levels
    ]
    (order,) = body["data"]["orders"]
    (same,) = sold.report("orders", program_id="tea10")
    assert (order["orderRef"], order["discount"]) == ("one", "2.00")
    assert order["transactionDate"] == same["transaction_date"]


def test_what_was_owed_at_an_instant(sold: ReportedShop) -> None:
    query = """{ pointsLiability(at: "2020-01-01T00:00:00Z") { points }
      breakage(SPAN, at: "2020-01-01T00:00:00Z") { earned } }"""
    _status, body = ask(Role.MANAGER, query.replace("SPAN", SPAN))
    assert body["data"] == {"pointsLiability": [], "breakage": []}
    _status, body = ask(Role.MANAGER, '{ pointsLiability(at: "soon") { points } }')
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "invalid_query"


def test_a_back_test_is_read_as_over_rest(sold: ReportedShop) -> None:
    body = {
        "name": "Cups", "program_type": "promotion", "rules": [{"products": ["cup"]}],
        "rewards": [{"reward_type": "discount", "discount": {
            "mode": "percent", "value": "50", "applies_to": "specific", "products": ["cup"]}}],
    }  # fmt: skip
    draft = sold.admin.ok("POST", "programs", body)
    days = {"date_from": "2024-01-01", "date_to": "2027-12-31"}
    job = sold.admin.ok("POST", f"programs/{draft['id']}/backtest", days)
    key = int(job["result"]["report"].rsplit("/", 1)[1])
    query = f"""{{ backtest(id: {key}) {{ program dateFrom posConfig job {{ state done error }}
        result {{ orders hit changed days {{ day given }} products {{ sku discount }} }} }}
      backtestOrders(backtest: {key}) {{ ref totalBefore totalAfter hit }} }}"""
    _status, waits = ask(Role.MARKETING, query)
    assert (waits["data"]["backtest"]["result"], waits["data"]["backtestOrders"]) == (None, [])
    work_on_backtest(job_id=job["id"])
    _status, done = ask(Role.MARKETING, query)
    rest = sold.admin.ok("GET", f"backtests/{key}")
    told = done["data"]["backtest"]
    assert (told["program"], told["job"]["state"]) == (str(draft["id"]), "done")
    assert told["result"]["hit"] == rest["result"]["hit"] == 1
    assert told["result"]["days"] == [
        {"day": one["day"], "given": one["given"]} for one in rest["result"]["days"]
    ]
    assert [one["sku"] for one in told["result"]["products"]] == ["cup"]
    assert done["data"]["backtestOrders"] == [
        {"ref": "two", "totalBefore": "10.00", "totalAfter": "5.00", "hit": True}
    ]
    _status, refused = ask(Role.POS, query)
    assert {one["extensions"]["code"] for one in refused["errors"]} == {"role_not_allowed"}
    _status, missing = ask(Role.MANAGER, "{ backtest(id: 0) { id } }")
    assert missing["errors"][0]["extensions"]["code"] == "backtest_not_found"


@pytest.mark.parametrize(
    "field",
    [
        f"programLeaderboard({SPAN}, perPage: 1) {{ orders }}",
        f"orders({SPAN}, perPage: 1) {{ orderRef }}",
        f'orders({SPAN}, programId: "tea10", perPage: 1) {{ orderRef }}',
    ],
)
def test_reports_that_are_made_as_a_whole_cost_more(shop: ReportedShop, field: str) -> None:
    _status, body = ask(Role.MANAGER, "{" + " ".join(f"a{one}: {field}" for one in range(6)) + "}")
    assert body["data"] is None
    assert body["errors"][0]["extensions"] == {
        "code": "query_too_costly",
        "facts": {"cost": 2100, "most": 2000},
    }
    light = f"pointTransactions({SPAN}, perPage: 1) {{ origin }}"
    _status, body = ask(Role.MANAGER, "{" + " ".join(f"a{one}: {light}" for one in range(40)) + "}")
    assert "errors" not in body


@pytest.mark.parametrize("role", [Role.MARKETING, Role.POS])
def test_they_are_for_managers(shop: ReportedShop, role: Role) -> None:
    _status, body = ask(role, QUERY)
    assert {one["extensions"]["code"] for one in body["errors"]} == {"role_not_allowed"}


def test_their_rows_count_too(shop: ReportedShop) -> None:
    wide = QUERY.replace("(dateFrom", "(perPage: 500, dateFrom")
    wide = wide.replace("{\n", "{ more: memberCohorts(perPage: 500, SPAN) { active }\n", 1)
    _status, body = ask(Role.MANAGER, wide.replace("SPAN", SPAN))
    assert "query_too_costly" in {one["extensions"]["code"] for one in body["errors"]}
