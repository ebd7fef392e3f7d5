"""From what a caller names to a row: by the caller's own reference, or by our id."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from django.db.models import Model

from access import wrong_codes
from access.caller import Caller, Role
from access.idempotency import keys_of
from access.serializers import MAX_ID
from core import codes
from core.db import ask
from core.errors import Missing
from loyalty.errors import (
    CardNotFound,
    LoyaltyProgramNotFound,
    MembershipProductNotFound,
    PartnerNotFound,
    PointOperationNotFound,
)
from loyalty.models import LoyaltyCard, LoyaltyProgram, MembershipProduct, Partner, PointOperation

M = TypeVar("M", bound=Model)
_BY_CODE = "SELECT id, code FROM loyalty_loyaltycard WHERE code_key = %s::text"
_BY_ID = "SELECT id, code FROM loyalty_loyaltycard WHERE id = %s::bigint"


class NamedCard(NamedTuple):
    """A card as a caller names it, found: our id and its code."""

    id: int
    code: str


def find_partner(reference: str | int, caller: Caller) -> Partner:
    """Return the member; our id will do too, but not for a till.

    With a member come the codes of cards, so a till knows a member by reference alone, as a card
    by its code, and wrong ones are counted against it.
    Raises: PartnerNotFound, TooManyWrongCodes.
    """
    if caller.role is not Role.POS:
        return find_any_partner(reference)
    wrong_codes.check(caller.pos_ref, None)
    found = Partner.objects.filter(ref=reference).first()
    if found is None or isinstance(reference, int):
        wrong_codes.note(caller.pos_ref, None, wrong=1)
        raise PartnerNotFound(partner=reference)
    return found


def find_any_partner(reference: str | int) -> Partner:
    """Return the member, for a caller who may list them all. Raises: PartnerNotFound."""
    return _find(Partner, reference, PartnerNotFound(partner=reference))


def find_loyalty_program(reference: str | int) -> LoyaltyProgram:
    """Return the kind of points. Raises: LoyaltyProgramNotFound."""
    missing = LoyaltyProgramNotFound(loyalty_program=reference)
    return _find(LoyaltyProgram, reference, missing)


def find_membership_product(reference: str | int) -> MembershipProduct:
    """Return the level. Raises: MembershipProductNotFound."""
    missing = MembershipProductNotFound(membership_product=reference)
    return _find(MembershipProduct, reference, missing)


def find_card(reference: str, caller: Caller) -> LoyaltyCard:
    """Return the card with this code, with its program and holder; by `card_named`.

    Raises: CardNotFound, TooManyWrongCodes.
    """
    cards = LoyaltyCard.objects.select_related("loyalty_program", "partner")
    found = cards.filter(pk=card_named(reference, caller).id).first()
    if found is None:
        raise CardNotFound(card=reference)
    return found


def card_named(reference: str, caller: Caller) -> NamedCard:
    """Return the id of the card with this code; our id will do too, but not for a till.

    Ids can be guessed and codes cannot, so a till knows a card by its code alone, and wrong ones
    are counted against it. One prepared statement: what moves points needs to know no more.
    Raises: CardNotFound, TooManyWrongCodes.
    """
    if caller.role is Role.POS:
        wrong_codes.check(caller.pos_ref, None)
    row = ask(_BY_CODE, codes.normalise(reference))
    if row is None:
        if caller.role is Role.POS:
            wrong_codes.note(caller.pos_ref, None, wrong=1)
        elif (pk := _as_id(reference)) is not None:
            row = ask(_BY_ID, pk)
    if row is None:
        raise CardNotFound(card=reference)
    return NamedCard(*row)


def assert_operation(operation_id: int, card: str | None, caller: Caller) -> None:
    """Refuse a till that undoes what it neither did itself nor can name the card of.

    `card`: the code of the operation's card; without it a till undoes what its own user did.
    Raises: PointOperationNotFound, CardNotFound, TooManyWrongCodes.
    """
    operations = PointOperation.objects.filter(pk=operation_id)
    if card is not None:
        operations = operations.filter(card=card_named(card, caller).id)
    elif caller.role is Role.POS:
        wrong_codes.check(caller.pos_ref, None)
        operations = operations.filter(idempotency_key__startswith=keys_of(caller))
    if not operations.exists():
        if caller.role is Role.POS:
            wrong_codes.note(caller.pos_ref, None, wrong=1)
        raise PointOperationNotFound(operation_id=operation_id)


def _find(model: type[M], reference: str | int, missing: Missing) -> M:
    """Return the row: a number is an id; a string is a reference, or else the digits of an id."""
    rows = model._default_manager.all()
    found = rows.filter(ref=reference).first() if isinstance(reference, str) else None
    if found is None and (pk := _as_id(reference)) is not None:
        found = rows.filter(pk=pk).first()
    if found is None:
        raise missing
    return found


def _as_id(reference: str | int) -> int | None:
    if isinstance(reference, str):
        if not (reference.isascii() and reference.isdigit() and len(reference) <= 19):
            return None
        reference = int(reference)
    return reference if 0 < reference <= MAX_ID else None
