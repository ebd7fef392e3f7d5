"""Issuing coupons, gift cards and e-wallets of a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core import codes as core_codes
from core.db import refused_as
from core.numbers import plain
from events.log import Happening, record
from loyalty.errors import CardCodeTaken
from loyalty.services.earn_points import earn_points
from loyalty.services.open_card import open_card
from promotions.coupons.batch import Batch, check_batch
from promotions.coupons.free_codes import generate_codes, refuse_taken
from promotions.errors import CodeTaken
from promotions.models import Coupon


@dataclass(frozen=True, slots=True)
class CouponIssued:
    """One code. `coupon_id` or `card_id`: a gift card or e-wallet is a card."""

    code: str
    points: Decimal
    expires_at: datetime | None
    coupon_id: int | None = None
    card_id: int | None = None


@dataclass(frozen=True, slots=True)
class CouponsIssued:
    """What was issued, in the order of the codes given."""

    program_id: int
    coupons: tuple[CouponIssued, ...]


def issue_coupons(
    *,
    program_id: int,
    count: int | None = None,
    codes: Sequence[str] | None = None,
    points: Decimal | None = None,
    partner_id: int | None = None,
    expires_at: datetime | None = None,
    at: datetime,
    issued_by_order_id: int | None = None,
) -> CouponsIssued:
    """Issue `count` generated codes or the given ones, each holding `points`.

    `points`: what the cheapest reward costs, unless given; a gift card must say.
    Raises: ProgramNotFound, ProgramArchived, CouponsNotForProgram, TooManyCoupons,
    InvalidCoupons, CodeTaken, CardAlreadyHeld.
    Writes: coupon, or a card and its points; events CouponIssued.
    Safe under: concurrency, by one_coupon_per_code and the catalog lock for given codes.
    """
    with transaction.atomic():
        batch = check_batch(
            program_id=program_id,
            count=count,
            codes=codes,
            points=points,
            partner_id=partner_id,
            expires_at=expires_at,
            at=at,
        )
        if codes is None:
            spelled = generate_codes(batch.count, at=at)
        else:
            spelled = [code.strip() for code in codes]
            refuse_taken(spelled, at=at)
        if batch.is_payment:
            issued = [_card(batch, code, partner_id, expires_at, at) for code in spelled]
        else:
            issued = _coupons(batch, spelled, partner_id, expires_at, at, issued_by_order_id)
        _record(program_id, issued, issued_by_order_id, at)
    return CouponsIssued(program_id, tuple(issued))


def _coupons(
    batch: Batch,
    spelled: Sequence[str],
    partner_id: int | None,
    expires_at: datetime | None,
    at: datetime,
    issued_by_order_id: int | None,
) -> list[CouponIssued]:
    rows = [
        Coupon(
            program_id=batch.program_id,
            code=code,
            code_key=core_codes.normalise(code),
            initial_points=batch.points,
            points=batch.points,
            partner_id=partner_id,
            expires_at=expires_at,
            issued_by_id=issued_by_order_id,
            created_at=at,
        )
        for code in spelled
    ]
    # Another request may have issued one of the codes since they were looked for.
    with refused_as({"one_coupon_per_code": lambda: CodeTaken(codes=list(spelled))}):
        Coupon.objects.bulk_create(rows)
    return [CouponIssued(row.code, row.points, row.expires_at, coupon_id=row.pk) for row in rows]


def _card(
    batch: Batch, code: str, partner_id: int | None, expires_at: datetime | None, at: datetime
) -> CouponIssued:
    """Open a card and put its first points on it."""
    assert batch.loyalty_program_id is not None
    try:
        card = open_card(
            loyalty_program_id=batch.loyalty_program_id,
            partner_id=partner_id,
            code=code,
            at=at,
            expires_at=expires_at,
        )
    except CardCodeTaken as error:
        raise CodeTaken(codes=[code]) from error
    earn_points(
        card_id=card.card_id,
        points=batch.points,
        origin=f"issued:{batch.program_id}",
        idempotency_key=f"issued:card:{card.card_id}",
        at=at,
        expires_at=expires_at,
    )
    return CouponIssued(card.code, batch.points, expires_at, card_id=card.card_id)


def _record(
    program_id: int, issued: Sequence[CouponIssued], order_id: int | None, at: datetime
) -> None:
    record(
        (
            Happening(
                "CouponIssued",
                f"program:{program_id}",
                {
                    "program_id": program_id,
                    "order_id": order_id,
                    "coupon_id": one.coupon_id,
                    "card_id": one.card_id,
                    "points": plain(one.points),
                },
            )
            for one in issued
        ),
        at=at,
    )
