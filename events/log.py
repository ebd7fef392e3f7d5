"""Writing to the event log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection

_RECORD = """
INSERT INTO events_event (type, key, payload, occurred_at)
SELECT one.type, one.key, one.payload, %s
FROM json_to_recordset(%s::json) AS one(type text, key text, payload jsonb)
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about to be recorded. `payload` is JSON: decimals as strings, ids as numbers."""

    type: str
    key: str
    payload: Mapping[str, object]


def record(happenings: Iterable[Happening], *, at: datetime) -> None:
    """Append events in the caller's transaction; a rolled back transaction leaves none.

    Writes: events_event, one statement however many.
    """
    rows = orjson.dumps(list(happenings)).decode()
    if rows != "[]":
        with connection.cursor() as cursor:
            cursor.execute(_RECORD, (at, rows))
