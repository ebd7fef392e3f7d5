"""When points can be spent and when they expire; no database."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.domain.terms import CapPeriod, Expiry, RoundUp, Terms, Window, check_terms
from loyalty.errors import InvalidLoyaltyProgram

JAKARTA = ZoneInfo("Asia/Jakarta")
NEW_YORK = ZoneInfo("America/New_York")


def terms(expiry: str = "none", length: int = 0, **more: object) -> Terms:
    known: dict[str, object] = {
        "expiry": Expiry(expiry),
        "length": length,
        "round_up": RoundUp.NONE,
        "month": None,
        "day": None,
        "pending_days": 0,
        "cap_period": CapPeriod.MONTH,
        "zone": JAKARTA,
    }
    return Terms(**(known | more))  # type: ignore[arg-type]


def local(text: str, zone: ZoneInfo = JAKARTA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("policy", "gained", "over"),
    [
        (terms("days", 30), "2026-01-01 15:00", "2026-02-01 00:00"),
        (terms("days", 1), "2026-01-01 23:59", "2026-01-03 00:00"),
        (terms("months", 1), "2026-01-31 10:00", "2026-03-01 00:00"),
        (terms("months", 1), "2028-01-31 10:00", "2028-03-01 00:00"),
        (terms("months", 12), "2026-05-06 10:00", "2027-05-07 00:00"),
        (terms("months", 12, round_up=RoundUp.MONTH), "2026-05-06 10:00", "2027-06-01 00:00"),
        (terms("months", 12, round_up=RoundUp.QUARTER), "2026-05-06 10:00", "2027-07-01 00:00"),
        (terms("days", 10, round_up=RoundUp.QUARTER), "2026-12-30 10:00", "2027-04-01 00:00"),
        (terms("days", 10, round_up=RoundUp.MONTH), "2026-11-20 10:00", "2026-12-01 00:00"),
        (terms("calendar", month=12, day=31), "2026-05-06 10:00", "2027-01-01 00:00"),
        (terms("calendar", month=12, day=31), "2026-12-31 10:00", "2027-01-01 00:00"),
        (terms("calendar", month=3, day=31), "2026-05-06 10:00", "2027-04-01 00:00"),
        (terms("calendar", month=2, day=29), "2026-05-06 10:00", "2027-03-01 00:00"),
        (terms("inactivity", 6), "2026-08-31 10:00", "2027-03-01 00:00"),
    ],
)
def test_points_are_good_until_the_end_of_their_last_day(
    policy: Terms, gained: str, over: str
) -> None:
    assert policy.expires_at(local(gained)) == local(over)


def test_points_without_expiry_never_expire():
    assert terms().expires_at(local("2026-01-01 10:00")) is None


def test_days_are_those_of_the_programs_zone():
    late_in_utc = datetime.fromisoformat("2026-01-01T20:00:00+00:00")  # 2 January in Jakarta
    assert terms("days", 1).expires_at(late_in_utc) == local("2026-01-04 00:00")


def test_pending_points_wait_so_many_days_at_the_same_hour_across_a_change_of_clocks():
    policy = terms(pending_days=14, zone=NEW_YORK)
    gained = local("2026-03-01 10:00", NEW_YORK)
    assert policy.available_from(gained) == local("2026-03-15 10:00", NEW_YORK)
    assert terms().available_from(gained) == gained


@pytest.mark.parametrize(
    ("period", "start", "until"),
    [
        (CapPeriod.DAY, "2026-05-06 00:00", "2026-05-07 00:00"),
        (CapPeriod.WEEK, "2026-05-04 00:00", "2026-05-11 00:00"),
        (CapPeriod.MONTH, "2026-05-01 00:00", "2026-06-01 00:00"),
        (CapPeriod.YEAR, "2026-01-01 00:00", "2027-01-01 00:00"),
    ],
)
def test_the_earning_cap_counts_by_periods_of_the_calendar(
    period: CapPeriod, start: str, until: str
) -> None:
    window = terms(cap_period=period).cap_window(local("2026-05-06 17:00"))
    assert window == Window(local(start), local(until))


def test_terms_are_read_from_the_text_of_the_table():
    read = Terms.parse("calendar|0|quarter|12|31|14|week|Asia/Jakarta")
    assert read == terms(
        "calendar",
        round_up=RoundUp.QUARTER,
        month=12,
        day=31,
        pending_days=14,
        cap_period=CapPeriod.WEEK,
    )
    with pytest.raises(ValueError, match="someday"):
        Terms.parse("someday|0|none|||0|month|UTC")


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("expiry_length", {"expiry": Expiry.DAYS}),
        ("expiry_length", {"expiry": Expiry.MONTHS, "length": 1201}),
        ("expiry_month", {"expiry": Expiry.CALENDAR, "day": 1}),
        ("expiry_day", {"expiry": Expiry.CALENDAR, "month": 4, "day": 31}),
        ("pending_days", {"expiry": Expiry.DAYS, "length": 14, "pending_days": 14}),
        ("pending_days", {"expiry": Expiry.MONTHS, "length": 1, "pending_days": 28}),
        ("pending_days", {"expiry": Expiry.NONE, "pending_days": -1}),
    ],
)
def test_terms_by_which_nothing_could_be_spent_are_refused(
    field: str, settings: dict[str, object]
) -> None:
    known: dict[str, object] = {"length": 0, "month": None, "day": None, "pending_days": 0}
    with pytest.raises(InvalidLoyaltyProgram) as refused:
        check_terms(**(known | settings))  # type: ignore[arg-type]
    assert refused.value.facts["field"] == field


def test_every_day_of_four_years_has_an_expiry_after_it():
    policy = terms("months", 1, round_up=RoundUp.QUARTER)
    day = local("2026-01-01 12:00")
    ends = [policy.expires_at(day + timedelta(days=n)) for n in range(4 * 365)]
    assert ends == sorted(ends, key=lambda end: end or day)
    assert {(end.month, end.day) for end in ends if end} == {(1, 1), (4, 1), (7, 1), (10, 1)}
