"""A coupon changes hands, ends sooner or later, is withdrawn; what is left on it stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loyalty.errors import PartnerNotFound
from loyalty.models import Partner
from promotions.errors import CouponNotFound
from promotions.services.change_coupon import change_coupon
from tests.promotions.test_adjust_coupon import coupon_of

UNTIL = datetime(2030, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_what_is_given_changes_and_the_rest_stays() -> None:
    coupon = coupon_of("3")
    ann = Partner.objects.create(ref="ann", name="Ann")
    done = change_coupon(coupon_id=coupon.pk, partner_id=ann.pk, expires_at=UNTIL)
    assert done.fields == ("partner_id", "expires_at")
    assert change_coupon(coupon_id=coupon.pk, expires_at=UNTIL).fields == ()
    coupon.refresh_from_db()
    assert (coupon.partner, coupon.expires_at, coupon.points) == (ann, UNTIL, 3)


def test_a_withdrawn_coupon_cannot_be_used_until_it_is_given_back() -> None:
    coupon = coupon_of("3")
    change_coupon(coupon_id=coupon.pk, withdrawn_at=UNTIL)
    coupon.refresh_from_db()
    assert coupon.withdrawn_at == UNTIL
    change_coupon(coupon_id=coupon.pk, withdrawn_at=None)
    coupon.refresh_from_db()
    assert (coupon.withdrawn_at, coupon.points) == (None, 3)


def test_what_there_is_not_is_refused() -> None:
    coupon = coupon_of("3")
    with pytest.raises(CouponNotFound):
        change_coupon(coupon_id=0, expires_at=None)
    with pytest.raises(PartnerNotFound):
        change_coupon(coupon_id=coupon.pk, partner_id=0)
    coupon.refresh_from_db()
    assert coupon.partner is None
