"""Undo a point operation."""

from datetime import datetime
from decimal import Decimal

from loyalty import ledger
from loyalty.domain.points import PointsMoved


def reverse_operation(
    *,
    operation_id: int,
    origin: str,
    idempotency_key: str,
    at: datetime,
    points: Decimal | None = None,
) -> PointsMoved:
    """Undo so many points (> 0) of an operation, or all that is left of it; docs/ledger.md.

    Raises: PointOperationNotFound, PointOperationNotReversible, ReversalExceedsOperation,
    InsufficientPoints (policy refuse), InvalidPoints, PointsTooPrecise, InvalidText,
    IdempotencyKeyReused. Writes: operation, lots, journal, card; event PointsReversed.
    Safe under: replay by `one_effect_per_idempotency_key`, concurrency by the card's row lock.
    """
    return ledger.reverse(
        operation_id=operation_id,
        points=points,
        origin=origin,
        idempotency_key=idempotency_key,
        at=at,
    )
