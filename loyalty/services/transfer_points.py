"""Transfer points between cards."""

from datetime import datetime
from decimal import Decimal

from loyalty import ledger
from loyalty.domain.points import PointsTransferred


def transfer_points(
    *,
    from_card_id: int,
    to_card_id: int,
    points: Decimal,
    origin: str,
    idempotency_key: str,
    at: datetime,
) -> PointsTransferred:
    """Move points that can be spent to another card of the same kind, first expired first.

    Lots keep their dates; a debt there is paid first. Raises: InsufficientPoints, CardNotFound,
    CardInactive, CardExpired, SameCard, CardsOfDifferentKinds, InvalidPoints, PointsTooPrecise,
    InvalidText, IdempotencyKeyReused. Writes: of both cards: operation, lots, journal, card;
    events PointsTransferred.
    Safe under: replay by `one_effect_per_idempotency_key`, concurrency by both row locks.
    """
    return ledger.transfer(
        from_card_id=from_card_id,
        to_card_id=to_card_id,
        points=points,
        origin=origin,
        idempotency_key=idempotency_key,
        at=at,
    )
