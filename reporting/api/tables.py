"""The reports as tables for files: every row, in the order of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import currency_digits
from loyalty.models import LoyaltyProgram
from reporting.api import asking
from reporting.api.asking import Query
from reporting.api.columns import ORDERS
from reporting.exports import Cell, Table
from reporting.queries.memberships import count_membership_analytics, each_membership_analytics
from reporting.queries.orders import count_reported_orders, each_reported_order
from reporting.queries.period import GroupBy, Period
from reporting.queries.points import (
    TransactionType,
    count_point_transactions,
    each_point_transaction,
)
from reporting.queries.promotions import count_promotion_performance, each_promotion_performance

Asked = tuple[Period, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be had as a file.

    `read`: what the parameters ask for; raises as the report does. `count`: how many rows that
    has. `table`: these rows.
    """

    parameters: frozenset[str]
    read: Callable[[Query], Asked]
    count: Callable[..., int]
    table: Callable[..., Table]

    def rows(self, query: Query) -> int:
        """Return how many rows it has. Raises: as the report."""
        period, chosen = self.read(query)
        return self.count(period, **chosen)


def table_of(report: str, query: Query) -> Table:
    """Return a report as a table. Raises: KeyError for another name; as the report."""
    period, chosen = REPORTS[report].read(query)
    return REPORTS[report].table(period, **chosen)


def _read_promotions(query: Query) -> Asked:
    return asking.read_period(query, *GroupBy), {
        "program_ids": asking.read_program(query),
        "pos_config_ids": asking.read_store(query),
        "customers": asking.read_flag(query, "unique_customers"),
    }


def _promotion_table(period: Period, **chosen: Any) -> Table:
    customers = chosen["customers"]

    def cells() -> Iterator[list[Cell]]:
        for row in each_promotion_performance(period, **chosen):
            digits = currency_digits(row.currency)
            yield [
                *(row.date, row.program_id, row.program_name, row.program_type, row.currency),
                *(row.total_transactions, row.total_qty.normalize()),
                *(round(row.total_amount, digits), round(row.total_discount, digits)),
                *(round(row.avg_transaction_value, digits), round(row.conversion_rate, 4)),
                *(row.points_earned.normalize(), row.points_redeemed.normalize()),
                *([row.unique_customers] if customers else []),
            ]

    header = [
        *(_("Date"), _("Program id"), _("Program"), _("Type"), _("Currency")),
        *(_("Transactions"), _("Quantity"), _("Amount"), _("Discount")),
        *(_("Average transaction"), _("Conversion rate")),
        *(_("Points earned"), _("Points redeemed")),
        *([_("Unique customers")] if customers else []),
    ]
    return Table("promotion-performance", header, cells())


def _read_memberships(query: Query) -> Asked:
    return asking.read_period(query, GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH), {
        "membership_product_ids": asking.read_level(query),
        "pos_config_ids": asking.read_store(query),
    }


def _membership_table(period: Period, **chosen: Any) -> Table:
    def cells() -> Iterator[list[Cell]]:
        for row in each_membership_analytics(period, **chosen):
            digits = currency_digits(row.currency or "")
            yield [
                *(row.date, row.membership_product_id or None, row.membership_level, row.currency),
                *(row.new_members, row.active_members),
                *(row.upgraded_members, row.downgraded_members),
                *(row.total_transactions, round(row.total_spending, digits)),
                round(row.avg_spending, digits),
                *(row.total_points_earned.normalize(), row.total_points_redeemed.normalize()),
            ]

    header = [
        *(_("Date"), _("Level id"), _("Level"), _("Currency")),
        *(_("New members"), _("Active members")),
        *(_("Upgraded"), _("Downgraded"), _("Transactions"), _("Spending")),
        *(_("Average spending"), _("Points earned"), _("Points redeemed")),
    ]
    return Table("membership-analytics", header, cells())


def _read_points(query: Query) -> Asked:
    kind = asking.read_choice(query, "transaction_type", TransactionType)
    return asking.read_period(query, GroupBy.DAY), {
        "partner_id": asking.read_partner(query),
        "card_id": asking.read_card(query),
        "loyalty_program_ids": asking.read_loyalty_program(query),
        "transaction_types": None if kind is None else [kind],
    }


def _point_table(period: Period, **chosen: Any) -> Table:
    names = dict(LoyaltyProgram.objects.values_list("pk", "name"))
    cells: Iterator[list[Cell]] = (
        [
            *(row.transaction_date, row.operation_id, row.transaction_type),
            *(row.loyalty_program_id, names.get(row.loyalty_program_id, "")),
            *(row.card_id, row.partner_id),
            *(row.points_amount.normalize(), row.balance_after.normalize(), row.origin),
        ]
        for row in each_point_transaction(period, **chosen)
    )
    header = [
        *(_("Time (UTC)"), _("Operation id"), _("Type")),
        *(_("Kind of points id"), _("Kind of points"), _("Card id"), _("Member id")),
        *(_("Points"), _("Balance after"), _("Origin")),
    ]
    return Table("point-transactions", header, cells)


def _read_orders(query: Query) -> Asked:
    return asking.read_period(query, GroupBy.DAY), {
        "program_ids": asking.read_program(query),
        "pos_config_ids": asking.read_store(query),
    }


def _order_table(period: Period, **chosen: Any) -> Table:
    found = each_reported_order(period, **chosen)
    cells: Iterator[list[Cell]] = ([one.cell(row) for one in ORDERS] for row in found)
    return Table("orders", [one.title for one in ORDERS], cells)


_SPAN = frozenset({"date_from", "date_to", "group_by"})
REPORTS = {
    "promotions/performance": Report(
        _SPAN | {"program_id", "pos_config", "unique_customers"},
        _read_promotions,
        count_promotion_performance,
        _promotion_table,
    ),
    "membership/analytics": Report(
        _SPAN | {"membership_product_id", "pos_config"},
        _read_memberships,
        count_membership_analytics,
        _membership_table,
    ),
    "points/transactions": Report(
        _SPAN | {"partner_id", "card_id", "loyalty_program", "transaction_type"},
        _read_points,
        count_point_transactions,
        _point_table,
    ),
    "orders": Report(
        frozenset({"date_from", "date_to", "program_id", "pos_config"}),
        _read_orders,
        count_reported_orders,
        _order_table,
    ),
}
"""By their address under reports/."""
