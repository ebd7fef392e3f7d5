"""Sweep what has expired."""

from datetime import datetime
from decimal import Decimal

from loyalty import ledger
from loyalty.domain.points import PointsExpired


def expire_points(*, at: datetime, batch: int = ledger.EXPIRY_BATCH) -> PointsExpired:
    """Expire every lot past its date at `at`, in batches of so many cards, each committed alone.

    Stopped in the middle, the next sweep goes on; cards that somebody holds are left to it.
    Raises: nothing of its own.
    Writes: operations, lots, journal, cards; an event PointsExpired a card.
    Safe under: other sweeps and live traffic by the cards' row locks, taken with SKIP LOCKED.
    """
    total = PointsExpired(cards=0, lots=0, points=Decimal(0), unsound=0)
    due = ledger.due_cards(at=at)
    for first in range(0, len(due), batch):
        done = ledger.expire_batch(at=at, card_ids=due[first : first + batch])
        total = PointsExpired(
            cards=total.cards + done.cards,
            lots=total.lots + done.lots,
            points=total.points + done.points,
            unsound=total.unsound + done.unsound,
        )
    return total
