"""The partitions of the details: which there are, what is in them, and the way in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection

DETAILS = ("promotion_report_detail", "order_report_detail", "point_report_detail")
CHUNK = 1 << 20
# Those of months: instants outside of the calendar are in two others, which stay.
_PARTITIONS = """
SELECT parent.relname, child.relname, to_date(right(child.relname, 7), 'YYYY_MM'),
       pg_total_relation_size(child.oid), greatest(child.reltuples, 0)::bigint
FROM pg_inherits
JOIN pg_class parent ON parent.oid = inhparent
JOIN pg_class child ON child.oid = inhrelid
WHERE parent.relname = ANY(%s) AND parent.relnamespace = current_schema()::regnamespace
  AND child.relname ~ '_[0-9]{4}_[0-9]{2}$'
ORDER BY 3, 1
"""
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
# Half of the MD5 of each row, as a number: sums do not mind the order of the rows.
_DIGEST = """
SELECT count(*), coalesce(
    sum(('x' || left(md5(ROW({columns})::text), 16))::bit(64)::bigint::numeric), 0)
FROM {table}
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """One month of one kind of details. `rows` is PostgreSQL's estimate; `size` in bytes."""

    relation: str
    name: str
    month: date
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a table: how many rows, and the sum of their hashes."""

    rows: int
    digest: Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its type, as PostgreSQL writes it."""

    name: str
    kind: str


def partitions() -> list[Partition]:
    """Return the partitions of all details, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS, (list(DETAILS),))
        return [Partition(*row) for row in cursor.fetchall()]


def count_rows(table: str) -> int:
    """Return how many rows a table has, counted: PostgreSQL's estimate may be of another time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def columns_of(table: str) -> list[Column]:
    """Return the columns of a table."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (table,))
        return [Column(*row) for row in cursor.fetchall()]


def content_of(table: str, columns: Sequence[str]) -> Content:
    """Return what is in these columns of a table, which is read once."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST.format(columns=", ".join(columns), table=table))
        rows, digest = cursor.fetchone()
    return Content(rows, Decimal(digest))


def copy_out(table: str, columns: Sequence[str], file: Path) -> None:
    """Write the rows as CSV in the order of their ids."""
    sql = f"COPY (SELECT {', '.join(columns)} FROM {table} ORDER BY id) TO STDOUT (FORMAT csv)"  # noqa: S608
    with connection.cursor() as cursor, cursor.copy(sql) as copy, file.open("wb") as target:
        for chunk in copy:
            target.write(chunk)


def stage(relation: str, columns: Sequence[str], file: Path) -> str:
    """Read CSV into a table that ends with the transaction; return its name."""
    name = f"staged_{relation}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TEMP TABLE {name} (LIKE {relation}) ON COMMIT DROP")
        sql = f"COPY {name} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
        with cursor.copy(sql) as copy, file.open("rb") as source:
            while chunk := source.read(CHUNK):
                copy.write(chunk)
    return name
