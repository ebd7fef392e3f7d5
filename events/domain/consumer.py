"""What a consumer of the event log is: the contract between the log and the apps.

docs/events.md tells how to write one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log's order: everything up to and with it has been read."""

    transaction_id: int
    event_id: int


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as a consumer gets it. `id` is unique for ever: tell repeated ones apart by it.

    `payload` is JSON: decimals as strings. `order_key` is what the consumer keeps order by.
    """

    id: int
    transaction_id: int
    type: str
    key: str
    payload: Mapping[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    order_key: str

    @property
    def position(self) -> Position:
        """Where it stands in the log's order."""
        return Position(self.transaction_id, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Something that is told of events, in commit order per key, without gaps.

    `name` is where its place in the log is kept under: it never changes.
    `handle` gets up to `batch_size` events in one transaction, which also moves the place on:
    what it writes to the database happens exactly once per event. What it does elsewhere may
    happen again after a crash, with the same event ids. What it raises is put down to single
    events: see docs/events.md. `TargetDown` is put down to none: everything waits.
    `event_types`: empty for all. `partition_key`: empty to keep order by the event's own key, or
    the name of a payload field (an event without it is ordered by its key).
    `partitions` bounds how many workers can share it. `attempts` before an event is a dead letter.
    `from_start`: whether a new consumer reads what was logged before it existed.
    `records_events`: whether `handle` may itself record events; if not, its transactions do not
    make other consumers wait.
    """

    name: str
    handle: Callable[[Sequence[LoggedEvent]], None]
    event_types: frozenset[str] = frozenset()
    partition_key: str = ""
    partitions: int = 8
    batch_size: int = 500
    attempts: int = 6
    from_start: bool = True
    records_events: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"a consumer's name is lower case letters and digits: {self.name!r}")
        if min(self.partitions, self.batch_size, self.attempts) < 1 or self.partitions > 256:
            raise ValueError(f"{self.name}: 1 to 256 partitions, batches and attempts from 1")


def partition_of(order_key: str, partitions: int) -> int:
    """Return the partition a key belongs to; the database computes the same (events/stream.py)."""
    digest = hashlib.md5(order_key.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % partitions
