"""Opening cards."""

import re

import pytest

from core import codes
from loyalty.errors import (
    CardAlreadyHeld,
    CardBelongsElsewhere,
    CardCodeTaken,
    InvalidCardCode,
    LoyaltyProgramNotFound,
    PartnerNotFound,
)
from loyalty.models import LoyaltyCard
from loyalty.services.open_card import open_card
from loyalty.services.upsert_card import upsert_card
from tests.loyalty.book import DAY, NOON, kind_of_points, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> int:
    return kind_of_points()


def test_a_card_gets_a_code_that_cannot_be_guessed_and_can_be_checked(program):
    opened = open_card(
        loyalty_program_id=program, partner_id=member(), at=NOON, expires_at=NOON + DAY
    )
    assert re.fullmatch(r"(\w{4}-){3}\w{2}", opened.code)
    assert not codes.is_mistyped(opened.code)
    row = LoyaltyCard.objects.get(pk=opened.card_id)
    assert (row.points, row.active, row.expires_at) == (0, True, NOON + DAY)
    assert row.code_key == codes.normalise(opened.code)


def test_a_generated_code_that_is_taken_is_drawn_again(program, monkeypatch):
    open_card(loyalty_program_id=program, partner_id=None, code="TAKEN", at=NOON)
    drawn = iter(["taken", "tak-en", "FREE"])
    monkeypatch.setattr(codes, "generate", lambda: next(drawn))
    assert open_card(loyalty_program_id=program, partner_id=None, at=NOON).code == "FREE"


def test_a_code_is_taken_however_it_is_written(program):
    open_card(loyalty_program_id=program, partner_id=None, code="Ann-1", at=NOON)
    with pytest.raises(CardCodeTaken) as taken:
        open_card(loyalty_program_id=program, partner_id=None, code=" ANN 1", at=NOON)
    assert taken.value.facts == {"code": "ANN 1"}
    assert LoyaltyCard.objects.count() == 1


def test_a_member_has_one_active_card_of_a_kind(program):
    ann = member()
    first = open_card(loyalty_program_id=program, partner_id=ann, at=NOON)
    with pytest.raises(CardAlreadyHeld) as held:
        open_card(loyalty_program_id=program, partner_id=ann, at=NOON)
    assert held.value.facts == {"partner_id": ann, "loyalty_program_id": program}
    assert LoyaltyCard.objects.count() == 1
    LoyaltyCard.objects.filter(pk=first.card_id).update(active=False)
    open_card(loyalty_program_id=program, partner_id=ann, at=NOON)
    open_card(loyalty_program_id=kind_of_points(), partner_id=ann, at=NOON)
    assert LoyaltyCard.objects.count() == 3


@pytest.mark.parametrize("code", ["", " - ", "x" * 65, "a\nb", "ŉ" * 60])
def test_a_code_that_cannot_be_looked_up_is_refused(program, code):
    with pytest.raises(InvalidCardCode):
        open_card(loyalty_program_id=program, partner_id=None, code=code, at=NOON)
    assert not LoyaltyCard.objects.exists()


def test_a_card_needs_a_kind_of_points_and_a_known_member(program):
    with pytest.raises(LoyaltyProgramNotFound):
        open_card(loyalty_program_id=-1, partner_id=None, at=NOON)
    with pytest.raises(PartnerNotFound):
        open_card(loyalty_program_id=program, partner_id=-1, at=NOON)
    assert not LoyaltyCard.objects.exists()


def test_a_card_set_up_twice_is_one_card_and_goes_to_whom_it_was_given(program):
    ann = member()
    first = upsert_card(code="C-1", loyalty_program_id=program, partner_id=None, at=NOON)
    again = upsert_card(code="c1", loyalty_program_id=program, partner_id=ann, at=NOON)
    assert (first.created, again.created) == (True, False)
    assert first.card_id == again.card_id
    assert LoyaltyCard.objects.get().partner_id == ann
    upsert_card(code="C-1", loyalty_program_id=program, partner_id=ann, at=NOON)


def test_a_card_is_not_taken_from_its_member_or_kind(program):
    ann, bob = member(), member()
    upsert_card(code="C1", loyalty_program_id=program, partner_id=ann, at=NOON)
    for program_id, partner_id in ((program, bob), (program, None), (kind_of_points(), ann)):
        with pytest.raises(CardBelongsElsewhere):
            upsert_card(code="C1", loyalty_program_id=program_id, partner_id=partner_id, at=NOON)
    upsert_card(code="C2", loyalty_program_id=program, partner_id=None, at=NOON)
    with pytest.raises(CardAlreadyHeld):
        upsert_card(code="C2", loyalty_program_id=program, partner_id=ann, at=NOON)
    assert set(LoyaltyCard.objects.values_list("code", "partner_id")) == {("C1", ann), ("C2", None)}
