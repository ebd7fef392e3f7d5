"""Set up a card by its code."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.db import lock_rows, refused_as
from loyalty.domain.codes import check_code
from loyalty.errors import CardAlreadyHeld, CardBelongsElsewhere, CardCodeTaken
from loyalty.models import LoyaltyCard
from loyalty.services.open_card import open_card


@dataclass(frozen=True, slots=True)
class CardSaved:
    """A card as it now is."""

    card_id: int
    code: str
    created: bool


def upsert_card(
    *, code: str, loyalty_program_id: int, partner_id: int | None, at: datetime
) -> CardSaved:
    """Open the card with this code, or give the one there is to the member if nobody has it.

    Raises: as `open_card`; CardBelongsElsewhere if it is another member's or of another kind.
    Writes: loyalty_loyaltycard.
    Safe under: replay, as the second call changes nothing; concurrency by `one_card_per_code`
    and the card's row lock.
    """
    key = check_code(code.strip())
    with transaction.atomic():
        card = _locked(key)
        if card is None:
            try:
                opened = open_card(
                    loyalty_program_id=loyalty_program_id, partner_id=partner_id, code=code, at=at
                )
                return CardSaved(card_id=opened.card_id, code=opened.code, created=True)
            except (CardCodeTaken, CardAlreadyHeld):
                # The same call made at the same moment may have opened this very card.
                card = _locked(key)
                if card is None:
                    raise
        _give(card, loyalty_program_id, partner_id)
    return CardSaved(card_id=card.pk, code=card.code, created=False)


def _locked(key: str) -> LoyaltyCard | None:
    return next(iter(lock_rows(LoyaltyCard.objects.filter(code_key=key))), None)


def _give(card: LoyaltyCard, loyalty_program_id: int, partner_id: int | None) -> None:
    """Give the card to the member if nobody has it. Raises: as `upsert_card`."""
    if card.loyalty_program_id != loyalty_program_id:
        raise CardBelongsElsewhere(code=card.code)
    if card.partner_id is None and partner_id is not None:
        refusals = {
            "one_active_card_per_partner_and_program": lambda: CardAlreadyHeld(
                partner_id=partner_id, loyalty_program_id=loyalty_program_id
            )
        }
        with refused_as(refusals):
            LoyaltyCard.objects.filter(pk=card.pk).update(partner_id=partner_id)
    elif card.partner_id != partner_id:
        raise CardBelongsElsewhere(code=card.code)
