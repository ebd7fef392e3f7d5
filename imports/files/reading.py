"""Rows of CSV, JSON lines and Parquet files, one after the other."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from core.sentences import sentence as _
from imports.errors import UnreadableFile

Cells = Mapping[str, Any]
# A page is looked for from the beginning of the file each time.
_AT_ONCE = 20_000
# A file may say that it holds more than a machine does.
_DUCKDB = {"autoinstall_known_extensions": "false", "TimeZone": "UTC", "memory_limit": "512MB"}
SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet")
_LONGEST_LINE = 1 << 20


def read_cells(path: Path) -> Iterator[Cells]:
    """Yield the rows of a file by the names of its columns; its ending says what it is.

    Raises: UnreadableFile, at the row that cannot be read.
    """
    try:
        yield from _reader(path)(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(file=path.name, reason=str(error)) from error


def count_rows(path: Path) -> int:
    """Return about how many rows there are: a line break inside a cell counts as well."""
    if path.suffix == ".parquet":
        return int(_parquet(path, "SELECT count(*) FROM read_parquet(?)")[0][0])
    with path.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return max(0, lines - (path.suffix == ".csv"))


def _reader(path: Path) -> Callable[[Path], Iterator[Cells]]:
    if path.suffix not in SUFFIXES:
        detail = _("Give a file that ends in %(endings)s.") % {"endings": ", ".join(SUFFIXES)}
        raise UnreadableFile(detail, file=path.name)
    if path.suffix == ".parquet":
        return _parquet_rows
    return _csv_rows if path.suffix == ".csv" else _json_rows


def _csv_rows(path: Path) -> Iterator[Cells]:
    # A spreadsheet begins a file in UTF-8 with a mark, and writes semicolons in some countries.
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline(_LONGEST_LINE)
        file.seek(0)
        separator = ";" if head.count(";") > head.count(",") else ","
        yield from csv.DictReader(file, delimiter=separator, strict=True, restval="")


def _json_rows(path: Path) -> Iterator[Cells]:
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE + 1), b""), 1):
            if len(line) > _LONGEST_LINE:
                reason = f"longer than {_LONGEST_LINE:,} bytes"
                raise UnreadableFile(file=path.name, line=number, reason=reason)
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise UnreadableFile(file=path.name, line=number, reason=str(error)) from error
            if not isinstance(row, dict):
                raise UnreadableFile(file=path.name, line=number, reason="no object")
            yield row


def _parquet_rows(path: Path) -> Iterator[Cells]:
    described = _parquet(path, "DESCRIBE SELECT * FROM read_parquet(?)")
    # DuckDB wants one more package to give instants; as text they say as much.
    instants = [_quoted(one[0]) for one in described if one[1] == "TIMESTAMP WITH TIME ZONE"]
    texts = ", ".join(f"CAST({name} AS varchar) AS {name}" for name in instants)
    chosen = f"* REPLACE ({texts})" if texts else "*"
    query = f"SELECT {chosen} FROM read_parquet(?) LIMIT ? OFFSET ?"  # noqa: S608 - quoted
    names, start = [one[0] for one in described], 0
    while True:
        rows = _parquet(path, query, _AT_ONCE, start)
        yield from (dict(zip(names, row, strict=True)) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        start += _AT_ONCE


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _parquet(path: Path, query: str, *more: int) -> list[tuple[Any, ...]]:
    """Return what DuckDB reads. Raises: UnreadableFile, also where it is not installed."""
    try:
        import duckdb
    except ImportError as error:
        detail = _("Parquet files need DuckDB: pip install -r requirements-groceries.txt")
        raise UnreadableFile(detail, file=path.name) from error
    try:
        with duckdb.connect(config={**_DUCKDB}) as reader:
            return reader.execute(query, [str(path), *more]).fetchall()
    except duckdb.Error as error:
        raise UnreadableFile(file=path.name, reason=str(error)) from error
