"""What is left on a coupon is corrected, and never below nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loyalty.errors import InsufficientPoints
from promotions.errors import CouponNotFound
from promotions.models import Coupon
from promotions.services.adjust_coupon import adjust_coupon
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db


def coupon_of(points: str) -> Coupon:
    """Issue a coupon holding points."""
    shop = Shop()
    shop.products(A="10.00")
    made = shop.program("coupons", rewards=[discount("50")])
    shop.admin.ok("POST", f"programs/{made['id']}/coupons", {"codes": ["ONE"], "points": points})
    return Coupon.objects.get()


def test_points_are_put_on_and_taken_off() -> None:
    coupon = coupon_of("3")
    assert adjust_coupon(coupon_id=coupon.pk, points=Decimal(-3)).points == 0
    assert adjust_coupon(coupon_id=coupon.pk, points=Decimal(5)).points == 5
    coupon.refresh_from_db()
    assert (coupon.points, coupon.initial_points) == (5, 5)


def test_more_than_is_left_is_refused() -> None:
    coupon = coupon_of("3")
    with pytest.raises(InsufficientPoints) as refused:
        adjust_coupon(coupon_id=coupon.pk, points=Decimal(-4))
    assert refused.value.facts == {"required": 4, "available": 3}
    coupon.refresh_from_db()
    assert coupon.points == 3


def test_a_coupon_that_is_not_there_is_refused() -> None:
    with pytest.raises(CouponNotFound):
        adjust_coupon(coupon_id=1, points=Decimal(1))
