"""What the event log says of orders, returns and ledger operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

POINTS = frozenset(
    {
        "PointsEarned",
        "PointsRedeemed",
        "PointsReversed",
        "PointsExpired",
        "PointsAdjusted",
        "PointsTransferred",
    }
)
_TOLD = """
SELECT type, payload::text FROM events_event
WHERE occurred_at >= %s AND occurred_at < %s AND type = ANY(%s) ORDER BY transaction_id, id
"""
_AT_ONCE = 2_000
Ids = dict[str, set[int]]


def ids_of(events: Iterable[tuple[str, Mapping[str, Any]]]) -> Ids:
    """Return the ids that events speak of, each by its type and payload; see `load_facts`."""
    found: Ids = {"order_ids": set(), "return_ids": set(), "operation_ids": set()}
    for kind, payload in events:
        if kind == "OrderCreated":
            found["order_ids"].add(int(payload["order_id"]))
        elif kind == "OrderReturned":
            found["return_ids"].add(int(payload["return_id"]))
        elif kind in POINTS and "operation_id" in payload:
            found["operation_ids"].add(int(payload["operation_id"]))
    return found


def logged_ids(opens: datetime, closes: datetime) -> Ids:
    """Return the ids that the log speaks of in this span."""
    found = ids_of(())
    kinds = sorted(POINTS | {"OrderCreated", "OrderReturned"})
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, (opens, closes, kinds))
        while rows := cursor.fetchmany(_AT_ONCE):
            for name, ids in ids_of((kind, orjson.loads(text)) for kind, text in rows).items():
                found[name] |= ids
    return found
