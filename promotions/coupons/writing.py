"""Writing coupons and cards with their events, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from core import codes as core_codes
from core.db import refused_as
from core.numbers import plain
from events.log import Happening, record
from loyalty.errors import CardCodeTaken
from loyalty.services.earn_points import earn_points
from loyalty.services.open_card import open_card
from promotions.coupons.batch import Batch
from promotions.errors import CodeTaken

# Many times faster than rows made by the ORM: what a batch of 100,000 takes is this statement.
_INSERT = """
INSERT INTO promotions_coupon
  (program_id, code, code_key, initial_points, points, partner_id, expires_at, issued_by_id,
   batch_id, created_at)
SELECT %(program)s, one.code, one.key, %(points)s, %(points)s, %(partner)s, %(expires)s, %(order)s,
       %(batch)s, %(at)s
FROM unnest(%(codes)s::text[], %(keys)s::text[]) WITH ORDINALITY AS one(code, key, place)
ORDER BY one.place
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class CouponIssued:
    """One code. `coupon_id` or `card_id`: a gift card or e-wallet is a card."""

    code: str
    points: Decimal
    expires_at: datetime | None
    coupon_id: int | None = None
    card_id: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What all codes have in common. `order_id`: of the order that issues them, if one does."""

    partner_id: int | None
    expires_at: datetime | None
    at: datetime
    order_id: int | None = None
    batch_id: int | None = None


def write_codes(batch: Batch, spelled: Sequence[str], terms: Terms) -> list[CouponIssued]:
    """Insert coupons, or open cards with their points, and record an event for each.

    Raises: CodeTaken, CardAlreadyHeld.
    """
    if batch.is_payment:
        issued = [_card(batch, code, terms) for code in spelled]
    else:
        issued = _coupons(batch, spelled, terms)
    record(
        (
            Happening(
                "CouponIssued",
                f"program:{batch.program_id}",
                {
                    "program_id": batch.program_id,
                    "order_id": terms.order_id,
                    "coupon_id": one.coupon_id,
                    "card_id": one.card_id,
                    "points": plain(one.points),
                },
            )
            for one in issued
        ),
        at=terms.at,
    )
    return issued


def _coupons(batch: Batch, spelled: Sequence[str], terms: Terms) -> list[CouponIssued]:
    values: dict[str, Any] = {
        "program": batch.program_id,
        "points": batch.points,
        "partner": terms.partner_id,
        "expires": terms.expires_at,
        "order": terms.order_id,
        "batch": terms.batch_id,
        "at": terms.at,
        "codes": list(spelled),
        "keys": [core_codes.normalise(code) for code in spelled],
    }
    # Another request may have issued one of the codes since they were looked for.
    taken = {"one_coupon_per_code": lambda: CodeTaken(codes=list(spelled))}
    with refused_as(taken), connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        ids = [row[0] for row in cursor.fetchall()]
    return [
        CouponIssued(code, batch.points, terms.expires_at, coupon_id=key)
        for code, key in zip(spelled, ids, strict=True)
    ]


def _card(batch: Batch, code: str, terms: Terms) -> CouponIssued:
    """Open a card and put its first points on it."""
    assert batch.loyalty_program_id is not None
    try:
        card = open_card(
            loyalty_program_id=batch.loyalty_program_id,
            partner_id=terms.partner_id,
            code=code,
            at=terms.at,
            expires_at=terms.expires_at,
        )
    except CardCodeTaken as error:
        raise CodeTaken(codes=[code]) from error
    earn_points(
        card_id=card.card_id,
        points=batch.points,
        origin=f"issued:{batch.program_id}",
        idempotency_key=f"issued:card:{card.card_id}",
        at=terms.at,
        expires_at=terms.expires_at,
    )
    return CouponIssued(card.code, batch.points, terms.expires_at, card_id=card.card_id)
