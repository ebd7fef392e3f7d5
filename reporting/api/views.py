"""REST: the three reports."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from access.caller import Role
from access.json import JSON, dump
from access.permissions import allow
from access.views import ApiView
from reporting.api import asking, files, reports, shapes
from reporting.queries.period import GroupBy
from reporting.queries.points import TransactionType

READERS = allow(Role.MANAGER)


class ReportView(ApiView):
    """A report for managers, which need not be sent again to who has it."""

    permission_classes = (READERS,)

    def answered(self, report: shapes.Answer) -> HttpResponse:
        """Answer the report; 304 to a caller whose `If-None-Match` names the same."""
        body = dump(report)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        self.headers["Cache-Control"] = "private, no-cache"
        self.headers["ETag"] = etag
        whole = HttpResponse(body, content_type=JSON)
        # Django's stub says None only where no response was given.
        return get_conditional_response(self.request._request, etag=etag, response=whole) or whole


class PromotionPerformanceView(ReportView):
    """How programs perform."""

    @extend_schema(
        operation_id="report_promotion_performance",
        tags=["reports"],
        summary="How programs perform, by time",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            asking.group_by_parameter(*GroupBy),
            OpenApiParameter("program_id", str, description="Of this program, by id or reference."),
            asking.STORE_PARAMETER,
            OpenApiParameter(
                "unique_customers", bool, description="Count distinct members, too (false)."
            ),
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=shapes.report_shape(shapes.PromotionPerformanceShape),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer one page, the latest first."""
        query = request.query_params
        if kind_of_file := files.file_kind(query):
            return files.report_file(kind_of_file, "promotions/performance", query)
        return self.answered(
            shapes.report_answer(reports.promotion_page(query), shapes.promotion_answer)
        )


class MembershipAnalyticsView(ReportView):
    """How members come, buy and move between levels."""

    @extend_schema(
        operation_id="report_membership_analytics",
        tags=["reports"],
        summary="How members of each level come, buy and move, by time",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            asking.group_by_parameter(*reports.BY_DAY),
            OpenApiParameter(
                "membership_product_id", str, description="Of this level, by id or reference."
            ),
            asking.STORE_PARAMETER,
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=shapes.report_shape(shapes.MembershipAnalyticsShape),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer one page, the latest first, then the highest level."""
        query = request.query_params
        if kind_of_file := files.file_kind(query):
            return files.report_file(kind_of_file, "membership/analytics", query)
        return self.answered(
            shapes.report_answer(reports.membership_page(query), shapes.membership_answer)
        )


class PointTransactionsView(ReportView):
    """Operations that moved points."""

    @extend_schema(
        operation_id="report_point_transactions",
        tags=["reports"],
        summary="List operations that moved points, the latest first",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            OpenApiParameter("partner_id", str, description="Of this member, by id or reference."),
            OpenApiParameter("card_id", int, description="Of this card."),
            OpenApiParameter("loyalty_program", str, description="Of this kind of points."),
            OpenApiParameter("transaction_type", str, enum=[one.value for one in TransactionType]),
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=shapes.report_shape(
            shapes.PointTransactionShape, archived=shapes.archived_field()
        ),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer one page."""
        query = request.query_params
        if kind_of_file := files.file_kind(query):
            return files.report_file(kind_of_file, "points/transactions", query)
        told = shapes.report_answer(reports.point_page(query), shapes.point_answer)
        return self.answered(told | {"archived": reports.point_months_in_files(query)})
