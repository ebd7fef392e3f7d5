"""Hours of a program by the store's clock, over REST, on the days the clock is changed."""

from __future__ import annotations

import pytest

from tests.shop import Json, Shop

pytestmark = pytest.mark.django_db
# In 2026 New York puts its clocks forward on 8 March at 07:00 UTC and back on 1 November at 06:00.
SUNDAY, SATURDAY = 6, 5


@pytest.fixture
def shop() -> Shop:
    shop = Shop(time_zone="America/New_York")
    shop.products(A="100.00")
    return shop


def happy(shop: Shop, at: str) -> bool:
    body = shop.order(("A", "1"), at=at)
    return bool(shop.admin.ok("POST", "orders/quote", body)["total"] == "90.00")


def window(weekday: int, start: str, end: str) -> Json:
    return {"weekdays": [weekday], "start": start, "end": end}


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-03-08T05:59:00Z", False),  # 00:59
        ("2026-03-08T06:00:00Z", True),  # 01:00
        ("2026-03-08T06:59:59Z", True),  # 01:59:59
        ("2026-03-08T07:00:00Z", True),  # 03:00, as two o'clock is left out
        ("2026-03-08T07:29:59Z", True),
        ("2026-03-08T07:30:00Z", False),  # 03:30: the window was an hour and a half long
    ],
)
def test_when_clocks_go_forward_the_hour_is_missing(shop, at, inside):
    shop.percent_off("10", schedule=[window(SUNDAY, "01:00", "03:30")])
    assert happy(shop, at) == inside


def test_a_window_inside_the_missing_hour_does_not_open(shop):
    shop.percent_off("10", schedule=[window(SUNDAY, "02:00", "03:00")])
    minutes = [f"2026-03-08T{hour:02}:{minute:02}:00Z" for hour in (6, 7) for minute in (0, 30, 59)]
    assert not any(happy(shop, at) for at in minutes)
    # A week later it is open again, an hour earlier by UTC than in winter.
    assert happy(shop, "2026-03-15T06:00:00Z")
    assert happy(shop, "2026-03-01T07:00:00Z")


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-11-01T04:59:00Z", False),  # 00:59 summer time
        ("2026-11-01T05:00:00Z", True),  # 01:00 summer time
        ("2026-11-01T05:59:59Z", True),
        ("2026-11-01T06:00:00Z", True),  # 01:00 again, winter time
        ("2026-11-01T06:59:59Z", True),
        ("2026-11-01T07:00:00Z", False),  # 02:00
    ],
)
def test_when_clocks_go_back_the_hour_counts_twice(shop, at, inside):
    shop.percent_off("10", schedule=[window(SUNDAY, "01:00", "02:00")])
    assert happy(shop, at) == inside


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-03-08T03:59:00Z", True),  # Saturday 22:59
        ("2026-03-08T06:59:00Z", True),  # Sunday 01:59
        ("2026-03-08T07:59:59Z", True),  # Sunday 03:59:59, an hour after
        ("2026-03-08T08:00:00Z", False),  # 04:00
        ("2026-11-01T01:59:00Z", False),  # Saturday 21:59
        ("2026-11-01T08:59:59Z", True),  # Sunday 03:59:59, seven hours after it opened
        ("2026-11-01T09:00:00Z", False),  # 04:00
    ],
)
def test_a_night_across_the_change_ends_by_the_clock(shop, at, inside):
    shop.percent_off("10", schedule=[window(SATURDAY, "22:00", "04:00")])
    assert happy(shop, at) == inside


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "9999-12-31T23:59:59Z"]
)
def test_an_instant_at_an_end_of_the_calendar_is_refused(shop, at):
    shop.percent_off("10", schedule=[window(SUNDAY, "01:00", "03:30")])
    problem = shop.admin.call("POST", "orders/quote", shop.order(("A", "1"), at=at))
    assert (shop.admin.status, problem["code"]) == (400, "invalid")
    assert [one["pointer"] for one in problem["errors"]] == ["/at"]
    assert not happy(shop, "1900-01-01T00:00:00Z")
    assert not happy(shop, "8999-12-31T23:59:59Z")
