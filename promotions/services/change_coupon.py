"""Change whom a coupon is for, how long it is good, and whether it can be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from msgspec import UNSET, UnsetType

from core.db import lock_rows
from loyalty.errors import PartnerNotFound
from loyalty.models import Partner
from promotions.errors import CouponNotFound
from promotions.models import Coupon


@dataclass(frozen=True, slots=True)
class CouponChanged:
    """A coupon and which of its fields are different now."""

    coupon_id: int
    fields: tuple[str, ...]


def change_coupon(
    *,
    coupon_id: int,
    partner_id: int | UnsetType | None = UNSET,
    expires_at: datetime | UnsetType | None = UNSET,
    withdrawn_at: datetime | UnsetType | None = UNSET,
) -> CouponChanged:
    """Set what is given and leave the rest; `withdrawn_at` None: it can be used (again).

    Raises: CouponNotFound, PartnerNotFound.
    Writes: coupon.
    Safe under: replay; concurrency, by the coupon's row lock.
    """
    given = {"partner_id": partner_id, "expires_at": expires_at, "withdrawn_at": withdrawn_at}
    if isinstance(partner_id, int) and not Partner.objects.filter(pk=partner_id).exists():
        raise PartnerNotFound(partner_id=partner_id)
    with transaction.atomic():
        locked = lock_rows(Coupon.objects.filter(pk=coupon_id))
        if not locked:
            raise CouponNotFound(coupon=coupon_id)
        changed = {
            name: value
            for name, value in given.items()
            if value is not UNSET and getattr(locked[0], name) != value
        }
        if changed:
            Coupon.objects.filter(pk=coupon_id).update(**changed)
    return CouponChanged(coupon_id, tuple(changed))
