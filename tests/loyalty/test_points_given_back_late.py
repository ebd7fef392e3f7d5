"""Points that live by activity, given back after the lot was empty for a while: what is owed.

An empty lot has the date it would have if it were not empty, and no other.
"""

from decimal import Decimal

import pytest

from loyalty.models import PointMove
from loyalty.services.transfer_points import transfer_points
from tests.loyalty.book import DAY, NOON, card, fresh, kind_of_points, undo

pytestmark = pytest.mark.django_db


def test_a_lot_that_lapsed_while_it_was_empty_stays_lapsed():
    held = card(kind_of_points(expiry="inactivity", expiry_length=1))
    held.earn("10")
    taken = held.adjust("-10", NOON + 5 * DAY)
    held.earn("1", NOON + 60 * DAY)
    assert undo(taken, at=NOON + 61 * DAY).expired == 10


def test_a_lot_from_another_card_is_no_younger_after_a_correction_is_undone():
    kind = kind_of_points(expiry="inactivity", expiry_length=1)
    giver, taker = card(kind), card(kind)
    giver.earn("10")
    taker.earn("5", NOON + 20 * DAY)
    transfer_points(
        from_card_id=giver.id,
        to_card_id=taker.id,
        points=Decimal(10),
        origin="gift",
        idempotency_key=fresh("gift"),
        at=NOON + 21 * DAY,
    )
    arrived = PointMove.objects.filter(card_id=taker.id).latest("id")
    undo(taker.adjust("-4", NOON + 22 * DAY), at=NOON + 23 * DAY)
    assert PointMove.objects.get(pk=arrived.pk).expiration_date == arrived.expiration_date


def test_every_activity_at_which_it_would_have_been_good_kept_a_lot_that_was_empty():
    held = card(kind_of_points(expiry="inactivity", expiry_length=1))
    held.earn("10")
    taken = held.adjust("-10", NOON + 5 * DAY)
    for days in (20, 40, 60):
        held.earn("1", NOON + days * DAY)
    back = undo(taken, at=NOON + 61 * DAY)
    assert (back.points, back.expired) == (10, 0)
    dates = PointMove.objects.filter(card_id=held.id).values_list("expiration_date", flat=True)
    assert len(set(dates)) == 1, "as though it had never been empty"
    held.adds_up()


def test_what_a_redemption_took_has_the_date_of_that_redemption():
    held = card(kind_of_points(expiry="inactivity", expiry_length=1))
    held.earn("10")
    spent = held.redeem("10", NOON + 20 * DAY)
    assert undo(spent, at=NOON + 45 * DAY).expired == 0
    again = held.redeem("10", NOON + 46 * DAY)
    assert undo(again, "4", at=NOON + 90 * DAY).expired == 4
    held.earn("1", NOON + 91 * DAY)
    assert undo(again, at=NOON + 92 * DAY).expired == 6, "what has lapsed stays lapsed"
    held.adds_up()


def test_an_activity_that_earns_nothing_for_the_cap_still_keeps_empty_lots():
    kind = kind_of_points(
        expiry="inactivity", expiry_length=1, earning_cap=Decimal(10), earning_cap_period="year"
    )
    held = card(kind)
    held.earn("10")
    taken = held.adjust("-10", NOON + 5 * DAY)
    assert held.earn("1", NOON + 25 * DAY).points == 0
    assert undo(taken, at=NOON + 50 * DAY).expired == 0
