"""The rows of reports that compare, for a query: REST and GraphQL ask here.

Each raises InvalidQuery, PeriodOutOfRange, PeriodUpsideDown, PeriodTooLong, and the Missing of
what the query names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from loyalty.api.instants import parse_instant
from reporting.api import asking
from reporting.api.asking import Query
from reporting.queries.cohorts import member_cohorts
from reporting.queries.figures import members_by_level
from reporting.queries.leaderboard import program_leaderboard
from reporting.queries.period import GroupBy
from reporting.queries.point_flow import breakage, expiry_schedule, point_flow
from reporting.queries.sales import sales_over_time

BY_DAY = (GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH)


def sales_rows(query: Query) -> Sequence[Any]:
    """Return sales by time, the latest first."""
    period = asking.read_period(query, *GroupBy)
    return sales_over_time(period, pos_config_ids=asking.read_store(query))


def leaderboard_rows(query: Query) -> Sequence[Any]:
    """Return the programs of a period, the one that gave most first."""
    period = asking.read_period(query, GroupBy.DAY)
    return program_leaderboard(period, pos_config_ids=asking.read_store(query))


def cohort_rows(query: Query) -> Sequence[Any]:
    """Return the months of each cohort, the earliest first."""
    period = asking.read_period(query, GroupBy.DAY)
    return member_cohorts(period, pos_config_ids=asking.read_store(query))


def level_rows(_query: Query) -> Sequence[Any]:
    """Return how many members hold each level, the lowest first."""
    return members_by_level()


def flow_rows(query: Query) -> Sequence[Any]:
    """Return points in and out by time, the first span first."""
    kinds = asking.read_loyalty_program(query)
    return point_flow(asking.read_period(query, *BY_DAY), loyalty_program_ids=kinds)


def liability_rows(query: Query) -> Sequence[Any]:
    """Return what is owed as of an instant by month of expiry; what never expires comes last."""
    return expiry_schedule(_at(query), loyalty_program_ids=asking.read_loyalty_program(query))


def breakage_rows(query: Query) -> Sequence[Any]:
    """Return what became of the points earned in each month, up to an instant."""
    kinds = asking.read_loyalty_program(query)
    period = asking.read_period(query, GroupBy.DAY)
    return breakage(period, at=_at(query), loyalty_program_ids=kinds)


def _at(query: Query) -> datetime:
    """Return the instant asked for, now without one. Raises: InvalidQuery."""
    asked = query.get("at")
    return timezone.now() if asked is None else parse_instant("at", asked)
