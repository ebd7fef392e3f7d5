"""What is owed in points, as of any instant, and when it expires."""

from datetime import date, timedelta

import pytest

from loyalty.errors import LoyaltyProgramNotFound
from loyalty.liability import liability
from loyalty.models import LoyaltyCard
from loyalty.services.expire_points import expire_points
from tests.loyalty.book import DAY, NOON, card, kind_of_points, undo

pytestmark = pytest.mark.django_db


def test_what_is_held_is_told_by_the_month_it_expires_in():
    program = kind_of_points(time_zone="Asia/Jakarta")
    one, other, elsewhere = card(program), card(program), card()
    one.earn("10", expires_at=NOON + 10 * DAY)
    # The end of 31 March in Jakarta, which is still March in London.
    other.earn("7", expires_at=NOON.replace(day=31, hour=17, minute=0))
    other.earn("5", expires_at=NOON + 40 * DAY)
    other.earn("3")
    elsewhere.earn("100")
    one.redeem("4")
    found = liability(program, NOON)
    assert (found.spendable, found.pending, found.debt) == (21, 0, 0)
    assert [(row.month, row.points) for row in found.expiring] == [
        (date(2026, 3, 1), 13),
        (date(2026, 4, 1), 5),
        (None, 3),
    ]


def test_any_instant_is_told_as_it_was():
    program = kind_of_points(negative_balance="allow", pending_days=3)
    held = card(program)
    earned = held.earn("10", expires_at=NOON + 9 * DAY)
    held.redeem("10", at=NOON + 4 * DAY)
    undo(earned, at=NOON + 5 * DAY)
    late = card(program)
    late.earn("2", at=NOON + 6 * DAY, expires_at=NOON + 10 * DAY)
    told = [
        (found.spendable, found.pending, found.debt)
        for day in (-1, 0, 3, 4, 5, 6, 9, 10)
        for found in [liability(program, NOON + day * DAY)]
    ]
    assert told == [
        (0, 0, 0),
        (0, 10, 0),
        (10, 0, 0),
        (0, 0, 0),
        (0, 0, 10),
        (0, 2, 10),
        (2, 0, 10),
        (0, 0, 10),
    ]


def test_the_sweep_changes_nothing_of_it():
    program = kind_of_points()
    held = card(program)
    held.earn("10", expires_at=NOON + DAY)
    held.earn("1")
    instants = [NOON, NOON + DAY - timedelta(microseconds=1), NOON + DAY]
    before = [liability(program, at) for at in instants]
    expire_points(at=NOON + DAY)
    assert [liability(program, at) for at in instants] == before
    assert [found.spendable for found in before] == [11, 11, 1]


def test_points_on_blocked_and_expired_cards_are_told_apart():
    program = kind_of_points(negative_balance="allow")
    good, blocked, over = card(program), card(program), card(program)
    for held, points in ((good, "1"), (blocked, "10"), (over, "20")):
        held.earn(points, expires_at=NOON + 40 * DAY)
    LoyaltyCard.objects.filter(pk=blocked.id).update(active=False)
    LoyaltyCard.objects.filter(pk=over.id).update(expires_at=NOON + DAY)
    before, after = liability(program, NOON), liability(program, NOON + DAY)
    assert (before.spendable, before.on_unusable_cards) == (21, 10)
    assert (after.spendable, after.on_unusable_cards) == (1, 30)
    assert [row.points for row in after.expiring] == [1]
    for at, found in ((NOON, before), (NOON + DAY, after)):
        assert found.spendable == sum(held.balance(at) for held in (good, blocked, over))
    assert liability(program, NOON + 40 * DAY).on_unusable_cards == 0


def test_a_kind_of_points_that_is_not_there_is_told_from_an_empty_one():
    assert liability(kind_of_points(), NOON).expiring == ()
    with pytest.raises(LoyaltyProgramNotFound):
        liability(10**9, NOON)
