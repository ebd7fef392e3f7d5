"""A card changes hands, ends sooner or later, is blocked; its points stay."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loyalty.errors import CardAlreadyHeld, CardNotFound, PartnerNotFound
from loyalty.models import LoyaltyCard, Partner
from loyalty.services.change_card import change_card
from tests.shop import Shop

UNTIL = datetime(2030, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def cards() -> tuple[LoyaltyCard, LoyaltyCard]:
    """Return the cards of two members."""
    shop = Shop()
    shop.member("ann", points="5")
    shop.member("bob", points="7")
    return LoyaltyCard.objects.get(code="club-ann"), LoyaltyCard.objects.get(code="club-bob")


def test_what_is_given_changes_and_the_rest_stays() -> None:
    ann, _bob = cards()
    assert change_card(card_id=ann.pk, expires_at=UNTIL).fields == ("expires_at",)
    assert change_card(card_id=ann.pk, active=False, expires_at=UNTIL).fields == ("active",)
    assert change_card(card_id=ann.pk, active=False).fields == ()
    ann.refresh_from_db()
    assert (ann.points, ann.active, ann.expires_at) == (5, False, UNTIL)
    assert ann.partner is not None
    change_card(card_id=ann.pk, partner_id=None, expires_at=None)
    ann.refresh_from_db()
    assert (ann.partner, ann.expires_at, ann.points) == (None, None, 5)


def test_a_member_has_one_active_card_of_a_kind() -> None:
    ann, bob = cards()
    with pytest.raises(CardAlreadyHeld) as refused:
        change_card(card_id=ann.pk, partner_id=bob.partner_id)
    assert refused.value.facts == {
        "partner_id": bob.partner_id, "loyalty_program_id": ann.loyalty_program_id
    }  # fmt: skip
    owner = ann.partner_id
    ann.refresh_from_db()
    assert ann.partner_id == owner
    change_card(card_id=bob.pk, active=False)
    change_card(card_id=ann.pk, partner_id=bob.partner_id)
    with pytest.raises(CardAlreadyHeld):
        change_card(card_id=bob.pk, active=True)


def test_what_there_is_not_is_refused() -> None:
    ann, _bob = cards()
    with pytest.raises(CardNotFound):
        change_card(card_id=0, active=False)
    with pytest.raises(PartnerNotFound):
        change_card(card_id=ann.pk, partner_id=0)
    assert Partner.objects.filter(cards=ann).exists()
