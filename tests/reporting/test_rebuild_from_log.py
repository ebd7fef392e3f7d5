"""Facts made anew from the event log are those made from orders and ledger, row for row."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from events.models import Event
from reporting.errors import LogTooShort
from reporting.services.load_facts import FactsLoaded
from reporting.services.rebuild_facts import rebuild_facts
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_reports import SUMMARIES, table

pytestmark = pytest.mark.django_db
DETAILS = ("promotion_report_detail", "order_report_detail", "point_report_detail")


def content() -> dict[str, list[tuple[Any, ...]]]:
    """Return all facts without their ids and the time they were written, and all summaries."""
    held = {name: table(name) for name in SUMMARIES}
    with connection.cursor() as cursor:
        for name in DETAILS:
            cursor.execute(f"SELECT to_jsonb(d) - 'id' - 'created_at' FROM {name} d ORDER BY 1")
            held[name] = cursor.fetchall()
    return held


@pytest.fixture
def days(shop: ReportedShop) -> dict[str, Any]:
    """Let a shop sell, take back, give points by hand and move them; return days around it."""
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.sell("two", ["tea"], partner="bob")
    shop.sell("three", ["cup"])
    shop.give_back("one", "1", "1")
    shop.till.ok("POST", "orders/two/cancel", {})
    shop.till.ok("POST", "cards/club-ann/redeem", {"points": "4", "origin": "coffee"})
    shop.admin.ok("POST", "cards/club-bob/adjust", {"points": "30", "reason": "by hand"})
    shop.till.ok("POST", "cards/club-bob/transfer", {"to": "club-ann", "points": "5"})
    shop.load()
    today = timezone.now().date()
    return {"since": today - timedelta(days=40), "until": today + timedelta(days=1)}


def test_the_log_gives_the_same_rows_as_the_orders(days: dict[str, Any]) -> None:
    from_orders = rebuild_facts(**days)
    before = content()
    assert all(before.values())
    heard: list[tuple[int, int]] = []
    tell = lambda done, of_all: heard.append((done, of_all))  # noqa: E731
    assert rebuild_facts(**days, from_log=True, progress=tell) == from_orders
    assert content() == before
    assert heard[-1] == (42, 42)


def test_lost_facts_come_back_from_the_log_alone(days: dict[str, Any]) -> None:
    before = content()
    with connection.cursor() as cursor:
        for name in (*DETAILS, *SUMMARIES):
            cursor.execute(f"DELETE FROM {name}")
    assert rebuild_facts(**days, from_log=True) != FactsLoaded(0, 0, 0)
    assert content() == before


def test_a_log_that_does_not_reach_so_far_is_refused(days: dict[str, Any]) -> None:
    before = content()
    Event.objects.filter(type="OrderReturned").delete()
    with pytest.raises(LogTooShort) as refused:
        rebuild_facts(**days, from_log=True)
    assert refused.value.facts["facts"] == 6  # of each return two lines under programs, and itself
    assert content() == before


def test_the_command_shows_how_far_it_is(days: dict[str, Any]) -> None:
    out = StringIO()
    call_command("rebuild_reports", "--from-log", stdout=out)
    assert "Days: " in out.getvalue()
    assert "facts of programs" in out.getvalue()
    Event.objects.all().delete()
    with pytest.raises(CommandError, match="log_too_short"):
        call_command("rebuild_reports", "--from-log", stdout=StringIO())
