"""Which state of the data reports are made from."""

from __future__ import annotations

from django.db import connection

# Mostly one row; the levels and names that changed since facts were loaded add some.
_VERSION = "SELECT md5(string_agg(id::text, '' ORDER BY id)) FROM report_change"


def note_change() -> None:
    """Say that what reports read changes with this transaction. Writes: report_change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT report_note_change()")


def data_version() -> str | None:
    """Return the name of the state that statements from now on see, or a later one.

    Equal names are equal data, for ever. None: nothing ever changed, so the state has no name.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        version: str | None = cursor.fetchone()[0]
    return version
