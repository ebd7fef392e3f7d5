"""Limits and budgets under eight tills: first the race without the guard, then exactly the limit.

All tills decide before any of them counts, which is the worst that can happen.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from promotions.models import CountedUse, Order, PartnerUsage, ProgramUsage
from promotions.orders import counting
from promotions.orders.request import OrderRequest, parse_order
from promotions.services import commit_order as committing
from promotions.services.cancel_order import cancel_order
from promotions.services.commit_order import commit_order
from tests.addresses import database_url
from tests.concurrency.threads import SECONDS, at_once
from tests.house.local_run import free_port
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 8


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00")
    return shop


def order(shop: Shop, ref: str, **fields: Any) -> OrderRequest:
    return parse_order(orjson.dumps(shop.order(("A", "1"), ref=ref, **fields)))


def sell(request: OrderRequest) -> Json:
    return commit_order(order=request, at=timezone.now(), user_id=None).receipt


def sell_at_once(shop: Shop, each: int, **fields: Any) -> list[Json]:
    """Let every till sell so many orders; return all receipts."""

    def till(place: int) -> Callable[[], list[Json]]:
        requests = [order(shop, f"T{place}-{n}", **fields) for n in range(each)]
        return lambda: [sell(one) for one in requests]

    sold = at_once(*(till(place) for place in range(TILLS)))
    assert all(isinstance(one, list) for one in sold), sold
    return [receipt for receipts in sold for receipt in receipts]


@pytest.fixture
def all_decide_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every till come to its first count before any till counts."""
    decided = threading.Barrier(TILLS)
    here = threading.local()
    count = counting.count_uses

    def wait_then_count(*args: Any) -> None:
        if not getattr(here, "waited", False):
            here.waited = True
            decided.wait(SECONDS)
        count(*args)

    monkeypatch.setattr(committing, "count_uses", wait_then_count)


@pytest.fixture
def without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count without asking: what a limit that is only checked before would be worth."""
    asked = counting._COUNT_USE.index("  AND (s.most")
    monkeypatch.setattr(counting, "_COUNT_USE", counting._COUNT_USE[:asked])


def used(made: Json) -> tuple[int, Decimal]:
    row = ProgramUsage.objects.get(pk=made["id"])
    return row.times, row.amount


@pytest.mark.usefixtures("all_decide_first", "without_the_guard")
def test_without_the_guard_the_last_use_is_given_eight_times(shop):
    made = shop.percent_off("10", limit_usage=1)
    receipts = sell_at_once(shop, each=1)
    assert [one["total"] for one in receipts] == ["90.00"] * TILLS
    assert used(made)[0] == TILLS


@pytest.mark.usefixtures("all_decide_first", "without_the_guard")
def test_without_the_guard_a_budget_is_overspent(shop):
    made = shop.percent_off("10", budget="10.00")
    sell_at_once(shop, each=1)
    assert used(made)[1] == 80


@pytest.mark.usefixtures("all_decide_first")
def test_the_last_use_is_given_once(shop):
    made = shop.percent_off("10", limit_usage=1)
    receipts = sell_at_once(shop, each=1)
    assert sorted(one["total"] for one in receipts) == ["100.00"] * (TILLS - 1) + ["90.00"]
    assert used(made) == (1, 10)


@pytest.mark.usefixtures("all_decide_first")
def test_a_limit_of_a_hundred_is_given_a_hundred_times(shop):
    made = shop.percent_off("10", limit_usage=100)
    receipts = sell_at_once(shop, each=14)
    totals = [one["total"] for one in receipts]
    assert (totals.count("90.00"), totals.count("100.00")) == (100, 12)
    assert used(made) == (100, 1000)
    assert CountedUse.objects.count() == 100
    # Cancelling gives back what was counted, to the last one, at the same time again.
    refs = list(Order.objects.filter(discount_total__gt=0).values_list("ref", flat=True))
    parts = [refs[place::TILLS] for place in range(TILLS)]

    def call_off(some: list[str]) -> None:
        for ref in some:
            cancel_order(ref=ref, at=timezone.now(), user_id=None)

    assert at_once(*(lambda some=some: call_off(some) for some in parts)) == [None] * TILLS
    assert used(made) == (0, 0)


@pytest.mark.usefixtures("all_decide_first")
def test_a_budget_is_spent_to_the_cent_and_not_beyond(shop):
    made = shop.percent_off("10", budget="155.50")
    receipts = sell_at_once(shop, each=3)
    given = sorted(Decimal(one["discount_total"]) for one in receipts)
    # Fifteen whole discounts, and one of what was left.
    assert given == [0] * 8 + [Decimal("5.50")] + [10] * 15
    assert used(made) == (16, Decimal("155.50"))


@pytest.mark.usefixtures("all_decide_first")
def test_several_limits_hold_together_without_a_circle(shop):
    """Each order is counted in both, whatever the order of the programs in it."""
    first = shop.percent_off("10", limit_usage=9, exclusion_group=None)
    second = shop.percent_off("20", limit_usage=5, exclusion_group=None)
    receipts = sell_at_once(shop, each=2)
    assert (used(first)[0], used(second)[0]) == (9, 5)
    by_program = [one["program"] for receipt in receipts for one in receipt["rewards"]]
    assert (by_program.count(first["id"]), by_program.count(second["id"])) == (9, 5)


def test_a_customers_limit_holds_at_eight_tills(shop):
    """Orders of one customer wait for each other, so that the balances they print are true."""
    made = shop.percent_off("10", limit_per_partner=3)
    shop.member("ann")
    shop.member("bob")
    receipts = sell_at_once(shop, each=1, partner="ann")
    assert [one["total"] for one in receipts].count("90.00") == 3
    assert sell(order(shop, "B", partner="bob"))["total"] == "90.00"
    counts = PartnerUsage.objects.filter(program_id=made["id"]).order_by("-times")
    assert list(counts.values_list("times", flat=True)) == [3, 1]


@pytest.mark.parametrize(("guarded", "counted"), [(False, TILLS), (True, 3)])
def test_the_statement_for_a_customer_holds_by_itself(shop, guarded, counted):
    """Without the customer's lock too: eight at once raise one count, and three get through."""
    made = shop.percent_off("10", limit_per_partner=3)
    shop.member("ann")
    partner = shop.admin.ok("GET", "partners/ann")["id"]
    sql = counting._COUNT_PARTNER_USE
    arguments: tuple[Any, ...] = (partner, [made["id"]], [made["id"]], [3])
    if not guarded:
        sql, arguments = sql[: sql.index("WHERE u.times <")], arguments[:2]

    def count() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            return bool(cursor.rowcount)

    assert at_once(*[count] * TILLS).count(True) == counted
    assert PartnerUsage.objects.get().times == counted


