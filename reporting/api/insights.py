"""REST: reports that compare: programs, cohorts, points over time, what is owed and what breaks.

Each is a few rows, told column by column: `columns.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework.request import Request

from reporting.api import asking, files, insight_rows, shapes
from reporting.api.asking import Query
from reporting.api.columns import (
    BREAKAGE,
    COHORTS,
    FLOW,
    LEADERBOARD,
    LEVELS,
    LIABILITY,
    SALES,
    Column,
)
from reporting.api.views import ReportView
from reporting.exports import Table
from reporting.queries.period import GroupBy, Page

POINTS_PARAMETER = OpenApiParameter("loyalty_program", str, description="Of this kind of points.")
AT_PARAMETER = OpenApiParameter("at", str, description="An instant with its zone; left out: now.")


def _shape(name: str, columns: Sequence[Column]) -> Any:
    fields = {one.name: one.field(allow_null=one.may_be_null) for one in columns}
    row = inline_serializer(f"{name}Row", fields, many=True)
    pagination = shapes.PaginationShape()
    return inline_serializer(f"{name}Report", {"data": row, "pagination": pagination})


class InsightView(ReportView):
    """A report of few rows, a page at a time or as a file."""

    name = ""
    columns: Sequence[Column] = ()
    #: What all rows are read with.
    rows: Callable[[Query], Sequence[Any]]

    def told(self, request: Request) -> HttpResponseBase:
        """Answer a page, or a file of all rows."""
        query = request.query_params
        kind_of_file, asked = files.file_kind(query), asking.read_page(query)
        rows = type(self).rows(query)
        if kind_of_file:
            header = [one.title for one in self.columns]
            cells = ([one.cell(row) for one in self.columns] for row in rows)
            return files.file_answer(kind_of_file, Table(self.name, header, cells))
        first = (asked.page - 1) * asked.per_page
        page = Page(rows[first : first + asked.per_page], asked.page, asked.per_page, len(rows))
        return self.answered(
            shapes.report_answer(
                page, lambda row: {one.name: one.told(row) for one in self.columns}
            )
        )


class SalesView(InsightView):
    """What was sold over time."""

    name, columns = "sales", SALES
    rows = staticmethod(insight_rows.sales_rows)

    @extend_schema(
        operation_id="report_sales",
        tags=["reports"],
        summary="Orders, sales and discounts by time",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            asking.group_by_parameter(*GroupBy),
            asking.STORE_PARAMETER,
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=_shape("Sales", SALES),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer the spans, the latest first."""
        return self.told(request)


class LeaderboardView(InsightView):
    """The programs of a period beside each other."""

    name, columns = "program-leaderboard", LEADERBOARD
    rows = staticmethod(insight_rows.leaderboard_rows)

    @extend_schema(
        operation_id="report_program_leaderboard",
        tags=["reports"],
        summary="Compare programs: what each gave, to how many, and what an extra unit cost",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            asking.STORE_PARAMETER,
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=_shape("ProgramLeaderboard", LEADERBOARD),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer the programs, the one that gave most first."""
        return self.told(request)


class CohortsView(InsightView):
    """Members by the month they joined."""

    name, columns = "member-cohorts", COHORTS
    rows = staticmethod(insight_rows.cohort_rows)

    @extend_schema(
        operation_id="report_member_cohorts",
        tags=["reports"],
        summary="Follow the members who joined in a month: who still buys, and what they spend",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            asking.STORE_PARAMETER,
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=_shape("MemberCohorts", COHORTS),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer the months of each cohort, the earliest first."""
        return self.told(request)


class LevelsView(InsightView):
    """Members by the level they hold."""

    name, columns = "members-by-level", LEVELS
    rows = staticmethod(insight_rows.level_rows)

    @extend_schema(
        operation_id="report_members_by_level",
        tags=["reports"],
        summary="Count the members who hold each level now",
        parameters=[*asking.PAGE_PARAMETERS, files.FORMAT_PARAMETER],
        responses=_shape("MembersByLevel", LEVELS),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer the levels, the lowest first."""
        return self.told(request)


class PointFlowView(InsightView):
    """Points in, out and owed over time."""

    name, columns = "point-flow", FLOW
    rows = staticmethod(insight_rows.flow_rows)

    @extend_schema(
        operation_id="report_point_flow",
        tags=["reports"],
        summary="Points earned, redeemed and expired by time, and what is owed at the end",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            asking.group_by_parameter(*insight_rows.BY_DAY),
            POINTS_PARAMETER,
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=_shape("PointFlow", FLOW),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer the spans, the first one first."""
        return self.told(request)


class PointLiabilityView(InsightView):
    """What is owed in points, and when it expires."""

    name, columns = "points-liability", LIABILITY
    rows = staticmethod(insight_rows.liability_rows)

    @extend_schema(
        operation_id="report_points_liability",
        tags=["reports"],
        summary="Points owed as of any instant, by the month in which they expire",
        parameters=[
            *(AT_PARAMETER, POINTS_PARAMETER),
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=_shape("PointsLiability", LIABILITY),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer the months by kind of points; those that never expire come last."""
        return self.told(request)


class BreakageView(InsightView):
    """Points that nobody redeems."""

    name, columns = "breakage", BREAKAGE
    rows = staticmethod(insight_rows.breakage_rows)

    @extend_schema(
        operation_id="report_breakage",
        tags=["reports"],
        summary="What became of the points earned in each month, and what will never be redeemed",
        parameters=[
            *asking.PERIOD_PARAMETERS,
            *(AT_PARAMETER, POINTS_PARAMETER),
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=_shape("Breakage", BREAKAGE),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Answer the months of earning by kind of points."""
        return self.told(request)
