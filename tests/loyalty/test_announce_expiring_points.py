"""Notices before points expire: at the days that a kind of points names, each once."""

from __future__ import annotations

from datetime import datetime

import pytest

from events.models import Event
from loyalty.errors import InvalidLoyaltyProgram
from loyalty.models import ExpiryNotice
from loyalty.services.announce_expiring_points import announce_expiring_points
from loyalty.services.change_card import change_card
from tests.loyalty.book import DAY, NOON, card, kind_of_points

pytestmark = pytest.mark.django_db


def announce(at: datetime, batch: int = 1000) -> list[tuple[str, str, int]]:
    """Run the task; return key, points and days before of each event it wrote."""
    before = list(Event.objects.values_list("id", flat=True))
    done = announce_expiring_points(at=at, batch=batch)
    written = Event.objects.filter(type="PointsExpiring").exclude(id__in=before).order_by("id")
    assert done.notices == len(written)
    return [(one.key, one.payload["points"], one.payload["days_before"]) for one in written]


def test_each_notice_is_given_once_at_its_day():
    held = card(kind_of_points(expiry_notice_days=[7, 30]))
    held.earn("10", expires_at=NOON + 40 * DAY)
    held.earn("5", expires_at=NOON + 40 * DAY)
    held.redeem("3")
    key = f"card:{held.id}"
    told = [(day, announce(NOON + day * DAY)) for day in (0, 9, 10, 10, 11, 32, 33, 33, 39)]
    assert [(day, rows) for day, rows in told if rows] == [
        (10, [(key, "12", 30)]),
        (33, [(key, "12", 7)]),
    ]
    assert announce(NOON + 40 * DAY) == []
    assert not ExpiryNotice.objects.exists()  # nobody asks any more


def test_who_looks_late_tells_only_what_is_due_now():
    held = card(kind_of_points(expiry_notice_days=[30, 7]))
    held.earn("10", expires_at=NOON + 40 * DAY)
    assert announce(NOON + 35 * DAY) == [(f"card:{held.id}", "10", 7)]


def test_points_that_were_not_there_so_many_days_before_are_not_told_of_then():
    held = card(kind_of_points(expiry_notice_days=[30, 7]))
    held.earn("10", expires_at=NOON + 20 * DAY)
    assert announce(NOON) == []
    assert announce(NOON + 13 * DAY) == [(f"card:{held.id}", "10", 7)]


def test_nothing_is_told_of_spent_points_unusable_cards_and_kinds_without_days():
    program = kind_of_points(expiry_notice_days=[7])
    spent, blocked, ended, silent = card(program), card(program), card(program), card()
    for held in (spent, blocked, ended, silent):
        held.earn("10", expires_at=NOON + 20 * DAY)
    spent.redeem("10")
    row = blocked.row
    row.active = False
    row.save(update_fields=["active"])
    change_card(card_id=ended.id, expires_at=NOON + 10 * DAY)
    assert announce(NOON + 15 * DAY) == []


def test_many_cards_are_told_in_batches_and_a_stopped_run_goes_on():
    program = kind_of_points(expiry_notice_days=[7])
    cards = [card(program) for _ in range(5)]
    for place, held in enumerate(cards):
        held.earn("1", expires_at=NOON + (20 - place % 2) * DAY)
    at = NOON + 15 * DAY
    ExpiryNotice.objects.create(card_id=cards[0].id, expiration_date=NOON + 20 * DAY, days_before=7)
    told = announce(at, batch=2)
    assert sorted(told) == sorted((f"card:{held.id}", "1", 7) for held in cards[1:])
    assert announce(at, batch=2) == []


@pytest.mark.parametrize("days", [[0], [367], [1, 2, 3, 4, 5, 6]])
def test_days_that_make_no_sense_are_refused(days):
    with pytest.raises(InvalidLoyaltyProgram) as refused:
        kind_of_points(expiry_notice_days=days)
    assert refused.value.facts["field"] == "expiry_notice_days"
