"""The tiles of the dashboard: what they compare, and what they do not say too early."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from events.queries import COUNTED
from reporting.admin.freshness import not_counted
from reporting.queries.figures import Figures, Sales
from reporting.queries.period import GroupBy, Period
from reporting.tiles import draw_tiles

TODAY = date(2026, 6, 3)
BEFORE = TODAY - timedelta(days=1)


def sales(orders: int) -> Sales:
    return Sales(orders, Decimal(10 * orders), Decimal(orders))


def tiles(first: date, last: date, now: int, before: int) -> dict[str, tuple[str, str, str]]:
    """Return value, note and trend by tile."""
    figures = Figures("USD", (), sales(now), sales(before), (), GroupBy.DAY)
    drawn = draw_tiles(figures, Period(first, last), TODAY, of_all=False)
    return {one["key"]: (one["value"], one["note"], one["trend"]) for one in drawn}


def test_a_day_that_is_not_over_is_not_called_worse_than_a_whole_one() -> None:
    drawn = tiles(TODAY, TODAY, 2, 4)
    assert drawn["sales"] == ("$20.00", "so far; -50 % against the whole day before", "")
    assert drawn["average"][1:] == ("0 % against the day before", "")
    assert tiles(TODAY, TODAY, 6, 4)["orders"] == (
        "6",
        "so far; +50 % against the whole day before",
        "up",
    )
    assert tiles(BEFORE, BEFORE, 2, 4)["orders"] == ("2", "-50 % against the day before", "down")
    assert tiles(BEFORE, TODAY, 2, 4)["orders"] == ("2", "-50 % against the days before", "down")


@pytest.mark.parametrize("orders", [0, -1])
def test_of_no_orders_there_is_no_average(orders: int) -> None:
    drawn = tiles(BEFORE, BEFORE, orders, 4)
    assert drawn["average"] == ("\u2013", "no orders in this period", "")


@pytest.mark.parametrize(
    ("behind", "language", "said"),
    [
        (8587, "en", "8,587 changes are not counted yet"),
        (8587, "id", "8.587 perubahan belum dihitung"),
        (COUNTED, "en", f"{COUNTED:,}+ changes are not counted yet"),
    ],
)
def test_what_is_not_counted_is_written_as_the_language_does(
    behind: int, language: str, said: str
) -> None:
    with override(language):
        assert not_counted(behind) == said
