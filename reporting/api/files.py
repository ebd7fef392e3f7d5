"""Reports as files that are sent at once."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.conf import settings
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter

from reporting.api import asking
from reporting.api.asking import Query
from reporting.api.tables import REPORTS, table_of
from reporting.errors import ExportTooLarge
from reporting.exports import CONTENT_TYPES, FileKind, Table, csv_chunks, write_xlsx

FORMAT_PARAMETER = OpenApiParameter(
    "format",
    str,
    enum=["json", *FileKind],
    description="csv and xlsx give every row as a file, or 422 `export_too_large`: then "
    "`POST reports/exports`.",
)


def file_kind(query: Query) -> FileKind | None:
    """Return the kind of file asked for, None for JSON. Raises: InvalidQuery."""
    return None if query.get("format") == "json" else asking.read_choice(query, "format", FileKind)


def report_file(kind: FileKind, report: str, query: Query) -> HttpResponseBase:
    """Answer a report as a file. Raises: ExportTooLarge; as the report."""
    rows = REPORTS[report].rows(query)
    if rows > settings.EXPORT_DIRECT_ROWS:
        raise ExportTooLarge(rows=rows, most=settings.EXPORT_DIRECT_ROWS)
    return file_answer(kind, table_of(report, query))


def file_answer(kind: FileKind, table: Table) -> HttpResponseBase:
    """Answer a file to keep, named after the table."""
    response: HttpResponse | FileResponse | StreamingHttpResponse
    if kind is FileKind.CSV:
        response = StreamingHttpResponse(csv_chunks(table), content_type=CONTENT_TYPES[kind])
    else:
        file = TemporaryFile()  # noqa: SIM115 - the answer closes it
        write_xlsx(table, file)
        file.seek(0)
        response = FileResponse(file, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{table.name}.{kind}"'
    return response
