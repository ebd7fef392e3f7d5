"""The same thing set up twice at the same moment: one is made, both callers are told of it."""

from __future__ import annotations

import pytest
from django.db import transaction

from loyalty.errors import CardAlreadyHeld, CardCodeTaken
from loyalty.models import LoyaltyCard
from loyalty.services.open_card import open_card
from loyalty.services.upsert_card import CardSaved, upsert_card
from tests.concurrency.threads import at_once
from tests.loyalty.book import NOON, kind_of_points, member

pytestmark = pytest.mark.django_db(transaction=True)


def test_opening_alone_refuses_the_second_of_two_equal_calls() -> None:
    """The control: without looking again, an equal call is refused."""
    kind, ann = kind_of_points(), member("ann")

    def opened() -> object:
        with transaction.atomic():
            return open_card(loyalty_program_id=kind, partner_id=ann, code="C-1", at=NOON)

    results = at_once(opened, opened)
    assert sum(isinstance(one, (CardCodeTaken, CardAlreadyHeld)) for one in results) == 1


def test_a_card_set_up_at_once_by_many_is_one_card() -> None:
    kind, ann = kind_of_points(), member("ann")
    for turn in range(5):
        LoyaltyCard.objects.all().delete()
        code = f"C-{turn}"

        def save(code: str = code) -> CardSaved:
            return upsert_card(code=code, loyalty_program_id=kind, partner_id=ann, at=NOON)

        results = at_once(*[save] * 4)
        card = LoyaltyCard.objects.get()
        assert {one.card_id for one in results} == {card.pk}
        assert sorted(one.created for one in results) == [False, False, False, True]


def test_a_member_does_not_get_two_cards_from_two_calls_at_once() -> None:
    kind, ann = kind_of_points(), member("ann")

    def save(code: str) -> CardSaved:
        return upsert_card(code=code, loyalty_program_id=kind, partner_id=ann, at=NOON)

    results = at_once(lambda: save("C-1"), lambda: save("C-2"))
    assert sorted(type(one).__name__ for one in results) == ["CardAlreadyHeld", "CardSaved"]
    assert LoyaltyCard.objects.count() == 1
