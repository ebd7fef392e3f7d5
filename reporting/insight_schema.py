"""GraphQL: the reports that compare, over the same queries and columns as REST."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import graphene
from django.utils import timezone
from rest_framework import serializers

from reporting.api import asking
from reporting.api.asking import Query
from reporting.api.columns import BREAKAGE, COHORTS, FLOW, LEADERBOARD, Column
from reporting.queries.cohorts import member_cohorts
from reporting.queries.leaderboard import program_leaderboard
from reporting.queries.period import GroupBy
from reporting.queries.point_flow import breakage, point_flow

Answer = dict[str, Any]
_TYPES: dict[object, Any] = {
    serializers.IntegerField: graphene.Int,
    serializers.FloatField: graphene.Float,
}
_BY_DAY = (GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH)


def _row(name: str, words: str, columns: Sequence[Column]) -> type[graphene.ObjectType]:
    """Return the type of a row: numbers of points and money are strings, as in REST."""
    fields = {
        one.name: _TYPES.get(one.field, graphene.String)(required=not one.may_be_null)
        for one in columns
    }
    return type(name, (graphene.ObjectType,), {"__doc__": words, **fields})


Standing = _row("ProgramStanding", "One program over a period.", LEADERBOARD)
CohortMonth = _row("CohortMonth", "Members who joined in a month, months later.", COHORTS)
PointFlow = _row("PointFlow", "Points of one kind in one span of time.", FLOW)
Breakage = _row("Breakage", "What became of the points earned in a month.", BREAKAGE)


def _leaderboard(query: Query) -> Sequence[Any]:
    period = asking.read_period(query, GroupBy.DAY)
    return program_leaderboard(period, pos_config_ids=asking.read_store(query))


def _cohorts(query: Query) -> Sequence[Any]:
    period = asking.read_period(query, GroupBy.DAY)
    return member_cohorts(period, pos_config_ids=asking.read_store(query))


def _flow(query: Query) -> Sequence[Any]:
    kinds = asking.read_loyalty_program(query)
    return point_flow(asking.read_period(query, *_BY_DAY), loyalty_program_ids=kinds)


def _breakage(query: Query) -> Sequence[Any]:
    kinds = asking.read_loyalty_program(query)
    period = asking.read_period(query, GroupBy.DAY)
    return breakage(period, at=timezone.now(), loyalty_program_ids=kinds)


def _page(
    query: Query, read: Callable[[Query], Sequence[Any]], columns: Sequence[Column]
) -> list[Answer]:
    asked, rows = asking.read_page(query), read(query)
    first = (asked.page - 1) * asked.per_page
    return [_told(row, columns) for row in rows[first : first + asked.per_page]]


def _told(row: object, columns: Sequence[Column]) -> Answer:
    answer = {one.name: one.told(row) for one in columns}
    return {
        name: str(value) if hasattr(value, "isoformat") else value for name, value in answer.items()
    }


def leaderboard_page(query: Query) -> list[Answer]:
    """Return a page of programs, the one that gave most first."""
    return _page(query, _leaderboard, LEADERBOARD)


def cohort_page(query: Query) -> list[Answer]:
    """Return a page of months of cohorts, the earliest first."""
    return _page(query, _cohorts, COHORTS)


def flow_page(query: Query) -> list[Answer]:
    """Return a page of spans, the first one first."""
    return _page(query, _flow, FLOW)


def breakage_page(query: Query) -> list[Answer]:
    """Return a page of months of earning."""
    return _page(query, _breakage, BREAKAGE)
