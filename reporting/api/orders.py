"""REST: the orders and returns of a period, one by one."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework.request import Request

from reporting.api import asking, files, reports, shapes
from reporting.api.columns import ORDERS
from reporting.api.views import ReportView

_FIELDS: dict[str, Any] = {one.name: one.field() for one in ORDERS}
_ROWS = inline_serializer("ReportedOrder", _FIELDS, many=True)
_PAGINATION = shapes.PaginationShape()
_SHAPE = inline_serializer(
    "ReportedOrders",
    {"data": _ROWS, "pagination": _PAGINATION, "archived": shapes.archived_field()},
)


class OrdersView(ReportView):
    """What the charts are made of."""

    @extend_schema(
        operation_id="report_orders",
        tags=["reports"],
        summary="List orders and returns, or those of one program with what it gave",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            OpenApiParameter("program_id", str, description="Of this program, by id or reference."),
            asking.STORE_PARAMETER,
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=_SHAPE,
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer one page, the newest first; returns have minus signs."""
        query = request.query_params
        if kind_of_file := files.file_kind(query):
            return files.report_file(kind_of_file, "orders", query)
        page = reports.order_page(query)
        told = shapes.report_answer(page, lambda row: {one.name: one.told(row) for one in ORDERS})
        return self.answered(told | {"archived": reports.order_months_in_files(query)})
