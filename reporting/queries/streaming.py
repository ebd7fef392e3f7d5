"""Reading many rows without holding them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction

CHUNK = 2_000


def stream(sql: str, asked: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement through a cursor on the server, as of one moment."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, asked)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
