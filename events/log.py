"""Writing to the event log."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

import orjson

from core.db import prepared_cursor
from events import bell

_RECORD = """
INSERT INTO events_event (type, key, payload, occurred_at)
SELECT one.type, one.key, one.payload, %s::timestamptz
FROM json_to_recordset(%s::json) AS one(type text, key text, payload jsonb)
"""
_refused: ContextVar[bool] = ContextVar("recording events is refused", default=False)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about to be recorded. `payload` is JSON: decimals as strings, ids as numbers."""

    type: str
    key: str
    payload: Mapping[str, object]


def record(happenings: Iterable[Happening], *, at: datetime) -> None:
    """Append events in the caller's transaction; a rolled back transaction leaves none.

    Writes: events_event, one statement however many. Rings for the consumers after the commit.
    Raises: RuntimeError inside a consumer that promised to record none.
    """
    rows = orjson.dumps(list(happenings)).decode()
    if rows != "[]":
        if _refused.get():
            raise RuntimeError("this consumer must say records_events=True to record events")
        with prepared_cursor() as cursor:
            cursor.execute(_RECORD, (at, rows))
        bell.ring_after_commit()


@contextmanager
def refuse_recording() -> Iterator[None]:
    """Refuse `record` within the block."""
    token = _refused.set(True)
    try:
        yield
    finally:
        _refused.reset(token)
