"""Reports as files: CSV and Excel, row by row, so that their size does not matter.

Text that a spreadsheet would take for a formula is made text again (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any

import xlsxwriter
from django.utils.functional import Promise

Cell = str | int | float | Decimal | date | datetime | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LINES_AT_ONCE = 500
MOST_EXCEL_ROWS = 1_048_575
"""What a sheet holds beside its header row."""
WIDEST = 40


class FileKind(StrEnum):
    """The kinds of files."""

    CSV = "csv"
    XLSX = "xlsx"


CONTENT_TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A report as a table. `rows` are read once, one after the other."""

    name: str
    header: Sequence[str | Promise]
    rows: Iterable[Sequence[Cell]]


def neutral(text: str) -> str:
    """Return text that no spreadsheet reads as a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


class _Line:
    """What `csv` writes to: it hands back the line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_chunks(table: Table) -> Iterator[bytes]:
    """Yield a CSV file in pieces: UTF-8 with its mark, so that Excel knows; RFC 4180 lines."""
    writer = csv.writer(_Line())
    lines: list[str] = ["\ufeff" + str(writer.writerow([str(one) for one in table.header]))]
    for row in table.rows:
        lines.append(str(writer.writerow([_as_text(cell) for cell in row])))
        if len(lines) >= LINES_AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def write_file(kind: FileKind, table: Table, file: IO[bytes]) -> None:
    """Write a file of either kind."""
    if kind is FileKind.XLSX:
        write_xlsx(table, file)
        return
    for chunk in csv_chunks(table):
        file.write(chunk)


def write_xlsx(table: Table, file: IO[bytes]) -> None:
    """Write an Excel file: numbers as numbers, dates as dates, the header row in view.

    Rows go to the disk as they come; what one sheet cannot hold goes on in the next.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False}
        book = xlsxwriter.Workbook(file, {**options, "strings_to_urls": False})
        formats: dict[type, Any] = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            str: book.add_format({"bold": True}),
        }
        sheet = _add_sheet(book, table, formats[str])
        line = 0
        for row in table.rows:
            if line == MOST_EXCEL_ROWS:
                sheet, line = _add_sheet(book, table, formats[str]), 0
            line += 1
            for column, cell in enumerate(row):
                _write_cell(sheet, line, column, cell, formats)
        book.close()


def _add_sheet(book: Any, table: Table, bold: Any) -> Any:
    """Begin a sheet with the header; the second and later ones are numbered."""
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet(table.name[:31] if number == 1 else f"{table.name[:27]} {number}")
    header = [str(one) for one in table.header]
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(header):
        sheet.set_column(column, column, min(max(len(title) + 2, 12), WIDEST))
    sheet.write_row(0, 0, header, bold)
    return sheet


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, datetime):
        # Excel knows no zones: the instant stands as UTC says it.
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), formats[datetime])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats[date])
    elif isinstance(cell, str):
        sheet.write_string(row, column, neutral(cell))
    else:
        sheet.write_number(row, column, cell)


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutral(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
