"""Long lists: pages by cursor, so that rows added meanwhile shift nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from access.errors import InvalidCursor, InvalidQuery
from access.json import answer

PAGE_SIZE = 50
MAX_PAGE_SIZE = 500


class CursorPages(CursorPagination):
    """Cursor pagination: `page_size` 1 to 500 (50), `cursor` as the links of a page give it.

    A list sets `ordering` to a unique column.
    """

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering: str | tuple[str, ...] = "-id"

    @staticmethod
    def parameters() -> list[OpenApiParameter]:
        """Return the query parameters of a list, for the OpenAPI document."""
        return [
            OpenApiParameter("cursor", str, description="From `next` or `previous` of a page."),
            OpenApiParameter("page_size", int, description=f"1 to {MAX_PAGE_SIZE} ({PAGE_SIZE})."),
        ]

    @staticmethod
    def shape(row: type[serializers.Serializer[Any]]) -> Any:
        """Return the shape of a page of such rows, for the OpenAPI document."""
        return inline_serializer(
            row.__name__.removesuffix("Shape") + "Page",
            {
                "next": serializers.URLField(allow_null=True),
                "previous": serializers.URLField(allow_null=True),
                "results": row(many=True),
            },
        )

    def get_page_size(self, request: Request) -> int:
        """Return the page size asked for. Raises: InvalidQuery."""
        asked = request.query_params.get("page_size")
        if asked is None:
            return PAGE_SIZE
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:4]) <= MAX_PAGE_SIZE):
            raise InvalidQuery(parameter="page_size", minimum=1, maximum=MAX_PAGE_SIZE)
        return int(asked)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        """Return the rows of the page asked for. Raises: InvalidCursor, InvalidQuery."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, ValidationError, DataError):
            # A cursor is the client's to send back, so it may hold anything.
            raise InvalidCursor from None


def answer_page(
    request: Request,
    rows: QuerySet[Any],
    present: Callable[[Any], object],
    *,
    ordering: str = "-id",
) -> HttpResponse:
    """Answer one page of the rows: `{next, previous, results}`, each row as `present` shows it.

    Raises: InvalidCursor, InvalidQuery.
    """
    pages = CursorPages()
    pages.ordering = ordering
    page: Iterable[Any] = pages.paginate_queryset(rows, request) or ()
    return answer(
        {
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
            "results": [present(row) for row in page],
        }
    )
