"""The cache of reports: never staler than the summaries, and never needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction

from access import redis_gate
from loyalty.models import MembershipProduct
from promotions.models import PromotionProgram
from reporting.facts.version import data_version
from reporting.queries import caching
from reporting.queries.leaderboard import ProgramStanding, program_leaderboard
from reporting.queries.memberships import membership_analytics
from reporting.queries.period import GroupBy, Page, Period
from reporting.queries.points import point_transactions
from reporting.queries.promotions import promotion_performance
from reporting.services.rebuild_facts import rebuild_facts
from tests.reporting.conftest import ReportedShop

SPAN = "date_from=2025-01-01&date_to=2027-12-31"
PERIOD = Period(date(2025, 1, 1), date(2027, 12, 31), GroupBy.MONTH)


def performance(**more: Any) -> Page[Any]:
    return promotion_performance(PERIOD, customers=True, **more)


def orders() -> int:
    return sum(row.total_transactions for row in performance().rows)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hear of every report that is made rather than taken from the cache."""
    heard: list[str] = []
    kept_page = caching.kept_page

    def listen(row: type[Any], sql: str, asked: Any, make: Callable[[], Any], **more: Any) -> Any:
        def heard_make() -> Any:
            heard.append(row.__name__)
            return make()

        return kept_page(row, sql, asked, heard_make, **more)

    for name in ("promotions", "memberships", "points", "leaderboard"):
        monkeypatch.setattr(f"reporting.queries.{name}.kept_page", listen)
    return heard


@pytest.fixture
def _redis_down(settings: Any) -> Iterator[None]:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    yield
    redis_gate._gate.closed_until = 0.0


def test_every_report_is_made_once_and_comes_back_the_same(
    shop: ReportedShop, made: list[str]
) -> None:
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()
    today = date.today()  # noqa: DTZ011
    asked: list[Callable[[], Page[Any]]] = [
        performance,
        lambda: promotion_performance(Period(today, today, GroupBy.HOUR)),
        lambda: membership_analytics(PERIOD),
        lambda: point_transactions(PERIOD),
    ]

    first = [ask() for ask in asked]
    assert len(made) == 4
    assert [ask() for ask in asked] == first
    assert len(made) == 4
    assert all(page.rows for page in (first[0], first[2], first[3]))


def test_the_leaderboard_is_made_anew_when_its_data_changed(
    shop: ReportedShop, made: list[str]
) -> None:
    def ask(**more: Any) -> list[ProgramStanding]:
        return program_leaderboard(PERIOD, **more)

    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.load()
    first = ask()
    assert {one.program_name for one in first} == {"Tea10", "Club"}
    assert (ask(), len(made)) == (first, 1)
    assert (ask(extra=False), len(made)) == (first, 2)
    assert (ask(pos_config_ids=[]), len(made)) == ([], 3)
    shop.sell("two", ["tea"])
    assert (ask(), len(made)) == (first, 3)  # as the summaries are
    shop.load()
    assert {one.program_name: one.orders for one in ask()} == {"Tea10": 2, "Club": 1}
    PromotionProgram.objects.filter(ref="tea10").update(name="Tea time")
    assert "Tea time" in {one.program_name for one in ask()}


def test_other_questions_get_other_answers(shop: ReportedShop, made: list[str]) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    assert performance(per_page=1).rows != performance(per_page=1, page=2).rows
    assert promotion_performance(PERIOD).rows[0].unique_customers is None
    assert performance().rows[0].unique_customers == 1
    assert performance(program_ids=[]).rows == []
    assert len(made) == 5


