"""The twin in ClickHouse: the same rows as PostgreSQL, from ClickHouse's own engine (chdb)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from events.domain.consumer import LoggedEvent
from loyalty.models import MembershipProduct, PointOperation
from promotions.models import Order, OrderReturn, PromotionProgram
from reporting.consumers import copy_facts
from reporting.queries.clickhouse import server
from reporting.queries.clickhouse.server import ask, command, forget_client
from reporting.queries.memberships import each_membership_analytics, membership_analytics
from reporting.queries.period import GroupBy, Period
from reporting.queries.points import (
    TransactionType,
    count_point_transactions,
    each_point_transaction,
    point_transactions,
)
from reporting.queries.promotions import each_promotion_performance, promotion_performance
from reporting.services.archive_reports import archive_reports
from reporting.services.copy_to_clickhouse import copy_to_clickhouse
from reporting.services.rebuild_clickhouse import rebuild_clickhouse
from reporting.services.rebuild_facts import rebuild_facts
from tests.reporting.archives import LATER, restore
from tests.reporting.conftest import ReportedShop

TABLES = ["promotion_performance", "order_analytics", "point_analytics", "membership_analytics"]
TODAY = timezone.now().date()
WHOLE = (TODAY - timedelta(days=60), TODAY + timedelta(days=2))


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where ClickHouse is; a process can hold only one engine."""
    return f"chdb://{tmp_path_factory.mktemp('clickhouse')}"


@pytest.fixture
def clickhouse(address: str, settings: Any) -> Iterator[str]:
    """Give an empty ClickHouse that answers reports; none may fall back unseen."""
    settings.CLICKHOUSE_URL = address
    settings.REPORT_CACHE_SECONDS = 0
    forget_client()
    for table in TABLES:
        command(f"TRUNCATE TABLE {table}", {})
    yield address
    settings.CLICKHOUSE_URL = address
    forget_client()


def everything(shop: ReportedShop) -> None:
    """Trade: levels, sales on several days, a return, points spent."""
    for ref, rank in (("silver", 1), ("gold", 2)):
        shop.admin.ok("PUT", f"membership-products/{ref}", {"name": ref.title(), "rank": rank})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "silver"})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "gold"})
    shop.admin.ok("PUT", "partners/bob", {"name": "Bob", "membership": "silver"})
    now = timezone.now()
    sales = [("ann", 0), ("ann", 1), ("bob", 2), (None, 2), ("bob", 0)]
    for number, (who, days) in enumerate(sales):
        at = (now - timedelta(days=days, hours=1)).isoformat()
        order: dict[str, Any] = {"at": at} | ({"partner": who} if who else {})
        shop.sell(f"order-{number}", ["tea", "cup"], **order)
    shop.give_back("order-0", "1", "1")
    shop.give_back("order-2", "1", "2")
    shop.give_back("order-2", "2", "2")
    shop.till.ok("POST", "cards/club-ann/redeem", {"points": "4", "origin": "coffee"})


def copy_all() -> int:
    """Copy everything that happened, as the consumer does."""
    ids = Order.objects.values_list("partner_id", flat=True)
    return copy_to_clickhouse(
        order_ids=list(Order.objects.values_list("pk", flat=True)),
        return_ids=list(OrderReturn.objects.values_list("pk", flat=True)),
        operation_ids=list(PointOperation.objects.values_list("pk", flat=True)),
        partner_ids=[one for one in ids if one],
    )


def reports(*groups: GroupBy) -> dict[str, Callable[[], Any]]:
    """Return questions by name: every report, grouped, chosen and paged in every way."""
    order = Order.objects.get(ref="order-0")
    program = PromotionProgram.objects.get(ref="tea10").pk
    level, days = MembershipProduct.objects.get(ref="gold").pk, Period(*WHOLE)
    own: dict[str, Any] = {"partner_id": order.partner_id}
    kinds: dict[str, Any] = {"transaction_types": [TransactionType.REDEEM, TransactionType.REVERSE]}
    asked: dict[str, Callable[[], Any]] = {}
    for group in groups:
        asked |= _by_time(Period(*WHOLE, group), order.pos_config_id, program)
    return asked | {
        "one level": lambda: membership_analytics(days, membership_product_ids=[level]),
        "points": lambda: point_transactions(days),
        "points of one": lambda: point_transactions(days, **own),
        "page of points": lambda: point_transactions(days, page=2, per_page=2),
        "kinds of points": lambda: point_transactions(days, **kinds),
        "all points": lambda: list(each_point_transaction(days)),
        "number of points": lambda: count_point_transactions(days, **own),
    }


def _by_time(days: Period, store: int, program: int) -> dict[str, Callable[[], Any]]:
    by: dict[str, Any] = {"page": 2, "per_page": 1}
    one: dict[str, Any] = {"pos_config_ids": [store], "program_ids": [program]}
    asked: dict[str, Callable[[], Any]] = {
        "programs": lambda: promotion_performance(days, customers=True),
        "a page": lambda: promotion_performance(days, **by),
        "past the last page": lambda: promotion_performance(days, page=99, per_page=5),
        "one program": lambda: promotion_performance(days, customers=True, **one),
        "no store": lambda: promotion_performance(days, pos_config_ids=[]),
        "all programs": lambda: list(each_promotion_performance(days)),
        "levels": lambda: membership_analytics(days),
        "page of levels": lambda: membership_analytics(days, **by),
        "past the last page of levels": lambda: membership_analytics(days, page=99),
        "levels at no store": lambda: membership_analytics(days, pos_config_ids=[]),
        "all levels": lambda: list(each_membership_analytics(days)),
    }
    return {f"{name} by {days.group_by}": ask_it for name, ask_it in asked.items()}


