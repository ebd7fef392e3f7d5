"""Correct what is left on a coupon."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from core.db import lock_rows
from loyalty.errors import InsufficientPoints
from promotions.errors import CouponNotFound
from promotions.models import Coupon


@dataclass(frozen=True, slots=True)
class CouponAdjusted:
    """A coupon and what is left on it."""

    coupon_id: int
    points: Decimal


def adjust_coupon(*, coupon_id: int, points: Decimal) -> CouponAdjusted:
    """Put points on a coupon, or take them off (negative): it was used in another system.

    Raises: CouponNotFound, InsufficientPoints if less is left than is to be taken off.
    Writes: coupon.
    Safe under: concurrency, by the coupon's row lock; replay is the caller's to keep out.
    """
    with transaction.atomic():
        locked = lock_rows(Coupon.objects.filter(pk=coupon_id))
        if not locked:
            raise CouponNotFound(coupon=coupon_id)
        coupon = locked[0]
        left = coupon.points + points
        if left < 0:
            raise InsufficientPoints(required=-points, available=coupon.points)
        coupon.points, coupon.initial_points = left, max(left, coupon.initial_points)
        coupon.save(update_fields=["points", "initial_points"])
    return CouponAdjusted(coupon_id, left)
