"""Reports against a count of the orders themselves, in shops that nobody thought of."""

from __future__ import annotations

import io
import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promotions.models import Order
from reporting.queries.period import GroupBy
from reporting.services.check_reports import check_reports
from tests.reporting.conftest import ReportedShop

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
SINCE, UNTIL = TODAY - timedelta(days=5), TODAY + timedelta(days=1)
REFS = itertools.count(1)
SALE = st.fixed_dictionaries(
    {
        "store": st.sampled_from(["main", "york"]),
        "partner": st.sampled_from([None, "ann", "bob"]),
        "lines": st.lists(
            st.tuples(st.sampled_from(["tea", "cup"]), st.integers(1, 4)), min_size=1, max_size=3
        ),
        "minutes_ago": st.integers(0, 70 * 60),
        "returns": st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4)), max_size=3),
        "then": st.sampled_from(["nothing", "cancel", "redeem", "gold", "silver"]),
    }
)


@pytest.fixture
def stores(shop: ReportedShop) -> ReportedShop:
    """Return a shop of UTC and New York, with levels and a program of some hours."""
    shop.admin.ok("PUT", "pos-configs/york", {"name": "York", "time_zone": "America/New_York"})
    for ref, rank in (("silver", 1), ("gold", 2)):
        shop.admin.ok("PUT", f"membership-products/{ref}", {"name": ref.title(), "rank": rank})
    order = {"mode": "percent", "value": "5", "applies_to": "order"}
    shop._program(
        "evening",
        "promotion",
        rules=[{}],
        rewards=[{"reward_type": "discount", "discount": order}],
        pos_configs=["york"],
        schedule=[{"start": "16:00", "end": "21:00"}],
    )
    return shop


def happen(shop: ReportedShop, sale: dict[str, Any]) -> None:
    """Sell, and do what came after; what the shop's rules refuse does not happen."""
    ref, body = f"sale-{next(REFS)}", [{"sku": sku, "qty": str(qty)} for sku, qty in sale["lines"]]
    at = (timezone.now() - timedelta(minutes=sale["minutes_ago"])).isoformat()
    order = {"ref": ref, "pos_config": sale["store"], "lines": body, "at": at}
    if sale["partner"]:
        order["partner"] = sale["partner"]
    lines = shop.admin.ok("POST", "orders", order)["lines"]
    for place, qty in sale["returns"]:
        line = {"line_id": lines[place % len(lines)]["line_id"], "qty": str(qty)}
        shop.admin.call("POST", f"orders/{ref}/returns", {"lines": [line]})
    if sale["then"] == "cancel":
        shop.admin.call("POST", f"orders/{ref}/cancel", {})
    elif sale["then"] == "redeem":
        shop.admin.call("POST", "cards/club-ann/redeem", {"points": "3", "origin": "coffee"})
    elif sale["then"] in ("gold", "silver"):
        shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": sale["then"]})


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(sales=st.lists(SALE, min_size=1, max_size=4), group_by=st.sampled_from(list(GroupBy)))
def test_every_measure_is_what_the_orders_say(
    stores: ReportedShop, sales: list[dict[str, Any]], group_by: GroupBy
) -> None:
    stores.move_to_jakarta()
    for sale in sales:
        happen(stores, sale)
    stores.load()

    checked = check_reports(since=SINCE, until=UNTIL, group_by=group_by)

    assert checked.differences == ()


def test_worked_by_hand(stores: ReportedShop) -> None:
    stores.sell("one", ["tea", "cup"], partner="ann")  # 18 of tea after 2 off, 10 of cups
    stores.sell("two", ["tea"], partner="ann")
    stores.give_back("one", "1", "1")
    stores.load()
    checked = check_reports(since=SINCE, until=UNTIL, group_by=GroupBy.MONTH)
    assert checked.differences == ()
    # two programs of nine numbers, a level of five and three, four operations of the ledger
    assert checked.numbers == 2 * 9 + 5 + 3 + 3


@pytest.mark.parametrize(
    ("spoil", "report", "measure"),
    [
        ("UPDATE promotion_report_daily SET discount = discount + 0.01", "promotions", "discount"),
        ("DELETE FROM promotion_report_customer", "promotions", "customers"),
        ("UPDATE order_report_hourly SET orders = orders + 1", "promotions", "in force"),
        ("UPDATE membership_report_customer SET amount = 0", "membership", "spending"),
        ("UPDATE point_report_hourly SET points_earned = 1", "membership", "points earned"),
        ("UPDATE point_report_detail SET balance = 0", "points", None),
    ],
)
def test_what_is_wrong_is_told(
    stores: ReportedShop, spoil: str, report: str, measure: str | None
) -> None:
    stores.sell("one", ["tea", "cup"], partner="ann")
    stores.load()
    with connection.cursor() as cursor:
        cursor.execute(spoil)
    checked = check_reports(since=SINCE, until=UNTIL, group_by=GroupBy.DAY)
    assert {one.report for one in checked.differences} == {report}
    if measure is not None:
        assert {one.key[-1] for one in checked.differences} == {measure}


def test_the_command_ends_with_status_1_if_a_number_differs(stores: ReportedShop) -> None:
    stores.sell("one", ["tea"])
    out, said = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit):  # nobody loaded its facts
        call_command("check_reports", stdout=out, stderr=said)
    assert "order amount, counted 18" in said.getvalue().replace(": counted", ", counted")
    stores.load()
    out = io.StringIO()
    call_command("check_reports", "--group-by", "month", stdout=out)
    assert out.getvalue().endswith("numbers, 0 differ.\n")
    with pytest.raises(CommandError, match="ends before it starts"):
        call_command("check_reports", "--since", "2026-02-01", "--until", "2026-01-01")


def test_a_shop_without_orders_has_nothing_to_differ(db: None) -> None:
    assert not Order.objects.exists()
    checked = check_reports(since=date(2026, 1, 1), until=date(2026, 1, 2), group_by=GroupBy.WEEK)
    assert (checked.numbers, checked.differences) == (0, ())