def differences(settings: Any, *groups: GroupBy) -> dict[str, tuple[Any, Any]]:
    """Return the questions that the two stores answer differently; PostgreSQL's answer first."""
    address, asked = settings.CLICKHOUSE_URL, reports(*(groups or (GroupBy.MONTH,)))
    settings.CLICKHOUSE_URL = ""
    own = {name: ask_it() for name, ask_it in asked.items()}
    settings.CLICKHOUSE_URL = address
    twin = {name: ask_it() for name, ask_it in asked.items()}
    assert server._Rest.until == 0.0, "PostgreSQL answered for ClickHouse"
    assert all(own[name] for name in ("points", "programs by month", "levels by month"))
    return {name: (own[name], twin[name]) for name in own if own[name] != twin[name]}


def test_every_report_has_the_same_rows(shop: ReportedShop, clickhouse: str, settings: Any) -> None:
    everything(shop)
    shop.load()
    copy_all()
    assert differences(settings, *GroupBy) == {}
    # It is not PostgreSQL that answered: what ClickHouse alone has is seen.
    command("ALTER TABLE promotion_performance DELETE WHERE 1 SETTINGS mutations_sync = 1", {})
    assert differences(settings) != {}


def test_copying_again_changes_nothing(shop: ReportedShop, clickhouse: str, settings: Any) -> None:
    everything(shop)
    first = copy_all()  # makes the facts itself, its reader being ahead of the other
    again = copy_all()
    assert first == again > 0
    ((told_apart,),) = ask("SELECT count() FROM promotion_performance FINAL", {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM promotion_report_detail")
        assert cursor.fetchone() == (told_apart,)
    assert differences(settings) == {}


def test_the_consumer_copies_what_events_speak_of(shop: ReportedShop, clickhouse: str) -> None:
    everything(shop)
    now = timezone.now()
    order, back = Order.objects.get(ref="order-0"), OrderReturn.objects.earliest("pk")
    moved = PointOperation.objects.latest("pk")
    told: list[tuple[str, dict[str, Any]]] = [
        ("OrderCreated", {"order_id": order.pk}),
        ("OrderReturned", {"return_id": back.pk}),
        ("PointsRedeemed", {"operation_id": moved.pk}),
        ("MembershipChanged", {"partner_id": order.partner_id}),
    ]
    copy_facts(
        [
            LoggedEvent(number, number, kind, kind, payload, now, now, kind)
            for number, (kind, payload) in enumerate(told, 1)
        ]
    )
    counts = [ask(f"SELECT count() FROM {table} FINAL", {})[0][0] for table in TABLES]
    # The order: tea under two programs, a cup under one; the returned tea under both.
    assert counts == [5, 2, 1, 2]


def test_a_rebuild_takes_away_what_is_no_longer_so(
    shop: ReportedShop, clickhouse: str, settings: Any
) -> None:
    everything(shop)
    shop.load()
    copy_all()
    command(
        "INSERT INTO order_analytics SELECT * REPLACE (source_id + 1000000 AS source_id) "
        "FROM order_analytics",
        {},
    )
    assert differences(settings) != {}
    heard: list[tuple[int, int]] = []
    since, until = WHOLE
    rebuild_facts(since=since, until=until)
    rebuild_clickhouse(since=since, until=until, progress=lambda *told: heard.append(told))
    assert differences(settings) == {}
    assert heard[-1] == (63, 63)
    with pytest.raises(ValueError, match="before the first"):
        rebuild_clickhouse(since=until, until=since)


def test_a_month_without_details_is_left_as_it_is(shop: ReportedShop, clickhouse: str) -> None:
    everything(shop)
    copy_all()
    moved = "'2019-05-05' AS date, 77 AS source_id"
    command(
        f"INSERT INTO order_analytics SELECT * REPLACE ({moved}) FROM order_analytics LIMIT 1", {}
    )
    rebuild_clickhouse(since=date(2019, 1, 1), until=date(2019, 12, 31))
    assert ask("SELECT count() FROM order_analytics WHERE date = '2019-05-05'", {}) == [(1,)]


@pytest.mark.usefixtures("archive_folder")
def test_old_days_are_told_alike_by_both_stores(
    shop: ReportedShop, clickhouse: str, settings: Any
) -> None:
    everything(shop)
    copy_all()
    sold = promotion_performance(Period(*WHOLE, GroupBy.MONTH))
    held = ask("SELECT count() FROM order_analytics", {})
    archive_reports(at=LATER)
    assert differences(settings) == {}
    assert promotion_performance(Period(*WHOLE, GroupBy.MONTH)) == sold
    assert point_transactions(Period(*WHOLE)).total == 0
    # The facts stay there for questions of one's own, whoever copies meanwhile.
    rebuild_clickhouse(since=WHOLE[0], until=WHOLE[1])
    assert ask("SELECT count() FROM order_analytics", {}) == held
    # One that is added now never gets what is in files.
    for table in TABLES:
        command(f"TRUNCATE TABLE {table}", {})
    copy_all()
    assert differences(settings) == {}
    assert promotion_performance(Period(*WHOLE, GroupBy.MONTH)) == sold
    restore()
    assert differences(settings) == {}
    assert point_transactions(Period(*WHOLE)).total > 0


def test_the_command_rebuilds_both(shop: ReportedShop, clickhouse: str, settings: Any) -> None:
    everything(shop)
    out = StringIO()
    call_command("rebuild_reports", stdout=out)
    assert "rows copied to ClickHouse." in out.getvalue()
    assert differences(settings) == {}
