"""The catalog's version number: one row, whose lock puts publishing in order, and its history."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

# Inserts after a test emptied the table; everywhere else the row is there and is locked. The
# clock is read after the lock was got, so the history's instants are in the versions' order.
_NEXT = """
WITH counted AS (
  INSERT INTO promotions_catalogstate AS s (id, version) VALUES (1, 2)
  ON CONFLICT (id) DO UPDATE SET version = s.version + 1 RETURNING version
)
INSERT INTO promotions_catalogversion (version, since)
SELECT version, clock_timestamp() FROM counted RETURNING version
"""
_HOLD = "SELECT version FROM promotions_catalogstate FOR SHARE"
# Before the first version there was nothing in force that one could know of: the first counts.
_IN_FORCE_AT = """
SELECT coalesce(
  (SELECT version FROM promotions_catalogversion WHERE since <= %(at)s
   ORDER BY since DESC LIMIT 1),
  (SELECT min(version) FROM promotions_catalogversion), 1)
"""
_REPLACED = """
SELECT next.since FROM promotions_catalogversion one
LEFT JOIN promotions_catalogversion next ON next.version = one.version + 1
WHERE one.version = %(version)s
"""


def next_catalog_version() -> int:
    """Count the catalog version up and return it; must run in a transaction.

    The row stays locked until the end, so versions are published one after the other. In the
    lock order it comes last, after programs and points of sale.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        (version,) = cursor.fetchone()
    return int(version)


def hold_catalog() -> None:
    """Keep anything from being published until the transaction ends; others may hold it too."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD)


def version_in_force_at(at: datetime) -> int:
    """Return the catalog version that was in force at an instant; the first, if none was yet."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE_AT, {"at": at})
        (version,) = cursor.fetchone()
    return int(version)


def was_in_force_since(version: int, since: datetime) -> bool:
    """Tell whether the version exists and was in force at some time from an instant on."""
    with connection.cursor() as cursor:
        cursor.execute(_REPLACED, {"version": version})
        row = cursor.fetchone()
    return row is not None and (row[0] is None or row[0] >= since)
