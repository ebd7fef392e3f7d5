"""Open a card."""

from dataclasses import dataclass
from datetime import datetime

from core import codes
from core.db import refused_as
from loyalty.domain.codes import check_code
from loyalty.errors import (
    CardAlreadyHeld,
    CardCodeTaken,
    LoyaltyProgramNotFound,
    PartnerNotFound,
)
from loyalty.models import LoyaltyCard, LoyaltyProgram, Partner

# A generated code has 64 random bits: a second try is already a rarity.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class CardOpened:
    """A new card."""

    card_id: int
    code: str


def open_card(
    *,
    loyalty_program_id: int,
    partner_id: int | None,
    code: str | None = None,
    at: datetime,
    expires_at: datetime | None = None,
) -> CardOpened:
    """Open an empty card, for a member or for whoever holds its code.

    Raises: LoyaltyProgramNotFound, PartnerNotFound, InvalidCardCode, CardCodeTaken,
    CardAlreadyHeld (facts partner_id, loyalty_program_id).
    Writes: loyalty_loyaltycard.
    Safe under: concurrency by `one_card_per_code`, `one_active_card_per_partner_and_program`.
    """
    if not LoyaltyProgram.objects.filter(pk=loyalty_program_id).exists():
        raise LoyaltyProgramNotFound(loyalty_program_id=loyalty_program_id)
    if partner_id is not None and not Partner.objects.filter(pk=partner_id).exists():
        raise PartnerNotFound(partner_id=partner_id)
    for _attempt in range(_TRIES):
        try:
            return _insert(code, loyalty_program_id, partner_id, at, expires_at)
        except CardCodeTaken:
            if code is not None:
                raise
    raise CardCodeTaken


def _insert(
    code: str | None,
    loyalty_program_id: int,
    partner_id: int | None,
    at: datetime,
    expires_at: datetime | None,
) -> CardOpened:
    text = codes.generate() if code is None else code.strip()
    key = check_code(text)
    refusals = {
        "one_card_per_code": lambda: CardCodeTaken(code=text),
        "one_active_card_per_partner_and_program": lambda: CardAlreadyHeld(
            partner_id=partner_id, loyalty_program_id=loyalty_program_id
        ),
    }
    with refused_as(refusals):
        card = LoyaltyCard.objects.create(
            loyalty_program_id=loyalty_program_id,
            partner_id=partner_id,
            code=text,
            code_key=key,
            expires_at=expires_at,
            created_at=at,
        )
    return CardOpened(card_id=card.pk, code=card.code)
