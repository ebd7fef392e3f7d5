"""What many tills did to a card is told in the order of the card's journal."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from events.models import Event
from loyalty.models import PointHistory
from loyalty.services.transfer_points import transfer_points
from tests.concurrency.threads import at_once
from tests.loyalty.book import NOON, Card, card, fresh, kind_of_points

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 6
ACTS = 40


def test_transfers_among_redemptions_are_told_in_the_order_of_the_journal() -> None:
    club = kind_of_points()
    cards = [card(club) for _ in range(3)]
    for one in cards:
        one.earn("1000")

    def sell(till: int) -> None:
        chance = random.Random(till)
        for _ in range(ACTS):
            giver, taker = chance.sample(cards, 2)
            if chance.random() < 0.3:
                giver.redeem("1")
            else:
                transfer_points(
                    from_card_id=giver.id,
                    to_card_id=taker.id,
                    points=Decimal(1),
                    origin="test",
                    idempotency_key=fresh("key"),
                    at=NOON,
                )

    assert at_once(*[lambda till=till: sell(till) for till in range(TILLS)]) == [None] * TILLS
    for one in cards:
        assert told(one) == journal(one)
        assert len(told(one)) > ACTS


def told(held: Card) -> list[int]:
    """Return the operations on a card in the order in which consumers are told."""
    events = Event.objects.filter(key=f"card:{held.id}").order_by("transaction_id", "id")
    return [payload["operation_id"] for payload in events.values_list("payload", flat=True)]


def journal(held: Card) -> list[int]:
    """Return the operations on a card in the order in which they were done."""
    rows = PointHistory.objects.filter(card_id=held.id).order_by("sequence")
    return list(dict.fromkeys(rows.values_list("operation_id", flat=True)))
