"""Files as answers of the API and the admin."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse


def csv_answer(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """Return a file that is written while it is sent."""
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
