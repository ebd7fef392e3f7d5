"""Earn points."""

from datetime import datetime
from decimal import Decimal

from loyalty import ledger
from loyalty.domain.points import PointsMoved


def earn_points(
    *,
    card_id: int,
    points: Decimal,
    origin: str,
    idempotency_key: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> PointsMoved:
    """Put points on a card, by the terms of its program, or until `expires_at` if given.

    An earning cap cuts what is over it: `PointsMoved.points` is what was earned. A debt is paid
    first. Raises: CardNotFound, CardInactive, CardExpired, InvalidPoints, PointsTooPrecise,
    ExpiryInThePast, InvalidText, IdempotencyKeyReused.
    Writes: operation, lot, journal, card; event PointsEarned.
    Safe under: replay by `one_effect_per_idempotency_key`, concurrency by the card's row lock.
    """
    return ledger.earn(
        card_id=card_id,
        points=points,
        origin=origin,
        idempotency_key=idempotency_key,
        at=at,
        expires_at=expires_at,
    )
