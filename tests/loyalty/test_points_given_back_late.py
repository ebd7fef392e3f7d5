"""Points that live by activity, given back after the lot was empty for a while: what is owed.

The database takes the card's last activity for the lot's. These say what is right instead.
"""

from decimal import Decimal

import pytest

from loyalty.models import PointMove
from loyalty.services.transfer_points import transfer_points
from tests.loyalty.book import DAY, NOON, card, fresh, kind_of_points, undo

pytestmark = pytest.mark.django_db


@pytest.mark.xfail(strict=True, reason="takes the last activity of the card for the lot's")
def test_a_lot_that_lapsed_while_it_was_empty_stays_lapsed():
    held = card(kind_of_points(expiry="inactivity", expiry_length=1))
    held.earn("10")
    taken = held.adjust("-10", NOON + 5 * DAY)
    held.earn("1", NOON + 60 * DAY)
    assert undo(taken, at=NOON + 61 * DAY).expired == 10


@pytest.mark.xfail(strict=True, reason="takes the last activity of the card for the lot's")
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
