"""Reports beyond the plain ones, each by an example worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from loyalty.models import LoyaltyCard, Membership, PointOperation
from loyalty.services.earn_points import earn_points
from loyalty.services.expire_points import expire_points
from loyalty.services.redeem_points import redeem_points
from promotions.models import Order, OrderReturn, PromotionProgram
from promotions.orders.request import parse_order
from promotions.services.commit_order import commit_order
from reporting.queries.leaderboard import program_leaderboard
from reporting.queries.period import Period
from reporting.services.load_facts import load_facts
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 6, 1)


class PastShop(Shop):
    """A shop that sold things on days gone by."""

    def sell(self, day: date, qty: str = "1", partner: str | None = None, sku: str = "A") -> None:
        """Sell so much at noon."""
        body = self.order((sku, qty), partner=partner, ref=f"r{next(self._refs)}")
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        commit_order(order=parse_order(orjson.dumps(body)), at=at, user_id=None)

    def load(self) -> None:
        """Load the facts of everything that happened."""
        load_facts(
            order_ids=list(Order.objects.values_list("pk", flat=True)),
            return_ids=list(OrderReturn.objects.values_list("pk", flat=True)),
            operation_ids=list(PointOperation.objects.values_list("pk", flat=True)),
        )

    def report(self, name: str, **query: str) -> list[Json]:
        """Ask for a report over the first half of 2026, unless the query says otherwise."""
        query = {"date_from": "2026-01-01", "date_to": "2026-06-30", **query}
        text = "&".join(f"{key}={value}" for key, value in query.items())
        rows: list[Json] = self.admin.ok("GET", f"reports/{name}?{text}")["data"]
        return rows


@pytest.fixture
def shop() -> PastShop:
    """Give a store of two products and a member."""
    shop = PastShop(currency="USD")
    shop.products(A="10.00", B="5.00")
    shop.member("ann", points="0")
    return shop


def two_days_of_a_fifth_off(shop: PastShop) -> int:
    """A fifth off A on Wednesday and Thursday; 1 and 3 A were sold before, 5 and 4 then."""
    made = shop.program(
        name="Midweek",
        date_from="2026-06-03",
        date_to="2026-06-04",
        rules=[{"products": ["A"]}],
        rewards=[discount("20", "percent", "specific", products=["A"])],
    )
    for offset, qty in enumerate(("1", "3", "5", "4")):
        shop.sell(MONDAY + timedelta(days=offset), qty, partner="ann")
        shop.sell(MONDAY + timedelta(days=offset), "9", sku="B")
    shop.load()
    return int(made["id"])


def test_sales_are_told_by_the_day_with_what_came_back(shop: PastShop) -> None:
    two_days_of_a_fifth_off(shop)
    order = Order.objects.filter(ordered_at__date="2026-06-03", partner__isnull=False).get()
    shop.back(order.ref, ("1", "5"))
    shop.load()
    wednesday = {"date_from": "2026-06-03", "date_to": "2026-06-03"}
    whole = Order.objects.filter(ordered_at__date="2026-06-03")
    (row,) = shop.report("sales", **wednesday)
    assert (row["date"], row["currency"], row["orders"]) == ("2026-06-03", "USD", 2)
    assert (row["units"], row["discount"]) == ("14", "10.00")
    assert row["amount"] == str(sum(one.total for one in whole).quantize(Decimal("0.01")))
    assert Decimal(row["average_order"]) == Decimal(row["amount"]) / 2
    rows = shop.report("sales", date_from="2026-06-01", date_to="2027-12-31", group_by="month")
    back = [Decimal(one["amount"]) for one in rows if not one["date"].startswith("2026-06")]
    assert back == [Decimal("-40.00")]


def test_an_extra_unit_costs_what_was_given_by_what_was_sold_more(shop: PastShop) -> None:
    """Two a day before, so 4 expected; 9 sold, 5 more; 18.00 given, 3.60 each."""
    key = two_days_of_a_fifth_off(shop)
    (row,) = shop.report("promotions/leaderboard", date_from="2026-06-03", date_to="2026-06-04")
    assert (row["program_id"], row["orders"], row["members"]) == (key, 2, 1)
    assert (row["units"], row["discount"], row["amount"]) == ("9", "18.00", "72.00")
    assert (row["sold_in_force"], row["expected_units"], row["extra_units"]) == ("9", "4", "5")
    assert row["cost_per_extra_unit"] == "3.60"
    assert row["conversion_rate"] == 0.5
    wednesday = MONDAY + timedelta(days=2)
    (plain,) = program_leaderboard(Period(wednesday, wednesday + timedelta(days=1)), extra=False)
    assert (plain.units, plain.sold_in_force, plain.expected_units) == (9, None, None)


def test_days_out_of_force_within_the_period_count_as_a_baseline(shop: PastShop) -> None:
    two_days_of_a_fifth_off(shop)
    (row,) = shop.report("promotions/leaderboard", date_from="2026-06-01", date_to="2026-06-04")
    assert (row["sold_in_force"], row["expected_units"]) == ("9", "4")


def test_what_came_back_was_not_sold(shop: PastShop) -> None:
    two_days_of_a_fifth_off(shop)
    order = Order.objects.filter(ordered_at__date="2026-06-03", partner__isnull=False).get()
    shop.back(order.ref, ("1", "5"))
    (row,) = shop.report("promotions/leaderboard", date_from="2026-06-03", date_to="2026-06-04")
    assert (row["sold_in_force"], row["extra_units"]) == ("4", "0")
    assert row["cost_per_extra_unit"] is None


def test_a_day_whose_sales_are_as_many_as_its_returns_was_open(shop: PastShop) -> None:
    two_days_of_a_fifth_off(shop)
    for order in Order.objects.filter(ordered_at__date="2026-06-03"):
        shop.back(order.ref, *((one.line_id, str(one.qty)) for one in order.lines.all()))
    # All of Wednesday came back on Thursday, in the hour in which as much was sold.
    OrderReturn.objects.update(returned_at=datetime(2026, 6, 4, 12, tzinfo=UTC))
    shop.load()
    (row,) = shop.report("promotions/leaderboard", date_from="2026-06-03", date_to="2026-06-04")
    assert (row["sold_in_force"], row["expected_units"]) == ("4", "4")


def test_a_program_always_in_force_has_no_estimate(shop: PastShop) -> None:
    shop.percent_off("10")
    shop.sell(MONDAY)
    shop.load()
    (row,) = shop.report("promotions/leaderboard")
    assert (row["discount"], row["extra_units"], row["cost_per_extra_unit"]) == ("1.00", None, None)


def test_the_program_that_gave_most_leads_and_stores_are_told_apart(shop: PastShop) -> None:
    shop.percent_off("10", name="Ten")
    shop.program(name="One", rewards=[discount("0.50", "fixed", "specific", products=["A"])])
    shop.sell(MONDAY, "2")
    shop.load()
    assert [row["program_name"] for row in shop.report("promotions/leaderboard")] == ["Ten", "One"]
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other", "currency": "USD"})
    assert shop.report("promotions/leaderboard", pos_config="other") == []
    few = program_leaderboard(Period(MONDAY, MONDAY), extra=False)
    assert [one.program_id for one in few] == [
        *PromotionProgram.objects.order_by("pk").values_list("pk", flat=True)
    ]


def test_cohorts_follow_members_from_the_month_they_joined(shop: PastShop) -> None:
    """Of Ann and Bob, who joined in January, one bought in each of three months; Cid never did."""
    shop.member("bob", points="0")
    shop.member("cid", points="0")
    joined = {"ann": "2026-01-31", "bob": "2026-02-02", "cid": "2026-03-15"}
    for ref, day in joined.items():
        cards = LoyaltyCard.objects.filter(partner__ref=ref)
        cards.update(created_at=f"{day}T12:00:00Z")
    shop.admin.ok("PUT", "membership-products/silver", {"name": "Silver", "rank": 1})
    shop.admin.ok("PUT", "partners/bob", {"name": "Bob", "membership": "silver"})
    Membership.objects.update(membership_start="2026-01-05T00:00:00Z")  # before his card
    shop.sell(date(2026, 1, 15), "2", partner="bob")
    shop.sell(date(2026, 2, 10), "1", partner="ann")
    shop.sell(date(2026, 3, 3), "1", partner="ann")
    shop.sell(date(2026, 3, 4), "1", partner="ann")
    shop.sell(date(2026, 3, 5), "1")
    shop.load()
    rows = shop.report("membership/cohorts")
    told = [
        (row["cohort"], row["months"], row["members"], row["active"], row["amount"]) for row in rows
    ]
    assert told == [
        ("2026-01-01", 0, 2, 1, "20.00"),
        ("2026-01-01", 1, 2, 1, "10.00"),
        ("2026-01-01", 2, 2, 1, "20.00"),
        ("2026-03-01", None, 1, 0, "0.00"),
    ]
    assert (rows[2]["retention"], rows[2]["amount_per_member"]) == (0.5, "10.00")
    assert shop.report("membership/cohorts", date_from="2026-04-01") == []


def a_winter_of_points() -> int:
    """100 earned in January, good until the end of March, and 30 of them spent; 50 in February."""
    card = LoyaltyCard.objects.get(partner__ref="ann").pk
    gains = (("100", (2026, 1, 10), (2026, 4, 1)), ("50", (2026, 2, 10), (2099, 12, 31)))
    for points, day, end in gains:
        earn_points(
            card_id=card,
            points=Decimal(points),
            origin="gift",
            idempotency_key=f"gift:{points}",
            at=datetime(*day, tzinfo=UTC),
            expires_at=datetime(*end, tzinfo=UTC),
        )
    redeem_points(
        card_id=card,
        points=Decimal(30),
        origin="spend",
        idempotency_key="spend",
        at=datetime(2026, 2, 15, tzinfo=UTC),
    )
    return card


def told(rows: list[Json], *names: str) -> list[tuple[Any, ...]]:
    """Return these columns of a report."""
    return [tuple(row[name] for name in names) for row in rows]


def test_points_in_out_and_owed_by_month(shop: PastShop) -> None:
    a_winter_of_points()
    expire_points(at=datetime(2026, 4, 2, tzinfo=UTC))
    shop.load()
    rows = shop.report("points/flow", group_by="month")
    assert told(rows, "date", "earned", "redeemed", "expired", "owed") == [
        ("2026-01-01", "100", "0", "0", "100"),
        ("2026-02-01", "50", "30", "0", "120"),
        ("2026-04-01", "0", "0", "70", "50"),
    ]
    later = shop.report("points/flow", group_by="month", date_from="2026-02-01")
    assert told(later, "owed") == [("120",), ("50",)]
    assert shop.report("points/flow", date_from="2026-05-01") == []


def test_what_is_owed_by_the_month_in_which_it_expires(shop: PastShop) -> None:
    a_winter_of_points()
    rows = shop.report("points/liability", at="2026-02-20T00:00:00Z", loyalty_program="club")
    assert told(rows, "loyalty_program", "month", "points") == [
        ("Club", "2026-03-01", "70"),
        ("Club", "2099-12-01", "50"),
    ]
    assert told(shop.report("points/liability"), "points") == [("50",)]


@pytest.mark.parametrize("swept", [False, True])
def test_breakage_is_what_expired_and_what_will(shop: PastShop, *, swept: bool) -> None:
    """70 of the 100 whose fate is known were not redeemed, so 35 of February's 50 will not be."""
    a_winter_of_points()
    if swept:
        expire_points(at=datetime(2026, 4, 2, tzinfo=UTC))
    january, february = shop.report("points/breakage", at="2026-04-03T00:00:00Z")
    names = ("earned", "redeemed", "expired", "left", "expected")
    assert told([january, february], *names) == [
        ("100", "30", "70", "0", "70"),
        ("50", "0", "0", "50", "35"),
    ]
    assert (february["settled_rate"], february["expected_share"]) == ("0.7", 0.7)
    early = shop.report("points/breakage", at="2026-02-01T00:00:00Z")
    assert told(early, "earned", "left", "expected", "settled_rate") == [("100", "100", None, None)]


@pytest.mark.parametrize(
    "name",
    ["sales", "promotions/leaderboard", "membership/cohorts", "points/flow", "points/liability"],
)
def test_each_is_a_file_too(shop: PastShop, name: str) -> None:
    two_days_of_a_fifth_off(shop)
    a_winter_of_points()
    shop.load()
    query = "date_from=2026-01-01&date_to=2026-06-30"
    for kind, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        response = shop.admin._client.get(
            f"/api/v1/reports/{name}?{query}&format={kind}", headers=shop.admin._headers
        )
        body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert (response.status_code, body[: len(start)]) == (200, start)


def test_what_cannot_be_read_is_refused(shop: PastShop) -> None:
    for query in ("at=soon", "loyalty_program=none", "format=pdf"):
        shop.admin.call("GET", f"reports/points/liability?{query}")
        assert shop.admin.status in (400, 404)
    shop.admin.call("GET", "reports/promotions/leaderboard?date_from=2026-02-01&date_to=2026-01-01")
    assert shop.admin.status == 400
