"""Redeem points."""

from datetime import datetime
from decimal import Decimal

from loyalty import ledger
from loyalty.domain.points import PointsMoved


def redeem_points(
    *, card_id: int, points: Decimal, origin: str, idempotency_key: str, at: datetime
) -> PointsMoved:
    """Take points off a card, first expired first out; pending and expired ones do not count.

    Raises: InsufficientPoints, CardNotFound, CardInactive, CardExpired, InvalidPoints,
    PointsTooPrecise, InvalidText, IdempotencyKeyReused.
    Writes: operation, lots, journal, card; event PointsRedeemed.
    Safe under: replay by `one_effect_per_idempotency_key`, concurrency by the card's row lock.
    """
    return ledger.redeem(
        card_id=card_id, points=points, origin=origin, idempotency_key=idempotency_key, at=at
    )
