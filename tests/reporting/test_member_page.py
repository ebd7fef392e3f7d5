"""The page of members, from rows made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from reporting.member_page import _cohort_panels, _tiles
from reporting.panels import Panel
from reporting.queries.cohorts import CohortMonth
from reporting.queries.memberships import MembershipAnalytics
from reporting.queries.period import Period

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))


def bought(cohort: date, months: int, active: int) -> CohortMonth:
    return CohortMonth(cohort, months, "USD", 10, active, active, Decimal(active * 10))


def texts(panel: Panel) -> list[list[str]]:
    return [[cell.text for cell in row] for row in panel.rows]


def test_a_cohort_has_the_months_it_is_old_whoever_bought_in_them() -> None:
    rows = [bought(JAN, 0, 5), bought(FEB, 0, 5), bought(FEB, 1, 7)]
    retention, spending = _cohort_panels(rows, "USD", "", until=date(2026, 3, 15))
    assert list(retention.head) == ["Month of joining", "Members", "+0", "+1", "+2"]
    assert texts(retention) == [
        ["Jan 2026", "10", "50 %", "0 %", "0 %"],
        ["Feb 2026", "10", "50 %", "70 %", ""],
    ]
    assert texts(spending)[1] == ["Feb 2026", "10", "$5.00", "$7.00", ""]
    assert retention.chart is not None
    assert list(retention.chart.series[0][1]) == [50, 35, 0]  # 10 of 20, 7 of 20, 0 of 10


def test_months_end_with_the_period() -> None:
    (retention, _spending) = _cohort_panels([bought(JAN, 0, 5)], "USD", "", until=JAN)
    assert texts(retention) == [["Jan 2026", "10", "50 %"]]


def test_moves_between_levels_count_once_however_many_currencies_there_are() -> None:
    def level(currency: str) -> MembershipAnalytics:
        moves = {"new_members": 4, "upgraded_members": 2, "downgraded_members": 1}
        return MembershipAnalytics(
            membership_product_id=1,
            membership_level="Gold",
            date=MAR,
            currency=currency,
            active_members=3,
            total_transactions=3,
            total_spending=Decimal(9),
            total_points_earned=Decimal(0),
            total_points_redeemed=Decimal(0),
            **moves,
        )

    tiles = _tiles([level("USD"), level("EUR")], [], Period(MAR, date(2026, 3, 31)))
    assert [(one.title, one.value) for one in tiles[1:]] == [
        ("New to a level", "4"),
        ("Moved up", "2"),
        ("Moved down", "1"),
    ]
