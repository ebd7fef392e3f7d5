"""A page of each report for a query, however it came: REST, GraphQL and gRPC ask here.

A query holds texts, as that of an address does. Raises: InvalidQuery, PeriodUpsideDown,
PeriodTooLong, and the Missing of what the query names.
"""

from __future__ import annotations

from reporting.api import asking
from reporting.api.asking import Query
from reporting.archive.archived import months_in_files
from reporting.queries.memberships import MembershipAnalytics, membership_analytics
from reporting.queries.orders import ReportedOrder, reported_orders
from reporting.queries.period import GroupBy, Page
from reporting.queries.points import PointTransaction, TransactionType, point_transactions
from reporting.queries.promotions import PromotionPerformance, promotion_performance

BY_DAY = (GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH)


def promotion_page(query: Query) -> Page[PromotionPerformance]:
    """Return how programs perform, the latest first."""
    asked = asking.read_page(query)
    return promotion_performance(
        asking.read_period(query, *GroupBy),
        program_ids=asking.read_program(query),
        pos_config_ids=asking.read_store(query),
        page=asked.page,
        per_page=asked.per_page,
        customers=asking.read_flag(query, "unique_customers"),
    )


def membership_page(query: Query) -> Page[MembershipAnalytics]:
    """Return how members come, buy and move, the latest first, then the highest level."""
    asked = asking.read_page(query)
    return membership_analytics(
        asking.read_period(query, *BY_DAY),
        membership_product_ids=asking.read_level(query),
        pos_config_ids=asking.read_store(query),
        page=asked.page,
        per_page=asked.per_page,
    )


def point_page(query: Query) -> Page[PointTransaction]:
    """Return operations that moved points, the latest first."""
    asked = asking.read_page(query)
    kind = asking.read_choice(query, "transaction_type", TransactionType)
    return point_transactions(
        asking.read_period(query, GroupBy.DAY),
        partner_id=asking.read_partner(query),
        card_id=asking.read_card(query),
        loyalty_program_ids=asking.read_loyalty_program(query),
        transaction_types=None if kind is None else [kind],
        page=asked.page,
        per_page=asked.per_page,
    )


def order_page(query: Query) -> Page[ReportedOrder]:
    """Return orders and returns, the newest first."""
    asked = asking.read_page(query)
    return reported_orders(
        asking.read_period(query, GroupBy.DAY),
        program_ids=asking.read_program(query),
        pos_config_ids=asking.read_store(query),
        page=asked.page,
        per_page=asked.per_page,
    )


def point_months_in_files(query: Query) -> list[str]:
    """Return the months of the period whose operations are in files."""
    return _in_files(query, "point_report_detail")


def order_months_in_files(query: Query) -> list[str]:
    """Return the months of the period whose orders are in files. Raises: ProgramNotFound."""
    by_line = asking.read_program(query) is not None
    return _in_files(query, "promotion_report_detail" if by_line else "order_report_detail")


def _in_files(query: Query, relation: str) -> list[str]:
    period = asking.read_period(query, GroupBy.DAY)
    months = months_in_files(period.date_from, period.until, relation)
    return [f"{one:%Y-%m}" for one in months]
