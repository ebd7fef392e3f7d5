"""The sweep."""

import pytest
from django.db import connection
from django.utils import timezone

from events.models import Event
from loyalty import tasks
from loyalty.models import PointHistory, PointMove, PointOperation
from loyalty.services.change_membership import change_membership
from loyalty.services.expire_points import expire_points
from tests.loyalty.book import DAY, NOON, card, level, member, undo, written

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
    assert held.journal[-2:] == [("redeem", -4, 18), ("expire", -13, 5)]
    event = Event.objects.get(type="PointsExpired")
    assert (event.key, event.payload["points"]) == (f"card:{held.id}", "-13")
    operation = PointOperation.objects.get(kind="expire")
    assert (operation.points, operation.balance_before, operation.balance_after) == (-13, 5, 5)
    taken = PointMove.objects.filter(expired_by=operation).values_list("expired_point", flat=True)
    assert sorted(taken) == [6, 7]
    assert other.lots == [(3, "active")]
    held.adds_up()


def test_lots_of_two_levels_are_two_rows():
    silver, gold = level("silver", 1), level("gold", 2)
    ann = member("ann", "silver")
    held = card(partner_id=ann)
    held.earn("10", expires_at=NOON + DAY)
    change_membership(partner_id=ann, membership_product_id=gold, at=NOON + 2 * DAY)
    held.earn("7", NOON + 2 * DAY, expires_at=NOON + 3 * DAY)
    held.earn("5", NOON + 2 * DAY, expires_at=NOON + 3 * DAY)
    assert expire_points(at=NOON + 4 * DAY).lots == 3
    rows = PointHistory.objects.filter(card_id=held.id, kind="expire").order_by("sequence")
    told = rows.values_list(
        "points_amount", "points_balance", "membership_product", "status_membership_product"
    )
    assert list(told) == [(-10, 12, silver, gold), (-12, 0, gold, gold)]
    assert {row.operation_id for row in rows} == {PointOperation.objects.get(kind="expire").pk}
    held.adds_up()


def test_what_is_given_back_to_a_swept_lot_expires_and_adds_up():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    spent = held.redeem("4")
    expire_points(at=NOON + DAY)
    assert undo(spent, "3", at=NOON + 2 * DAY).expired == 3
    lot = PointMove.objects.get(card_id=held.id)
    assert (lot.expired_point, lot.remaining_point, lot.state) == (9, 0, "expired")
    assert held.balance(NOON + 2 * DAY) == 0
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
