"""Comparing every measure of the reports with a count of the orders themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reporting.archive.archived import archived_days
from reporting.checking.members import LEVEL_MEASURES, moves_of_points, tally_levels
from reporting.checking.programs import MEASURES, tally_programs
from reporting.queries.memberships import each_membership_analytics
from reporting.queries.period import MOST_PER_PAGE, GroupBy, Period
from reporting.queries.points import each_point_transaction
from reporting.queries.promotions import PromotionPerformance, promotion_performance

Found = dict[tuple[Any, ...], Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure that a report tells otherwise. `key`: time, program or level, currency, measure."""

    report: str
    key: tuple[Any, ...]
    counted: object
    reported: object


@dataclass(frozen=True, slots=True)
class ReportsChecked:
    """How many numbers were compared, and those that differ."""

    numbers: int
    differences: tuple[Difference, ...]


def check_reports(*, since: date, until: date, group_by: GroupBy) -> ReportsChecked:
    """Count all measures of these days anew from orders, ledger and memberships, and compare.

    Raises: PeriodUpsideDown, PeriodTooLong.
    Writes: nothing.
    Safe under: anything; what happened that the consumer has not come to is told as a difference.
    """
    period = Period(since, until, group_by)
    checks: list[tuple[str, Callable[[], Found], Callable[[], Found]]] = [
        ("promotions", lambda: _programs_counted(period), lambda: _programs_reported(period)),
    ]
    if group_by is not GroupBy.HOUR:
        checks.append(
            ("membership", lambda: _levels_counted(period), lambda: _levels_reported(period))
        )
    if not archived_days(since, period.until):  # their operations are in files
        checks.append(("points", lambda: _points_counted(period), lambda: _points_reported(period)))
    numbers, differences = 0, []
    for report, count, read in checks:
        counted, reported = count(), read()
        numbers += len(counted.keys() | reported.keys())
        differences += list(_compare(report, counted, reported))
    return ReportsChecked(numbers, tuple(differences))


def _compare(report: str, counted: Found, reported: Found) -> Iterator[Difference]:
    """Yield what differs; a row that is not there is one of zeros."""
    for key in sorted(counted.keys() | reported.keys(), key=str):
        one, other = counted.get(key, 0), reported.get(key, 0)
        if one != other:
            yield Difference(report, key, one, other)


def _programs_counted(period: Period) -> Found:
    tally = tally_programs(period.date_from, period.date_to, period.group_by)
    found: Found = {}
    for (bucket, program_id, currency), sums in tally.sums.items():
        key = (bucket, program_id, currency)
        found |= {(*key, name): one for name, one in zip(MEASURES, sums, strict=True)}
        found[(*key, "in force")] = tally.in_force[bucket, program_id, currency]
        if period.group_by is not GroupBy.HOUR:
            found[(*key, "customers")] = tally.stayed.members((bucket, program_id))
    return found


def _programs_reported(period: Period) -> Found:
    found: Found = {}
    for row in _all_pages(period):
        key = (row.date, row.program_id, row.currency)
        sums = (
            *(Decimal(row.total_transactions), row.order_amount, row.total_qty),
            *(row.total_amount, row.total_discount, row.points_earned, row.points_redeemed),
        )
        found |= {(*key, name): one for name, one in zip(MEASURES, sums, strict=True)}
        found[(*key, "in force")] = row.orders_in_force
        if period.group_by is not GroupBy.HOUR:
            found[(*key, "customers")] = row.unique_customers
    return found


def _all_pages(period: Period) -> Iterator[PromotionPerformance]:
    number, total = 1, 1
    while (number - 1) * MOST_PER_PAGE < total:
        page = promotion_performance(period, page=number, per_page=MOST_PER_PAGE, customers=True)
        yield from page.rows
        number, total = number + 1, page.total


def _levels_counted(period: Period) -> Found:
    tally = tally_levels(period.date_from, period.date_to, period.group_by)
    found: Found = {}
    for (bucket, level), sums in tally.sums.items():
        found |= {
            (bucket, level, name): one for name, one in zip(LEVEL_MEASURES, sums, strict=True)
        }
    for (bucket, level, currency), partners in tally.bought.items():
        key = (bucket, level, currency)
        found[(*key, "active")] = tally.stayed.members(key)
        found[(*key, "transactions")] = sum(orders for orders, _ in partners.values())
        found[(*key, "spending")] = sum(amount for _, amount in partners.values())
    return found


def _levels_reported(period: Period) -> Found:
    found: Found = {}
    for row in each_membership_analytics(period):
        key = (row.date, row.membership_product_id)
        sums = (
            *(row.new_members, row.upgraded_members, row.downgraded_members),
            *(row.total_points_earned, row.total_points_redeemed),
        )
        found |= {(*key, name): one for name, one in zip(LEVEL_MEASURES, sums, strict=True)}
        if row.currency is not None:
            found[(*key, row.currency, "active")] = row.active_members
            found[(*key, row.currency, "transactions")] = row.total_transactions
            found[(*key, row.currency, "spending")] = row.total_spending
    return found


def _points_counted(period: Period) -> Found:
    return {
        (one.operation_id,): (one.kind, one.points, one.balance)
        for one in moves_of_points(period.date_from, period.date_to)
    }


def _points_reported(period: Period) -> Found:
    return {
        (one.operation_id,): (one.transaction_type, one.points_amount, one.balance_after)
        for one in each_point_transaction(period)
    }
