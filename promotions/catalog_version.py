"""The catalog's version number: one row, whose lock puts publishing in order."""

from django.db import connection

# Inserts after a test emptied the table; everywhere else the row is there and is locked.
_NEXT = """
INSERT INTO promotions_catalogstate AS s (id, version) VALUES (1, 2)
ON CONFLICT (id) DO UPDATE SET version = s.version + 1 RETURNING version
"""
_HOLD = "SELECT version FROM promotions_catalogstate FOR SHARE"


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
