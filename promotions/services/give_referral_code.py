"""Give a member the code for new customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import codes
from core.db import refused_as
from loyalty.errors import PartnerNotFound
from loyalty.queries import read_wallet
from promotions.coupons.free_codes import generate_codes
from promotions.errors import CodeTaken
from promotions.models import ReferralCode


@dataclass(frozen=True, slots=True)
class ReferralCodeGiven:
    """A member's code. `made`: it was made just now."""

    partner_id: int
    code: str
    made: bool


def give_referral_code(*, partner_ref: str | int, at: datetime) -> ReferralCodeGiven:
    """Return the member's code, which is made on first asking and stays for ever.

    64 random bits and a check symbol, as every code we make.
    Raises: PartnerNotFound.
    Writes: promotions_referralcode, on first asking.
    Safe under: replay and concurrency, by the one code that a member can have.
    """
    partner_id = read_wallet(partner_ref=partner_ref, code_keys=(), at=at).partner_id
    if partner_id is None:
        raise PartnerNotFound(partner=partner_ref)
    held = ReferralCode.objects.filter(pk=partner_id).values_list("code", flat=True).first()
    if held is not None:
        return ReferralCodeGiven(partner_id, held, made=False)
    (code,) = generate_codes(1, at=at)
    with refused_as({"one_referral_code_per_key": lambda: CodeTaken(codes=[code])}):
        row, made = ReferralCode.objects.get_or_create(
            partner_id=partner_id,
            defaults={"code": code, "code_key": codes.normalise(code), "created_at": at},
        )
    return ReferralCodeGiven(partner_id, row.code, made=made)
