"""The ClickHouse server, and what becomes of a report while it is down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from reporting.queries.clickhouse.tables import TABLES

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

SECONDS_OF_REST = 15.0
Found = TypeVar("Found")
log = logging.getLogger(__name__)


class ClickHouseDown(Exception):
    """ClickHouse did not answer, or refused; the message is its own."""


class _Rest:
    """Until when this process does not ask a server that was down, by the monotonic clock."""

    until = 0.0


@cache
def _client() -> Client:
    """Return the process's client, the tables being there."""
    import clickhouse_connect  # an optional package

    options: dict[str, Any] = {}
    if not settings.CLICKHOUSE_URL.startswith("chdb:"):
        # Queries of several threads are answered side by side only outside of a session.
        options = {"autogenerate_session_id": False, "connect_timeout": 3}
    client = clickhouse_connect.get_client(dsn=settings.CLICKHOUSE_URL, **options)
    for table in TABLES:
        client.command(table)
    return client


def _told(work: Callable[[Client], Found]) -> Found:
    """Let `work` use the client. Raises: ClickHouseDown."""
    from clickhouse_connect.driver.exceptions import ClickHouseError

    try:
        return work(_client())
    except ClickHouseError as error:
        raise ClickHouseDown(str(error)) from error


def ask(sql: str, asked: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a query with its `{name:Type}` filled in. Raises: ClickHouseDown."""
    return _told(lambda client: client.query(sql, parameters=dict(asked)).result_rows)


def stream(sql: str, asked: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query as they come. Raises: ClickHouseDown, before the first row."""
    opened = _told(lambda client: client.query_rows_stream(sql, parameters=dict(asked)))
    with opened as rows:
        yield from rows


def command(sql: str, asked: Mapping[str, Any]) -> None:
    """Do what `sql` says. Raises: ClickHouseDown."""
    _told(lambda client: client.command(sql, parameters=dict(asked)))


def insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows. Raises: ClickHouseDown."""
    if rows:
        _told(lambda client: client.insert(table, rows, column_names=list(columns)))


def forget_client() -> None:
    """Close the connection: the address may be another one now, the server may be up again."""
    if _client.cache_info().currsize:
        _client().close()
    _client.cache_clear()
    _Rest.until = 0.0


def from_clickhouse(twin: Callable[[], Found], own: Callable[[], Found]) -> Found:
    """Return what ClickHouse says, or what PostgreSQL does where there is none or it is down."""
    if not settings.CLICKHOUSE_URL or time.monotonic() < _Rest.until:
        return own()
    try:
        return twin()
    except ClickHouseDown as error:
        _rest(error)
        return own()


def each_from_clickhouse(
    twin: Callable[[], Iterator[Found]], own: Callable[[], Iterator[Found]]
) -> Iterator[Found]:
    """Yield the rows of the one or the other; which it is, the first row decides."""

    def started() -> Iterator[Found]:
        rows = twin()
        for first in rows:
            return chain([first], rows)
        return iter(())

    yield from from_clickhouse(started, own)


def _rest(error: ClickHouseDown) -> None:
    _Rest.until = time.monotonic() + SECONDS_OF_REST
    log.warning("ClickHouse is down, PostgreSQL answers reports: %s", error)


def check_client() -> None:
    """See that the client is installed. Raises: ImproperlyConfigured."""
    try:
        import clickhouse_connect  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise ImproperlyConfigured(
            "CLICKHOUSE_URL is set, but the client is not installed: "
            "pip install -r requirements-clickhouse.txt -c constraints.txt"
        ) from error
