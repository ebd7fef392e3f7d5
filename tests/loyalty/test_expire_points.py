"""The sweep."""

import pytest
from django.db import connection
from django.utils import timezone

from events.models import Event
from loyalty import tasks
from loyalty.models import PointOperation
from loyalty.services.expire_points import expire_points
from tests.loyalty.book import DAY, NOON, card, written

pytestmark = pytest.mark.django_db


def test_what_is_past_its_date_is_swept_with_one_event_a_card():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("7", expires_at=NOON + 2 * DAY)
    held.earn("5", expires_at=NOON + 9 * DAY)
    held.redeem("4")
    other = card()
    other.earn("3", expires_at=NOON + 9 * DAY)
    done = expire_points(at=NOON + 2 * DAY)
    assert (done.cards, done.lots, done.points, done.unsound) == (1, 2, 13, 0)
    assert held.lots == [(0, "expired"), (0, "expired"), (5, "active")]
    assert held.journal[-2:] == [("expire", -6, 12), ("expire", -7, 5)]
    event = Event.objects.get(type="PointsExpired")
    assert (event.key, event.payload["points"]) == (f"card:{held.id}", "-13")
    operation = PointOperation.objects.get(kind="expire")
    assert (operation.points, operation.balance_before, operation.balance_after) == (-13, 5, 5)
    assert other.lots == [(3, "active")]
    held.adds_up()


def test_sweeping_again_does_nothing():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    expire_points(at=NOON + DAY)
    before = written()
    assert expire_points(at=NOON + 2 * DAY).cards == 0
    assert written() == before


def test_what_is_swept_does_not_change_what_could_be_spent_at_any_time():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("5")
    times = [NOON, NOON + DAY, NOON + 3 * DAY]
    before = [held.balance(at) for at in times]
    expire_points(at=NOON + 2 * DAY)
    assert [held.balance(at) for at in times] == before == [15, 5, 5]


def test_batches_reach_every_card():
    cards = [card() for _ in range(7)]
    for place, held in enumerate(cards):
        held.earn("1", expires_at=NOON + DAY)
        held.earn("1", expires_at=NOON + (2 + place) * DAY)
    done = expire_points(at=NOON + 20 * DAY, batch=2)
    assert (done.cards, done.lots, done.points) == (7, 14, 14)
    for held in cards:
        held.adds_up()


def test_a_card_whose_lots_do_not_add_up_is_left_alone_and_the_others_are_swept():
    broken, sound = card(), card()
    for held in (broken, sound):
        held.earn("10", expires_at=NOON + DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE loyalty_pointmove SET remaining_point = 9 WHERE card_id = %s", [broken.id]
        )
    done = expire_points(at=NOON + DAY)
    assert (done.cards, done.unsound) == (1, 1)
    assert broken.lots == [(9, "active")]
    assert sound.lots == [(0, "expired")]


def test_the_task_sweeps_by_the_clock():
    held = card()
    now = timezone.now()
    held.earn("10", at=now - 2 * DAY, expires_at=now - DAY)
    assert held.balance(now - 2 * DAY) == 10
    assert tasks.expire_due_points() == {"cards": "1", "lots": "1", "points": "10.0000"}
    assert held.lots == [(0, "expired")]
