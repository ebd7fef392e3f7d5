"""What an import came to, and the lock that keeps two of one source apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection

from imports.errors import ImportRunning
from imports.loading.rows import Fault

#: Told the table, how many rows are done, and how many there are.
Progress = Callable[[str, int, int], None]
COUNTS = ("made", "changed", "unchanged", "refused", "left_out")
# Any number, as long as it is ours: advisory locks of other uses have other first numbers.
LOCK = 0x1A4B


class Batch(Protocol):
    """The counts of a batch, and its faulty rows."""

    @property
    def faulty(self) -> Mapping[str, tuple[Fault, ...]]:
        """Faults by key."""


@dataclass(slots=True)
class Tally:
    """Counts by table; faults by table and key."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    faulty: dict[tuple[str, str], tuple[Fault, ...]] = field(default_factory=dict)

    def add(self, table: str, batch: Batch) -> None:
        """Add what became of a batch."""
        held = self.counts.setdefault(table, dict.fromkeys(COUNTS, 0))
        for name in COUNTS:
            held[name] += getattr(batch, name)
        self.faulty |= {(table, key): faults for key, faults in batch.faulty.items()}

    def stored_faults(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield table, key and each fault as a row keeps it."""
        for (table, key), faults in self.faulty.items():
            for fault in faults:
                yield table, key, fault.stored()


@contextmanager
def one_at_a_time(source: str) -> Iterator[None]:
    """Keep a second import from the same source out. Raises: ImportRunning."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (LOCK, source))
        if not cursor.fetchone()[0]:
            raise ImportRunning(source=source)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", (LOCK, source))
