"""Correct a card's points by hand."""

from datetime import datetime
from decimal import Decimal

from loyalty import ledger
from loyalty.domain.points import PointsMoved


def adjust_points(
    *, card_id: int, points: Decimal, reason: str, idempotency_key: str, at: datetime
) -> PointsMoved:
    """Put points on a card, or take them off (negative), for a reason that is kept as origin.

    Works on blocked and expired cards, and past the earning cap; never takes more than can be
    spent. Raises: InsufficientPoints, CardNotFound, InvalidPoints, PointsTooPrecise,
    InvalidText, IdempotencyKeyReused.
    Writes: operation, lots, journal, card; event PointsAdjusted.
    Safe under: replay by `one_effect_per_idempotency_key`, concurrency by the card's row lock.
    """
    return ledger.adjust(
        card_id=card_id, points=points, reason=reason, idempotency_key=idempotency_key, at=at
    )
