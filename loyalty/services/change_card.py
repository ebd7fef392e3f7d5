"""Change whose a card is, how long it is good, and whether it can be used."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from msgspec import UNSET, UnsetType

from core.db import lock_rows, refused_as
from loyalty.errors import CardAlreadyHeld, CardNotFound, PartnerNotFound
from loyalty.models import LoyaltyCard, Partner


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A card and which of its fields are different now."""

    card_id: int
    fields: tuple[str, ...]


def change_card(
    *,
    card_id: int,
    partner_id: int | UnsetType | None = UNSET,
    active: bool | UnsetType = UNSET,
    expires_at: datetime | UnsetType | None = UNSET,
) -> CardChanged:
    """Set what is given and leave the rest; `partner_id` None: whoever holds the code.

    Its points stay as they are, and so does what was told of them under the owner of then.
    Raises: CardNotFound, PartnerNotFound, CardAlreadyHeld (facts partner_id, loyalty_program_id).
    Writes: loyalty_loyaltycard.
    Safe under: replay; concurrency, by the card's row lock and one active card a member and kind.
    """
    given = {"partner_id": partner_id, "active": active, "expires_at": expires_at}
    if isinstance(partner_id, int) and not Partner.objects.filter(pk=partner_id).exists():
        raise PartnerNotFound(partner_id=partner_id)
    with transaction.atomic():
        locked = lock_rows(LoyaltyCard.objects.filter(pk=card_id))
        if not locked:
            raise CardNotFound(card_id=card_id)
        card = locked[0]
        changed = {
            name: value
            for name, value in given.items()
            if value is not UNSET and getattr(card, name) != value
        }
        refusals = {
            "one_active_card_per_partner_and_program": lambda: CardAlreadyHeld(
                partner_id=changed.get("partner_id", card.partner_id),
                loyalty_program_id=card.loyalty_program_id,
            )
        }
        if changed:
            with refused_as(refusals):
                LoyaltyCard.objects.filter(pk=card.pk).update(**changed)
    return CardChanged(card_id, tuple(changed))