def test_programs_without_a_limit_are_not_counted(shop):
    shop.percent_off("10")
    shop.program(rewards=[discount("5", applies_to="cheapest")])
    sell_at_once(shop, each=1)
    assert not ProgramUsage.objects.exists()
    assert not CountedUse.objects.exists()


@pytest.fixture
def server() -> Iterator[int]:
    """Two web processes on the database of the tests; yields their port."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": str(settings.REDIS_URL),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-m", "granian", "--no-access-log", "--interface", "wsgi"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    with subprocess.Popen(
        [*command, "config.wsgi:application"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:  # a connection is open still
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(900):
        assert process.poll() is None, "the server ended"
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/health/live")
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError


def test_a_limit_holds_across_web_processes(shop, server):
    made = shop.percent_off("10", limit_usage=100)
    headers = {"Authorization": f"Token {shop.till_token}", "Content-Type": "application/json"}

    def till(place: int) -> list[tuple[int, str]]:
        line = http.client.HTTPConnection("127.0.0.1", server, timeout=60)
        answers = []
        for n in range(14):
            body = orjson.dumps(shop.order(("A", "1"), ref=f"H{place}-{n}"))
            line.request("POST", "/api/v1/orders", body, headers)
            answer = line.getresponse()
            answers.append((answer.status, orjson.loads(answer.read()).get("total", "")))
        line.close()
        return answers

    sold = at_once(*(lambda place=place: till(place) for place in range(TILLS)))
    answers = [one for some in sold for one in some]
    assert answers.count((201, "90.00")) == 100
    assert answers.count((201, "100.00")) == 12
    assert used(made) == (100, 1000)


def test_what_is_published_counts_in_the_next_quote_of_every_web_process(shop, server):
    headers = {"Authorization": f"Token {shop.till_token}", "Content-Type": "application/json"}
    body = orjson.dumps(shop.order(("A", "1")))

    def quotes() -> set[tuple[str, int]]:
        return {quote() for _ in range(TILLS)}

    def quote() -> tuple[str, int]:
        with closing(http.client.HTTPConnection("127.0.0.1", server, timeout=60)) as line:
            line.request("POST", "/api/v1/orders/quote", body, headers)
            answer = orjson.loads(line.getresponse().read())
        return answer["total"], answer["catalog_version"]

    before = quotes()
    assert {total for total, _ in before} == {"100.00"}
    made = shop.percent_off("10")
    # Both processes hold the version of before, and are asked at once.
    published = quotes()
    assert {total for total, _ in published} == {"90.00"}
    assert min(version for _, version in published) > max(version for _, version in before)
    shop.admin.ok("POST", f"programs/{made['id']}/pause")
    assert {total for total, _ in quotes()} == {"100.00"}
