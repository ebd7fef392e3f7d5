"""With ClickHouse down, or silent, PostgreSQL answers with a warning, and copies wait."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.errors import TargetDown
from reporting.queries.clickhouse import server
from reporting.queries.clickhouse.server import forget_client
from reporting.queries.period import Period
from reporting.queries.points import (
    each_point_transaction,
)
from reporting.services.rebuild_clickhouse import rebuild_clickhouse
from tests.reporting.conftest import ReportedShop
from tests.reporting.test_clickhouse import TODAY, WHOLE, copy_all, everything


@pytest.fixture
def nobody(settings: Any) -> Iterator[None]:
    """Name a ClickHouse that does not answer."""
    settings.CLICKHOUSE_URL = "clickhouse://127.0.0.1:1/default"
    settings.REPORT_CACHE_SECONDS = 0
    forget_client()
    yield
    forget_client()


def test_while_it_is_down_postgresql_answers_with_a_warning(
    shop: ReportedShop, nobody: None, caplog: pytest.LogCaptureFixture
) -> None:
    everything(shop)
    shop.load()
    with caplog.at_level(logging.WARNING):
        rows = shop.report("promotions/performance", group_by="month")
    assert {row["program_name"] for row in rows} == {"Tea10", "Club"}
    assert "ClickHouse is down, PostgreSQL answers reports" in caplog.text
    # It is left alone for a while, not asked for every report.
    assert server._Rest.until > time.monotonic()
    caplog.clear()
    assert list(each_point_transaction(Period(*WHOLE)))
    assert "ClickHouse" not in caplog.text


def test_what_stands_in_for_it_is_not_kept_for_later(
    shop: ReportedShop, nobody: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(shop)
    shop.load()
    settings.REPORT_CACHE_SECONDS = 60
    # The rest may be over by the time that the answer is there.
    monkeypatch.setattr(server, "SECONDS_OF_REST", 0.0)
    assert shop.report("promotions/performance", group_by="month")
    with CaptureQueriesContext(connection) as asked:
        assert shop.report("promotions/performance", group_by="month")
    assert any("promotion_report_daily" in one["sql"] for one in asked)
    settings.CLICKHOUSE_URL = ""
    shop.report("promotions/performance", group_by="month")
    with CaptureQueriesContext(connection) as asked:
        shop.report("promotions/performance", group_by="month")
    assert not any("promotion_report_daily" in one["sql"] for one in asked)


def test_one_that_does_not_answer_is_down(
    shop: ReportedShop, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    everything(shop)
    shop.load()
    monkeypatch.setattr(server, "SECONDS_OF_PATIENCE", 1)
    monkeypatch.setattr(server._told, "__kwdefaults__", {"seconds": 1})
    settings.REPORT_CACHE_SECONDS = 0
    with socket.create_server(("127.0.0.1", 0)) as silent, caplog.at_level(logging.WARNING):
        settings.CLICKHOUSE_URL = f"clickhouse://127.0.0.1:{silent.getsockname()[1]}/default"
        forget_client()
        began = time.monotonic()
        rows = shop.report("promotions/performance", group_by="month")
        assert time.monotonic() - began < server.SECONDS_TO_WRITE
    assert rows
    assert "ClickHouse is down, PostgreSQL answers reports" in caplog.text
    forget_client()


def test_while_it_is_down_the_consumer_waits(shop: ReportedShop, nobody: None) -> None:
    shop.sell("one", ["tea"])
    shop.load()
    with pytest.raises(TargetDown, match="ClickHouse"):
        copy_all()
    with pytest.raises(TargetDown, match="ClickHouse"):
        rebuild_clickhouse(since=TODAY, until=TODAY)


def test_without_the_client_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "clickhouse_connect", None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements-clickhouse\.txt"):
        server.check_client()
