"""What reports answer, as the OpenAPI document describes it and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from core.money import currency_digits
from core.numbers import fixed, plain
from reporting.queries.memberships import MembershipAnalytics
from reporting.queries.period import Page
from reporting.queries.points import PointTransaction
from reporting.queries.promotions import PromotionPerformance

Row = TypeVar("Row")
Answer = dict[str, Any]
IN_FILES = "Months of the period whose rows are in files, and not in this list: `2026-01`."


class PaginationShape(serializers.Serializer):  # type: ignore[type-arg]
    """Which page this is of how many rows."""

    page = serializers.IntegerField()
    per_page = serializers.IntegerField()
    total = serializers.IntegerField()


class PromotionPerformanceShape(serializers.Serializer):  # type: ignore[type-arg]
    """One program in one span of time."""

    program_id = serializers.IntegerField()
    program_name = serializers.CharField()
    program_type = serializers.CharField()
    date = serializers.CharField(help_text="The first day of the span; by the hour, its start.")
    currency = serializers.CharField()
    total_transactions = serializers.IntegerField()
    total_qty = serializers.CharField()
    total_amount = serializers.CharField()
    total_discount = serializers.CharField()
    avg_transaction_value = serializers.CharField()
    conversion_rate = serializers.FloatField()
    total_points_earned = serializers.CharField()
    total_points_redeemed = serializers.CharField()
    unique_customers = serializers.IntegerField(allow_null=True)


class MembershipAnalyticsShape(serializers.Serializer):  # type: ignore[type-arg]
    """One level in one span of time."""

    membership_product_id = serializers.IntegerField(allow_null=True)
    membership_level = serializers.CharField()
    date = serializers.CharField()
    currency = serializers.CharField(allow_null=True)
    new_members = serializers.IntegerField()
    active_members = serializers.IntegerField()
    upgraded_members = serializers.IntegerField()
    downgraded_members = serializers.IntegerField()
    total_transactions = serializers.IntegerField()
    total_spending = serializers.CharField()
    avg_spending = serializers.CharField()
    total_points_earned = serializers.CharField()
    total_points_redeemed = serializers.CharField()


class PointTransactionShape(serializers.Serializer):  # type: ignore[type-arg]
    """One operation of the ledger."""

    card_id = serializers.IntegerField()
    partner_id = serializers.IntegerField(allow_null=True)
    loyalty_program_id = serializers.IntegerField()
    operation_id = serializers.IntegerField()
    transaction_date = serializers.DateTimeField()
    transaction_type = serializers.CharField()
    points_amount = serializers.CharField()
    balance_after = serializers.CharField()
    origin = serializers.CharField()


def archived_field() -> serializers.Field[Any, Any, Any, Any]:
    """Return the field of the months whose details are in files."""
    return serializers.ListField(
        child=serializers.CharField(),
        help_text=IN_FILES,
    )


def report_shape(row: type[serializers.Serializer[Any]], **fields: Any) -> Any:
    """Return the shape of a report of such rows."""
    return inline_serializer(
        row.__name__.removesuffix("Shape") + "Report",
        {"data": row(many=True), "pagination": PaginationShape(), **fields},
    )


def report_answer(page: Page[Row], present: Callable[[Row], Answer]) -> Answer:
    """Return a page of a report as JSON."""
    return {
        "data": [present(row) for row in page.rows],
        "pagination": {"page": page.page, "per_page": page.per_page, "total": page.total},
    }


def promotion_answer(row: PromotionPerformance) -> Answer:
    """Return one row as JSON; money in the currency's digits."""
    digits = currency_digits(row.currency)
    return {
        "program_id": row.program_id,
        "program_name": row.program_name,
        "program_type": row.program_type,
        "date": row.date.isoformat(),
        "currency": row.currency,
        "total_transactions": row.total_transactions,
        "total_qty": plain(row.total_qty),
        "total_amount": fixed(row.total_amount, digits),
        "total_discount": fixed(row.total_discount, digits),
        "avg_transaction_value": fixed(row.avg_transaction_value, digits),
        "conversion_rate": round(row.conversion_rate, 4),
        "total_points_earned": plain(row.points_earned),
        "total_points_redeemed": plain(row.points_redeemed),
        "unique_customers": row.unique_customers,
    }


def membership_answer(row: MembershipAnalytics) -> Answer:
    """Return one row as JSON; members without a level have no `membership_product_id`."""
    digits = currency_digits(row.currency or "")
    return {
        "membership_product_id": row.membership_product_id or None,
        "membership_level": row.membership_level,
        "date": row.date.isoformat(),
        "currency": row.currency,
        "new_members": row.new_members,
        "active_members": row.active_members,
        "upgraded_members": row.upgraded_members,
        "downgraded_members": row.downgraded_members,
        "total_transactions": row.total_transactions,
        "total_spending": fixed(row.total_spending, digits),
        "avg_spending": fixed(row.avg_spending, digits),
        "total_points_earned": plain(row.total_points_earned),
        "total_points_redeemed": plain(row.total_points_redeemed),
    }


def point_answer(row: PointTransaction) -> Answer:
    """Return one row as JSON."""
    return {
        "card_id": row.card_id,
        "partner_id": row.partner_id,
        "loyalty_program_id": row.loyalty_program_id,
        "operation_id": row.operation_id,
        "transaction_date": row.transaction_date,
        "transaction_type": row.transaction_type,
        "points_amount": plain(row.points_amount),
        "balance_after": plain(row.balance_after),
        "origin": row.origin,
    }