def test_what_reports_read_moves_the_version(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    seen = [data_version()]

    def moved() -> bool:
        seen.append(data_version())
        return seen[-1] not in seen[:-1]

    shop.load()
    assert moved()
    shop.load()  # nothing new
    assert not moved()
    rebuild_facts(since=date(2026, 1, 1), until=date(2026, 1, 31))
    assert moved()
    shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold", "rank": 1})
    shop.admin.ok("PUT", "partners/ann", {"name": "Ann", "membership": "gold"})
    assert moved()
    MembershipProduct.objects.update(name="Golden")
    assert moved()
    PromotionProgram.objects.update(name="Tea time")
    assert moved()
    PromotionProgram.objects.update(state="draft")
    assert not moved()


def test_a_name_that_was_rolled_back_is_never_used_again(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"])
    shop.load()
    before = data_version()
    names = set()
    for _ in range(3):
        with transaction.atomic():
            PromotionProgram.objects.update(name="Never")
            names.add(data_version())
            transaction.set_rollback(True)
        assert data_version() == before
    assert len(names) == 3
    assert before not in names


@pytest.mark.django_db(transaction=True)
def test_facts_that_come_while_a_report_is_made_are_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Facts are committed between the reading of the state and that of the report, and after it."""
    shop = ReportedShop()
    shop.sell("one", ["tea"])
    shop.load()
    shop.sell("two", ["tea"])

    def load_meanwhile() -> str | None:
        version = data_version()
        monkeypatch.undo()
        _elsewhere(shop.load)
        return version

    monkeypatch.setattr("reporting.queries.caching.data_version", load_meanwhile)
    assert orders() == 2  # newer than its name, which nobody asks by any more
    assert orders() == 2
    shop.sell("three", ["tea"])
    _elsewhere(shop.load)
    assert orders() == 3


@pytest.mark.django_db(transaction=True)
def test_facts_that_are_not_committed_are_in_nobodys_report(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"])
    shop.load()
    shop.sell("two", ["tea"])
    seen: list[int] = []
    with transaction.atomic():
        shop.load()
        assert orders() == 2
        _elsewhere(lambda: seen.append(orders()))
    _elsewhere(lambda: seen.append(orders()))
    assert seen == [1, 2]


def _elsewhere(work: Callable[[], object]) -> None:
    """Do it in a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.usefixtures("_redis_down")
def test_without_redis_reports_are_made(shop: ReportedShop, made: list[str]) -> None:
    shop.sell("one", ["tea"])
    shop.load()
    assert (orders(), orders(), len(made)) == (1, 1, 2)


def test_rubbish_in_redis_is_not_an_answer(shop: ReportedShop, made: list[str]) -> None:
    shop.sell("one", ["tea"])
    shop.load()
    assert orders() == 1
    (key,) = redis_gate.ask(lambda redis: redis.keys("punchcard:report:*")) or []
    redis_gate.ask(lambda redis: redis.set(key, b"\x93\x01"))
    assert (orders(), len(made)) == (1, 2)


def test_it_can_be_turned_off(shop: ReportedShop, settings: Any) -> None:
    settings.REPORT_CACHE_SECONDS = 0
    shop.sell("one", ["tea"])
    shop.load()
    assert orders() == 1
    assert redis_gate.ask(lambda redis: redis.keys("punchcard:report:*")) == []


def test_many_changes_leave_one_row_when_facts_come(shop: ReportedShop) -> None:
    for number in range(5):
        PromotionProgram.objects.update(name=f"Name {number}")
    shop.sell("one", ["tea"])
    shop.load()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM report_change")
        assert cursor.fetchone() == (1,)


def test_who_has_the_report_is_told_so(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"])
    shop.load()
    address = f"reports/promotions/performance?{SPAN}"
    shop.admin.ok("GET", address)
    etag = shop.admin.headers["ETag"]
    assert shop.admin.headers["Cache-Control"] == "private, no-cache"

    assert shop.admin.call("GET", address, If_None_Match=etag) == {}
    assert (shop.admin.status, shop.admin.headers["ETag"]) == (304, etag)

    shop.sell("two", ["tea"])
    shop.load()
    answer = shop.admin.ok("GET", address, If_None_Match=etag)
    assert (shop.admin.status, answer["data"][0]["total_transactions"]) == (200, 2)
