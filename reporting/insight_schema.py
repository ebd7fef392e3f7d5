"""GraphQL: the reports that compare, and back-tests, over the same rows and columns as REST."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import graphene
from rest_framework import serializers

from access.caller import Role
from promotions.backtests.reading import read_backtest
from reporting.api import asking, backtests, insight_rows, reports
from reporting.api.asking import Query
from reporting.api.columns import (
    BREAKAGE,
    COHORTS,
    FLOW,
    LEADERBOARD,
    LEVELS,
    LIABILITY,
    ORDERS,
    SALES,
    Column,
)
from reporting.graph_asking import DAYS, PAGE, SPAN, Info, ask, list_of, months_of
from reporting.queries.period import GroupBy as Cut

Answer = dict[str, Any]
GroupBy = graphene.Enum.from_enum(Cut, name="GroupBy")
TESTERS = frozenset({Role.MARKETING, Role.MANAGER, Role.ADMIN})
_TYPES: dict[type, Any] = {
    serializers.IntegerField: graphene.Int,
    serializers.FloatField: graphene.Float,
    serializers.BooleanField: graphene.Boolean,
}


def _row(name: str, words: str, columns: Sequence[Column]) -> type[graphene.ObjectType]:
    """Return the type of a row: numbers of points and money are strings, as in REST."""
    fields = {
        one.name: _TYPES.get(type(one.field()), graphene.String)(required=not one.may_be_null)
        for one in columns
    }
    return type(name, (graphene.ObjectType,), {"__doc__": words, **fields})


def _like(name: str, shape: type[Any]) -> type[graphene.ObjectType]:
    """Return the type of what REST answers in a shape."""
    fields: dict[str, Any] = {"__doc__": shape.__doc__}
    for key, one in shape().fields.items():
        required = not one.allow_null
        if isinstance(one, serializers.ListSerializer):
            child = type(one.child)
            fields[key] = list_of(_like(child.__name__.removesuffix("Shape"), child))
        elif isinstance(one, serializers.BaseSerializer):
            kind = _like(type(one).__name__.removesuffix("Shape"), type(one))
            fields[key] = graphene.Field(kind, required=required)
        else:
            fields[key] = _TYPES.get(type(one), graphene.String)(required=required)
    return type(name, (graphene.ObjectType,), fields)


class BacktestJob(graphene.ObjectType):
    """How far a back-test is; `error`: the code of what ended it."""

    id = graphene.ID(required=True)
    state = graphene.String(required=True)
    done = graphene.Int(required=True)
    total = graphene.Int(required=True)
    error = graphene.String()


class Backtest(graphene.ObjectType):
    """What a draft would have done to orders of the past; no `result`: it is not done."""

    id = graphene.ID(required=True)
    program = graphene.ID(required=True)
    date_from = graphene.Date(required=True)
    date_to = graphene.Date(required=True)
    pos_config = graphene.String()
    keep_dates = graphene.Boolean(required=True)
    show_code = graphene.Boolean(required=True)
    job = graphene.Field(BacktestJob, required=True)
    result = graphene.Field(_like("BacktestResult", backtests.BacktestResultShape))


Sales = _row("Sales", "Sales in one span of time.", SALES)
Standing = _row("ProgramStanding", "One program over a period.", LEADERBOARD)
CohortMonth = _row("CohortMonth", "Members who joined in a month, months later.", COHORTS)
Level = _row("MembersOfLevel", "Members who hold a level now.", LEVELS)
PointFlow = _row("PointFlow", "Points of one kind in one span of time.", FLOW)
Liability = _row("PointsLiability", "Points owed that expire in a month.", LIABILITY)
Breakage = _row("Breakage", "What became of the points earned in a month.", BREAKAGE)
ReportedOrder = _row("ReportedOrder", "An order, or a return with minus signs.", ORDERS)
ChangedOrder = _like("ChangedOrder", backtests.ChangedOrderShape)

_KIND = {"loyalty_program": graphene.ID(description="Of this kind of points.")}
_AT = {"at": graphene.String(description="An instant with its zone; left out: now.")}
_BY = {"group_by": GroupBy(default_value=Cut.DAY.value)}


def _report(
    row: type[graphene.ObjectType],
    rows_of: Callable[[Query], Sequence[Any]],
    columns: Sequence[Column],
    **arguments: Any,
) -> graphene.Field:
    """Return a field of the rows that are made as a whole and answered by the page."""

    def resolve(_root: None, info: Info, **asked: Any) -> list[Answer]:
        query = ask(info, asked, whole=True)
        page = asking.read_page(query)
        first = (page.page - 1) * page.per_page
        return _told(rows_of(query)[first : first + page.per_page], columns)

    rows = graphene.List(graphene.NonNull(row))
    return graphene.Field(rows, required=True, resolver=resolve, **arguments, **PAGE)


class InsightQuery(graphene.ObjectType):
    """What can be asked beside the three reports."""

    sales = _report(Sales, insight_rows.sales_rows, SALES, **SPAN, **_BY)
    program_leaderboard = _report(Standing, insight_rows.leaderboard_rows, LEADERBOARD, **SPAN)
    member_cohorts = _report(CohortMonth, insight_rows.cohort_rows, COHORTS, **SPAN)
    members_by_level = _report(Level, insight_rows.level_rows, LEVELS)
    point_flow = _report(PointFlow, insight_rows.flow_rows, FLOW, **DAYS, **_KIND, **_BY)
    points_liability = _report(Liability, insight_rows.liability_rows, LIABILITY, **_AT, **_KIND)
    breakage = _report(Breakage, insight_rows.breakage_rows, BREAKAGE, **DAYS, **_AT, **_KIND)
    orders = list_of(ReportedOrder, program_id=graphene.ID(), **SPAN, **PAGE)
    orders_archived = months_of(program_id=graphene.ID(), **DAYS)
    backtest = graphene.Field(Backtest, required=True, id=graphene.Int(required=True))
    backtest_orders = list_of(ChangedOrder, backtest=graphene.Int(required=True), **PAGE)

    @staticmethod
    def resolve_orders(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer one page, the newest first; details of the whole period are read and counted."""
        return _told(reports.order_page(ask(info, asked, whole=True)).rows, ORDERS)

    @staticmethod
    def resolve_orders_archived(_root: None, info: Info, **asked: Any) -> list[str]:
        """Answer the months that `orders` has nothing of."""
        return reports.order_months_in_files(ask(info, asked))

    @staticmethod
    def resolve_backtest(_root: None, info: Info, **asked: Any) -> Answer:
        """Answer what was asked, how far it is, and the sums once it is done."""
        ask(info, {}, readers=TESTERS)
        told = backtests.backtest_answer(read_backtest(asked["id"]))
        failed = told["job"]["error"]
        return told | {"job": told["job"] | {"error": failed and failed["code"]}}

    @staticmethod
    def resolve_backtest_orders(
        _root: None, info: Info, backtest: int, **asked: Any
    ) -> list[Answer]:
        """Answer one page of the orders that the draft would have changed."""
        query = ask(info, asked, readers=TESTERS)
        page = backtests.orders_page(backtest, asking.read_page(query))
        return [_plain(backtests.order_answer(row)) for row in page.rows]


def _told(rows: Sequence[Any], columns: Sequence[Column]) -> list[Answer]:
    return [_plain({one.name: one.told(row) for one in columns}) for row in rows]


def _plain(answer: Answer) -> Answer:
    """Return an answer with its days and instants written."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in answer.items()
    }
