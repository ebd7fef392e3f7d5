"""What a member's level should be; no database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from loyalty.domain.levels import (
    Downgrade,
    Held,
    Level,
    Outcome,
    SpendingWindow,
    Verdict,
    decide,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 6, 15, 3, tzinfo=UTC)
BRONZE, SILVER, GOLD, BOUGHT = 1, 2, 3, 9


def level(product_id: int, threshold: int, **more: object) -> Level:
    known: dict[str, object] = {
        "path_id": product_id * 10,
        "product_id": product_id,
        "threshold": Decimal(threshold),
        "sequence": product_id,
        "is_upgradable": True,
        "is_downgradable": True,
        "window": SpendingWindow.LIFETIME,
        "window_months": 12,
        "term_months": 12,
        "grace_days": 0,
        "downgrade_to": Downgrade.EARNED_LEVEL,
    }
    return Level(**(known | more))  # type: ignore[arg-type]


def path(**more: object) -> list[Level]:
    return [level(GOLD, 1000, **more), level(BRONZE, 0, **more), level(SILVER, 500, **more)]


def decided(levels: list[Level], held: Held | None, spent: int, at: datetime = AT) -> Verdict:
    return decide(levels, held, {one.path_id: Decimal(spent) for one in levels}, at, JAKARTA)


def verdict(levels: list[Level], held: Held | None, spent: int) -> tuple[str, int | None]:
    found = decided(levels, held, spent)
    return found.outcome, found.product_id


def over(product_id: int, days: int = 1) -> Held:
    """Return a membership whose term ended so many days ago."""
    return Held(product_id, AT - timedelta(days=days))


@pytest.mark.parametrize(
    ("held", "spent", "expected"),
    [
        (None, 0, (Outcome.UPGRADED, BRONZE)),
        (None, 1000, (Outcome.UPGRADED, GOLD)),
        (Held(BRONZE, None), 499, (Outcome.KEPT, BRONZE)),
        (Held(BRONZE, None), 500, (Outcome.UPGRADED, SILVER)),
        (Held(BRONZE, None), 5000, (Outcome.UPGRADED, GOLD)),
        (Held(GOLD, None), 0, (Outcome.KEPT, GOLD)),
        (Held(GOLD, AT + timedelta(days=1)), 0, (Outcome.KEPT, GOLD)),
        (over(GOLD), 1000, (Outcome.RENEWED, GOLD)),
        (over(GOLD), 999, (Outcome.DOWNGRADED, SILVER)),
        (over(GOLD), 0, (Outcome.DOWNGRADED, BRONZE)),
        (over(SILVER), 2000, (Outcome.UPGRADED, GOLD)),
    ],
)
def test_up_at_once_and_down_only_after_the_term(held, spent, expected):
    assert verdict(path(), held, spent) == expected


def test_a_level_that_cannot_be_reached_by_upgrade_is_passed_over():
    levels = [level(BRONZE, 0), level(SILVER, 500, is_upgradable=False), level(GOLD, 1000)]
    assert verdict(levels, Held(BRONZE, None), 600) == (Outcome.KEPT, BRONZE)
    assert verdict(levels, Held(BRONZE, None), 1000) == (Outcome.UPGRADED, GOLD)


def test_a_level_that_cannot_be_lost_is_renewed():
    assert verdict(path(is_downgradable=False), over(GOLD), 0) == (Outcome.RENEWED, GOLD)


def test_the_grace_after_the_term_is_waited_for():
    levels = path(grace_days=30)
    assert verdict(levels, over(GOLD, 29), 0) == (Outcome.KEPT, GOLD)
    assert verdict(levels, over(GOLD, 30), 0) == (Outcome.DOWNGRADED, BRONZE)
    assert verdict(levels, over(GOLD, 29), 1000) == (Outcome.RENEWED, GOLD)


def test_one_level_down_is_one_level_whatever_was_earned():
    levels = path(downgrade_to=Downgrade.ONE_LEVEL)
    assert verdict(levels, over(GOLD), 0) == (Outcome.DOWNGRADED, SILVER)


def test_below_the_lowest_level_the_membership_ends():
    levels = [level(SILVER, 500), level(GOLD, 1000)]
    assert verdict(levels, over(SILVER), 0) == (Outcome.ENDED, None)
    assert verdict(levels, None, 0) == (Outcome.KEPT, None)


def test_a_bought_level_lasts_its_term_and_then_spending_decides():
    assert verdict(path(), Held(BOUGHT, None), 5000) == (Outcome.KEPT, BOUGHT)
    assert verdict(path(), over(BOUGHT), 600) == (Outcome.DOWNGRADED, SILVER)
    assert verdict([level(GOLD, 1000)], over(BOUGHT), 600) == (Outcome.ENDED, None)


def test_without_a_path_nothing_happens():
    assert verdict([], None, 5000) == (Outcome.KEPT, None)


def test_the_numbers_that_decided_are_told_from_the_lowest_level_up():
    figures = decided(path(), Held(BRONZE, None), 500).figures
    assert [(one.product_id, one.reached) for one in figures] == [
        (BRONZE, True),
        (SILVER, True),
        (GOLD, False),
    ]
    assert (figures[2].spent, figures[2].threshold, figures[2].counts_from) == (500, 1000, None)


def test_windows_start_on_days_of_the_shops_zone():
    rolling = level(GOLD, 1, window=SpendingWindow.ROLLING_MONTHS, window_months=3)
    year = level(GOLD, 1, window=SpendingWindow.CALENDAR_YEAR)
    assert rolling.counts_from(AT, JAKARTA) == datetime(2026, 3, 15, tzinfo=JAKARTA)
    assert year.counts_from(AT, JAKARTA) == datetime(2026, 1, 1, tzinfo=JAKARTA)
    new_year = datetime(2025, 12, 31, 18, tzinfo=UTC)  # already 2026 in Jakarta
    assert year.counts_from(new_year, JAKARTA) == datetime(2026, 1, 1, tzinfo=JAKARTA)


def test_a_term_ends_with_its_last_day():
    start = datetime(2026, 1, 31, 10, tzinfo=JAKARTA)
    stop = level(GOLD, 1, term_months=1).stops_at(start, JAKARTA)
    assert stop == datetime(2026, 3, 1, tzinfo=JAKARTA)
    assert level(GOLD, 1, term_months=0).stops_at(start, JAKARTA) is None
