"""The ClickHouse server, and what becomes of a report while it is down."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from reporting.archive.archived import was_archived
from reporting.queries.clickhouse.tables import TABLES
from reporting.queries.period import Period

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

SECONDS_OF_REST = 15.0
# A server that takes the connection and does not answer is down as well. Whoever writes may wait.
SECONDS_OF_PATIENCE, SECONDS_TO_WRITE = 10, 120
Found = TypeVar("Found")
log = logging.getLogger(__name__)


class ClickHouseDown(Exception):
    """ClickHouse did not answer, or refused; the message is its own."""


class _Answer(threading.local):
    """Whether PostgreSQL answered this thread for a server that is down."""

    stood_in = False


class _Rest:
    """Until when this process does not ask a server that was down, by the monotonic clock."""

    until = 0.0


_clients: dict[int, Client] = {}


def _client(seconds: int) -> Client:
    """Return the process's client that waits so long for an answer, the tables being there."""
    in_process = settings.CLICKHOUSE_URL.startswith("chdb:")
    key = 0 if in_process else seconds
    if key not in _clients:
        _clients[key] = _connected(in_process, seconds)
    return _clients[key]


def _connected(in_process: bool, seconds: int) -> Client:
    import clickhouse_connect  # an optional package

    options: dict[str, Any] = {}
    if not in_process:
        # Queries of several threads are answered side by side only outside of a session.
        options = {"autogenerate_session_id": False, "connect_timeout": 3}
        options |= {"send_receive_timeout": seconds}
    client = clickhouse_connect.get_client(dsn=settings.CLICKHOUSE_URL, **options)
    for table in TABLES:
        client.command(table)
    return client


def _told(work: Callable[[Client], Found], *, seconds: int = SECONDS_OF_PATIENCE) -> Found:
    """Let `work` use a client that waits so long. Raises: ClickHouseDown."""
    from clickhouse_connect.driver.exceptions import ClickHouseError

    try:
        return work(_client(seconds))
    except ClickHouseError as error:
        raise ClickHouseDown(str(error)) from error


def ask(sql: str, asked: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a query with its `{name:Type}` filled in. Raises: ClickHouseDown."""
    return _told(lambda client: client.query(sql, parameters=dict(asked)).result_rows)


def stream(sql: str, asked: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query as they come. Raises: ClickHouseDown, before the first row."""
    opened = _told(
        lambda client: client.query_rows_stream(sql, parameters=dict(asked)),
        seconds=SECONDS_TO_WRITE,
    )
    with opened as rows:
        yield from rows


def command(sql: str, asked: Mapping[str, Any]) -> None:
    """Do what `sql` says. Raises: ClickHouseDown."""
    _told(lambda client: client.command(sql, parameters=dict(asked)), seconds=SECONDS_TO_WRITE)


def insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows. Raises: ClickHouseDown."""
    if rows:
        _told(
            lambda client: client.insert(table, rows, column_names=list(columns)),
            seconds=SECONDS_TO_WRITE,
        )


def forget_client() -> None:
    """Close the connection: the address may be another one now, the server may be up again."""
    while _clients:
        _clients.popitem()[1].close()
    _Rest.until = 0.0


def made_and_stood_in(make: Callable[[], Found]) -> tuple[Found, bool]:
    """Return what is made, and whether PostgreSQL stood in for a ClickHouse that is down."""
    _Answer.stood_in = False
    return make(), _Answer.stood_in


def from_clickhouse(period: Period, twin: Callable[[], Found], own: Callable[[], Found]) -> Found:
    """Return what ClickHouse says, or what PostgreSQL does where there is none or it is down.

    Days that were archived are PostgreSQL's: its summaries have them, and whether ClickHouse does
    depends on when it was added. So a report never says what store it came from.
    """
    if not settings.CLICKHOUSE_URL or was_archived(period.date_from, period.until):
        return own()
    if time.monotonic() >= _Rest.until:
        try:
            return twin()
        except ClickHouseDown as error:
            _rest(error)
    _Answer.stood_in = True
    return own()


def each_from_clickhouse(
    period: Period, twin: Callable[[], Iterator[Found]], own: Callable[[], Iterator[Found]]
) -> Iterator[Found]:
    """Yield the rows of the one or the other; which it is, the first row decides."""

    def started() -> Iterator[Found]:
        rows = twin()
        for first in rows:
            return chain([first], rows)
        return iter(())

    yield from from_clickhouse(period, started, own)


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
