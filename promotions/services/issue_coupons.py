"""Issuing coupons, gift cards and e-wallets of a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from promotions.coupons.batch import check_batch, check_prefix
from promotions.coupons.free_codes import generate_codes, refuse_taken
from promotions.coupons.writing import CouponIssued, Terms, write_codes


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
    prefix: str = "",
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
            spelled = generate_codes(batch.count, at=at, prefix=check_prefix(prefix))
        else:
            spelled = [code.strip() for code in codes]
            refuse_taken(spelled, at=at)
        terms = Terms(partner_id, expires_at, at, order_id=issued_by_order_id)
        issued = write_codes(batch, spelled, terms)
    return CouponsIssued(program_id, tuple(issued))
