"""Pages of reports, kept in Redis under the state of the data they were made from.

The state is read first and the report after it, so an entry is as its state is or newer, and who
sees a later state never looks where it lies. Redis down is a cache that is empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from django.conf import settings

from access import redis_gate
from reporting.facts.version import data_version
from reporting.queries.clickhouse.server import made_and_stood_in
from reporting.queries.period import Page

Row = TypeVar("Row")


def kept_page(
    row: type[Row],
    sql: str,
    asked: Mapping[str, Any],
    make: Callable[[], Page[Row]],
    *,
    by_hour: bool = False,
) -> Page[Row]:
    """Return the page that `make` would make, without making it if the data has not changed.

    `row`: a dataclass. `sql` and `asked` name the report: another definition is another entry.
    `by_hour`: dates of rows are instants.
    """
    if not settings.REPORT_CACHE_SECONDS:
        return make()
    version = data_version()
    if version is None:
        return make()
    name = hashlib.sha256(repr((sql, sorted(asked.items()), row.__qualname__)).encode()).hexdigest()
    key = f"{redis_gate.PREFIX}report:{version}:{name}"
    text = redis_gate.ask(lambda redis: redis.get(key))
    held = _read(row, text, by_hour) if isinstance(text, bytes) else None
    if held is not None:
        return held
    page, stood_in = made_and_stood_in(make)
    # ClickHouse may lag behind or be ahead, so what stands in for it is not kept as its own.
    if not stood_in:
        written = _write(page)
        redis_gate.ask(lambda redis: redis.set(key, written, ex=settings.REPORT_CACHE_SECONDS))
    return page


def _write(page: Page[Any]) -> bytes:
    rows = [astuple(one) for one in page.rows]
    return msgspec.msgpack.encode((page.page, page.per_page, page.total, rows))


def _read(row: type[Row], text: bytes, by_hour: bool) -> Page[Row] | None:
    """Return what an entry holds, None if it is not one of these rows."""
    kind: Any = row
    try:
        page, per_page, total, rows = msgspec.msgpack.decode(text, type=_shape(kind, by_hour))
    except (msgspec.MsgspecError, ValueError):
        return None
    return Page([row(*one) for one in rows], page, per_page, total)


@cache
def _shape(row: Any, by_hour: bool) -> Any:
    """Return the type of an entry: text alone does not say whether it is a day or an instant."""
    cells = [_cell(kind, by_hour) for kind in get_type_hints(row).values()]
    return tuple[int, int, int, list[tuple[tuple(cells)]]]  # type: ignore[misc]  # made at run time


def _cell(kind: Any, by_hour: bool) -> Any:
    if isinstance(kind, UnionType) and {date, datetime} <= set(get_args(kind)):
        return datetime if by_hour else date
    return kind
