"""Merge a card into another one."""

from datetime import datetime

from loyalty import ledger
from loyalty.domain.points import PointsTransferred


def merge_cards(
    *, card_id: int, into_card_id: int, origin: str, idempotency_key: str, at: datetime
) -> PointsTransferred:
    """Move all that is still good, pending points and the debt too, and block the emptied card.

    Merging a blocked card moves what came back onto it since. Raises: CardNotFound, CardInactive
    and CardExpired (of the other card), SameCard, CardsOfDifferentKinds, InvalidText,
    IdempotencyKeyReused. Writes: of both cards: operation, lots, journal, card; events
    PointsTransferred, CardsMerged.
    Safe under: replay by `one_effect_per_idempotency_key`, concurrency by both row locks.
    """
    return ledger.merge(
        card_id=card_id,
        into_card_id=into_card_id,
        origin=origin,
        idempotency_key=idempotency_key,
        at=at,
    )
