"""What a process tells the ledger of the terms it knows: kept for a day, never past it."""

from datetime import UTC, datetime, timedelta

from loyalty.domain.known_terms import DatesOfTerms, KnownTerms, array_of
from loyalty.domain.terms import Terms

DAYS = "days|30|none|||0|day|Asia/Jakarta"
PENDING = "none|0|none|||2|month|UTC"
ACTIVE = "inactivity|6|month|||0|day|America/New_York"
NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)


def knowing(*texts: str) -> KnownTerms:
    known = KnownTerms()
    for text in texts:
        known.learn(text)
    return known


def afresh(at: datetime, *texts: str) -> DatesOfTerms:
    return knowing(*texts).dates(at)


def test_the_dates_of_a_day_are_kept_and_those_of_another_day_are_found_anew():
    """Hour by hour over a change of clocks, in three zones: always what a new process says."""
    texts = (DAYS, PENDING, ACTIVE)
    known = knowing(*texts)
    told = []
    for hours in range(72):
        at = NOON + timedelta(hours=hours, minutes=59, seconds=59)
        one, new = known.dates(at), afresh(at, *texts)
        assert (one.terms, one.expires, one.cap_from, one.cap_until, one.active_expires) == (
            *(new.terms, new.expires, new.cap_from, new.cap_until, new.active_expires),
        )
        assert one.available(at) == new.available(at)
        told.append(one)
    days = len({id(one) for one in told})
    assert 9 <= days <= 12  # three zones, three midnights each, and not one an hour


def test_a_sale_reported_late_gets_the_dates_of_its_own_day():
    known = knowing(DAYS)
    today, before = known.dates(NOON), known.dates(NOON - timedelta(days=40))
    assert today.expires == array_of(
        [datetime(2026, 4, 6, 17, tzinfo=UTC).astimezone(Terms.parse(DAYS).zone)]
    )
    assert before.expires < today.expires
    assert known.dates(NOON).expires == today.expires


def test_points_that_wait_are_told_from_when_and_others_are_not():
    assert afresh(NOON, DAYS).available(NOON) == "{}"
    both = afresh(NOON, DAYS, PENDING).available(NOON)
    assert both == array_of([None, NOON + timedelta(days=2)])


def test_only_points_that_live_by_activity_are_told_of_when_points_are_spent():
    dates = afresh(NOON, DAYS, ACTIVE)
    assert dates.active_terms == array_of([ACTIVE])
    assert dates.active_expires == array_of([Terms.parse(ACTIVE).expires_at(NOON)])


def test_terms_learned_later_the_same_day_are_told_at_once():
    known = knowing(DAYS)
    assert known.dates(NOON).terms == array_of([DAYS])
    known.learn(PENDING)
    assert known.dates(NOON).terms == array_of([DAYS, PENDING])
    assert KnownTerms().dates(NOON).terms == "{}"
