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
from reporting.api import asking, shapes, tables
from reporting.queries.memberships import membership_analytics
from reporting.queries.period import GroupBy
from reporting.queries.points import TransactionType, point_transactions
from reporting.queries.promotions import promotion_performance

READERS = allow(Role.MANAGER)
_BY_DAY = (GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH)


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
            tables.FORMAT_PARAMETER,
        ],
        responses=shapes.report_shape(shapes.PromotionPerformanceShape),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer one page, the latest first."""
        query, asked = request.query_params, asking.read_page(request.query_params)
        if kind_of_file := tables.file_kind(query):
            return tables.file_answer(kind_of_file, tables.promotion_table(query))
        page = promotion_performance(
            asking.read_period(query, *GroupBy),
            program_ids=asking.read_program(query),
            pos_config_ids=asking.read_store(query),
            page=asked.page,
            per_page=asked.per_page,
            customers=asking.read_flag(query, "unique_customers"),
        )
        return self.answered(shapes.report_answer(page, shapes.promotion_answer))


class MembershipAnalyticsView(ReportView):
    """How members come, buy and move between levels."""

    @extend_schema(
        operation_id="report_membership_analytics",
        tags=["reports"],
        summary="How members of each level come, buy and move, by time",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            asking.group_by_parameter(*_BY_DAY),
            OpenApiParameter(
                "membership_product_id", str, description="Of this level, by id or reference."
            ),
            asking.STORE_PARAMETER,
            *asking.PAGE_PARAMETERS,
            tables.FORMAT_PARAMETER,
        ],
        responses=shapes.report_shape(shapes.MembershipAnalyticsShape),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer one page, the latest first, then the highest level."""
        query, asked = request.query_params, asking.read_page(request.query_params)
        if kind_of_file := tables.file_kind(query):
            return tables.file_answer(kind_of_file, tables.membership_table(query))
        page = membership_analytics(
            asking.read_period(query, *_BY_DAY),
            membership_product_ids=asking.read_level(query),
            pos_config_ids=asking.read_store(query),
            page=asked.page,
            per_page=asked.per_page,
        )
        return self.answered(shapes.report_answer(page, shapes.membership_answer))


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
            tables.FORMAT_PARAMETER,
        ],
        responses=shapes.report_shape(shapes.PointTransactionShape),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer one page."""
        query, asked = request.query_params, asking.read_page(request.query_params)
        if kind_of_file := tables.file_kind(query):
            return tables.file_answer(kind_of_file, tables.point_table(query))
        kind = asking.read_choice(query, "transaction_type", TransactionType)
        page = point_transactions(
            asking.read_period(query, GroupBy.DAY),
            partner_id=asking.read_partner(query),
            card_id=asking.read_card(query),
            loyalty_program_ids=asking.read_loyalty_program(query),
            transaction_types=None if kind is None else [kind],
            page=asked.page,
            per_page=asked.per_page,
        )
        return self.answered(shapes.report_answer(page, shapes.point_answer))
