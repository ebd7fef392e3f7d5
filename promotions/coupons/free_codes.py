"""Codes that nothing else answers to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from core import codes
from loyalty.queries import read_wallet
from promotions.catalog_version import hold_catalog
from promotions.errors import CodeTaken
from promotions.models import Coupon, PublishedCode, ReferralCode


def generate_codes(count: int, *, at: datetime, prefix: str = "") -> list[str]:
    """Return new codes that no coupon, rule or card has; `prefix` stands in front of each.

    64 random bits make a clash a curiosity, but a batch is checked all the same.
    """
    found: list[str] = []
    while len(found) < count:
        fresh = [codes.generate(prefix) for _ in range(count - len(found))]
        taken = _taken({codes.normalise(code) for code in fresh}, at=at)
        found += [code for code in fresh if codes.normalise(code) not in taken]
    return found


def refuse_taken(spelled: Sequence[str], *, at: datetime) -> None:
    """Refuse codes that are in use; nobody can publish one of them until the transaction ends.

    Raises: CodeTaken, with the codes as they were given.
    """
    hold_catalog()
    keys = {codes.normalise(code): code for code in spelled}
    taken = _taken(keys, at=at)
    if taken:
        raise CodeTaken(codes=[code for key, code in keys.items() if key in taken])


def _taken(keys: Collection[str], *, at: datetime) -> set[str]:
    in_use = (
        PublishedCode.objects.filter(code_key__in=keys)
        .order_by()
        .values_list("code_key", flat=True)
        .union(
            Coupon.objects.filter(code_key__in=keys).order_by().values_list("code_key", flat=True),
            ReferralCode.objects.filter(code_key__in=keys)
            .order_by()
            .values_list("code_key", flat=True),
        )
    )
    cards = read_wallet(partner_ref=None, code_keys=list(keys), at=at).cards_by_code
    return {*in_use, *cards}
