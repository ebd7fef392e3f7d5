"""Making the partitions of the details ahead of time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

AHEAD = timedelta(days=62)


def make_partitions(*, at: datetime) -> int:
    """Make the monthly partitions for now and the next two months; return how many were missing.

    Raises: nothing of its own.
    Writes: partitions of the details.
    Safe under: replay and concurrency, a lock lets one process make what others wait for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT report_make_partitions(%s, %s)", (at, at + AHEAD))
        return int(cursor.fetchone()[0])
