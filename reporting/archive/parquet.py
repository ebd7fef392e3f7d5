"""CSV to compressed Parquet and back, in a bounded amount of memory.

DuckDB does it as it reads: no row becomes an object of Python. Its Parquet is the standard one,
which any tool for data reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reporting.archive.details import Column

MEMORY = "64MB"
_KINDS = {
    "bigint": "BIGINT",
    "smallint": "SMALLINT",
    "timestamp with time zone": "TIMESTAMPTZ",
    "timestamp without time zone": "TIMESTAMP",
}
_WRITE = """
COPY (
    SELECT * FROM read_csv($source, columns = {columns}, auto_detect = false, header = false,
        delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false,
        new_line = '\\n', parallel = false, max_line_size = 1048576, buffer_size = 2097152)
) TO {target} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)
"""
# Without a NULLSTR of its own, an empty text is written in quotes and a NULL is not: as
# PostgreSQL reads it.
_READ = """
COPY (SELECT {columns} FROM read_parquet({source}))
TO {target} (FORMAT csv, HEADER false, NULLSTR '')
"""


def write_parquet(source: Path, columns: Sequence[Column], target: Path) -> None:
    """Write the rows of a CSV file as Parquet."""
    kinds = ", ".join(f"'{one.name}': '{_kind(one.kind)}'" for one in columns)
    sql = _WRITE.replace("$source", _text(source))
    _run(sql.format(columns="{" + kinds + "}", target=_text(target)))


def read_parquet(source: Path, columns: Sequence[str], target: Path) -> None:
    """Write the rows of a Parquet file as CSV."""
    _run(
        _READ.format(columns=", ".join(columns), source=_text(source), target=_text(target)),
    )


def _run(sql: str) -> None:
    import duckdb  # 20 MB of machinery that one task of a night needs

    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 1}) as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute(sql)


def _kind(postgresql: str) -> str:
    """Return DuckDB's name of a type."""
    if postgresql.startswith("character varying"):
        return "VARCHAR"
    if postgresql.startswith("numeric("):
        return postgresql.replace("numeric", "DECIMAL")
    return _KINDS[postgresql]


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
