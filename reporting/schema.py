"""GraphQL: the three reports, over the same queries as REST."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any, Protocol

import graphene

from access.caller import Caller, Role
from access.errors import RoleNotAllowed
from reporting import insight_schema
from reporting.api import asking, reports, shapes
from reporting.api.shapes import Answer
from reporting.errors import QueryTooCostly
from reporting.queries.period import MOST_PER_PAGE
from reporting.queries.period import GroupBy as Cut
from reporting.queries.points import TransactionType as Kind
from reporting.queries.promotions import PromotionPerformance

MOST_ROWS = 2_000
"""How many rows one request may ask for over all its fields: its cost."""

GroupBy = graphene.Enum.from_enum(Cut, name="GroupBy")
TransactionType = graphene.Enum.from_enum(Kind, name="TransactionType")
_PAGE = {
    "page": graphene.Int(default_value=1, description="From 1."),
    "per_page": graphene.Int(
        default_value=asking.PER_PAGE, description=f"1 to {MOST_PER_PAGE} rows."
    ),
}
_SPAN = {
    "date_from": graphene.DateTime(required=True, description="Its day is the first."),
    "date_to": graphene.DateTime(required=True, description="Its day is the last."),
    "pos_config": graphene.ID(description="Of this point of sale."),
}


READERS = frozenset({Role.MANAGER, Role.ADMIN})


@dataclass(slots=True)
class GraphContext:
    """Who asks, and for how many rows over all fields so far."""

    caller: Caller
    rows_asked: int = 0


class Info(Protocol):
    """What a resolver is told beside its arguments."""

    context: GraphContext


class Performance(graphene.ObjectType):
    """One program in one span of time."""

    class Meta:
        name = "PromotionPerformance"

    program_id = graphene.ID(required=True)
    program_name = graphene.String(required=True)
    program_type = graphene.String(required=True)
    date = graphene.Date(required=True, description="The first day of the span.")
    starts_at = graphene.String(required=True, description="Its start by the store's clock.")
    currency = graphene.String(required=True)
    total_transactions = graphene.Int(required=True)
    total_qty = graphene.Decimal(required=True)
    total_amount = graphene.Decimal(required=True)
    total_discount = graphene.Decimal(required=True)
    avg_transaction_value = graphene.Decimal(required=True)
    conversion_rate = graphene.Float(required=True)
    total_points_earned = graphene.Decimal(required=True)
    total_points_redeemed = graphene.Decimal(required=True)
    unique_customers = graphene.Int(description="If it was asked for; not by the hour.")


class Analytics(graphene.ObjectType):
    """One level in one span of time."""

    class Meta:
        name = "MembershipAnalytics"

    membership_product_id = graphene.ID(description="Null: members without a level.")
    membership_level = graphene.String(required=True)
    date = graphene.Date(required=True)
    currency = graphene.String(description="Null: nobody bought.")
    new_members = graphene.Int(required=True)
    active_members = graphene.Int(required=True)
    upgraded_members = graphene.Int(required=True)
    downgraded_members = graphene.Int(required=True)
    total_transactions = graphene.Int(required=True)
    total_spending = graphene.Decimal(required=True)
    avg_spending = graphene.Decimal(required=True)
    total_points_earned = graphene.Decimal(required=True)
    total_points_redeemed = graphene.Decimal(required=True)


class Transaction(graphene.ObjectType):
    """One operation of the ledger that moved points."""

    class Meta:
        name = "PointTransaction"

    card_id = graphene.ID(required=True)
    partner_id = graphene.ID()
    loyalty_program_id = graphene.ID(required=True)
    operation_id = graphene.ID(required=True)
    transaction_date = graphene.DateTime(required=True)
    transaction_type = graphene.String(required=True)
    points_amount = graphene.Decimal(required=True)
    balance_after = graphene.Decimal(required=True)
    origin = graphene.String(required=True)


def _performance(row: PromotionPerformance) -> Answer:
    start = row.date
    day = start.date() if isinstance(start, datetime) else start
    return {
        **shapes.promotion_answer(row),
        "date": day,
        "starts_at": datetime.combine(day, time()).isoformat() if start is day else str(start),
    }


_DAYS = {name: _SPAN[name] for name in ("date_from", "date_to")}


def _list_of(row: type[graphene.ObjectType], **arguments: Any) -> graphene.List:
    return graphene.List(graphene.NonNull(row), required=True, **arguments)


class Query(graphene.ObjectType):
    """What can be asked."""

    promotion_performance = graphene.List(
        graphene.NonNull(Performance),
        required=True,
        program_id=graphene.ID(),
        **_SPAN,
        group_by=GroupBy(required=True),
        unique_customers=graphene.Boolean(default_value=False),
        **_PAGE,
    )
    membership_analytics = graphene.List(
        graphene.NonNull(Analytics),
        required=True,
        membership_product_id=graphene.ID(),
        **_SPAN,
        group_by=GroupBy(default_value=Cut.DAY.value),
        **_PAGE,
    )
    point_transactions = graphene.List(
        graphene.NonNull(Transaction),
        required=True,
        partner_id=graphene.ID(),
        card_id=graphene.ID(),
        date_from=_SPAN["date_from"],
        date_to=_SPAN["date_to"],
        loyalty_program=graphene.ID(),
        transaction_type=TransactionType(),
        **_PAGE,
    )

    program_leaderboard = _list_of(insight_schema.Standing, **_SPAN, **_PAGE)
    member_cohorts = _list_of(insight_schema.CohortMonth, **_SPAN, **_PAGE)
    point_flow = _list_of(
        insight_schema.PointFlow,
        **_DAYS,
        loyalty_program=graphene.ID(),
        group_by=GroupBy(default_value=Cut.DAY.value),
        **_PAGE,
    )
    breakage = _list_of(insight_schema.Breakage, **_DAYS, loyalty_program=graphene.ID(), **_PAGE)

    @staticmethod
    def resolve_promotion_performance(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer one page, the latest first."""
        page = reports.promotion_page(_ask(info, asked))
        return [_performance(row) for row in page.rows]

    @staticmethod
    def resolve_membership_analytics(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer one page, the latest first, then the highest level."""
        page = reports.membership_page(_ask(info, asked))
        return [shapes.membership_answer(row) | {"date": row.date} for row in page.rows]

    @staticmethod
    def resolve_program_leaderboard(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer the programs of a period, the one that gave most first."""
        return insight_schema.leaderboard_page(_ask(info, asked))

    @staticmethod
    def resolve_member_cohorts(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer the months of each cohort, the earliest first."""
        return insight_schema.cohort_page(_ask(info, asked))

    @staticmethod
    def resolve_point_flow(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer the spans, the first one first."""
        return insight_schema.flow_page(_ask(info, asked))

    @staticmethod
    def resolve_breakage(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer the months of earning, as of now."""
        return insight_schema.breakage_page(_ask(info, asked))

    @staticmethod
    def resolve_point_transactions(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer one page, the latest first."""
        page = reports.point_page(_ask(info, asked))
        return [shapes.point_answer(row) for row in page.rows]


def _ask(info: Info, asked: dict[str, Any]) -> dict[str, str]:
    """Return the arguments as a query string would have them, after asking whether one may.

    Raises: RoleNotAllowed, QueryTooCostly, InvalidQuery.
    """
    if info.context.caller.role not in READERS:
        raise RoleNotAllowed(role=info.context.caller.role, allowed=sorted(READERS))
    query = {name: _text(value) for name, value in asked.items() if value is not None}
    page = asking.read_page(query)
    info.context.rows_asked += page.per_page
    if info.context.rows_asked > MOST_ROWS:
        raise QueryTooCostly(rows=info.context.rows_asked, most=MOST_ROWS)
    return query


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return str(value)
