"""GraphQL: the three reports, over the same queries as REST."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import graphene

from reporting.api import reports, shapes
from reporting.api.shapes import Answer
from reporting.graph_asking import DAYS, PAGE, SPAN, Info, ask, months_of
from reporting.insight_schema import GroupBy, InsightQuery
from reporting.queries.period import GroupBy as Cut
from reporting.queries.points import TransactionType as Kind
from reporting.queries.promotions import PromotionPerformance

TransactionType = graphene.Enum.from_enum(Kind, name="TransactionType")


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
        "starts_at": (datetime.combine(day, time()) if start is day else start).isoformat(),
    }


class Query(InsightQuery):
    """What can be asked."""

    promotion_performance = graphene.List(
        graphene.NonNull(Performance),
        required=True,
        program_id=graphene.ID(),
        **SPAN,
        group_by=GroupBy(required=True),
        unique_customers=graphene.Boolean(default_value=False),
        **PAGE,
    )
    membership_analytics = graphene.List(
        graphene.NonNull(Analytics),
        required=True,
        membership_product_id=graphene.ID(),
        **SPAN,
        group_by=GroupBy(default_value=Cut.DAY.value),
        **PAGE,
    )
    point_transactions = graphene.List(
        graphene.NonNull(Transaction),
        required=True,
        partner_id=graphene.ID(),
        card_id=graphene.ID(),
        date_from=SPAN["date_from"],
        date_to=SPAN["date_to"],
        loyalty_program=graphene.ID(),
        transaction_type=TransactionType(),
        **PAGE,
    )
    point_transactions_archived = months_of(**DAYS)

    @staticmethod
    def resolve_promotion_performance(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer one page, the latest first."""
        page = reports.promotion_page(ask(info, asked, whole=asked["unique_customers"]))
        return [_performance(row) for row in page.rows]

    @staticmethod
    def resolve_membership_analytics(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer one page, the latest first, then the highest level."""
        page = reports.membership_page(ask(info, asked))
        return [shapes.membership_answer(row) | {"date": row.date} for row in page.rows]

    @staticmethod
    def resolve_point_transactions(_root: None, info: Info, **asked: Any) -> list[Answer]:
        """Answer one page, the latest first."""
        page = reports.point_page(ask(info, asked))
        return [shapes.point_answer(row) for row in page.rows]

    @staticmethod
    def resolve_point_transactions_archived(_root: None, info: Info, **asked: Any) -> list[str]:
        """Answer the months that `pointTransactions` has nothing of."""
        return reports.point_months_in_files(ask(info, asked))
