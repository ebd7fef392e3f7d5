"""Quoting and selling for a caller, however the call came: whose POS it is, whose guesses count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from access import wrong_codes
from access.caller import Caller, Role
from access.errors import RoleNotAllowed
from access.pos_scope import assert_pos
from loyalty.errors import PartnerNotFound
from loyalty.queries import partner_ref
from promotions.api.explaining import explained
from promotions.engine.terms import Reason
from promotions.models import PosConfig
from promotions.orders.errors import ClaimRefused, PosConfigNotFound, QuoteChanged
from promotions.orders.first_answer import Committed, late_answer
from promotions.orders.receipt import Receipt
from promotions.orders.request import OrderRequest
from promotions.orders.stored import read_order
from promotions.services.commit_order import commit_order
from promotions.services.quote_order import quote_order

# Guesses: what an attacker who tries codes would see.
_GUESSES = {Reason.UNKNOWN, Reason.MISTYPED, Reason.WRONG_CUSTOMER}


def quote(caller: Caller, order: OrderRequest, *, explain: bool) -> Receipt:
    """Return what the basket would cost; writes nothing.

    Raises: PosConfigNotFound, RoleNotAllowed, TooManyWrongCodes, and as `quote_order`.
    """
    assert_named_rightly(caller, order)
    if order.at is not None and caller.role is Role.POS:
        raise RoleNotAllowed(role=caller.role, allowed=[Role.ADMIN, Role.MARKETING])
    quoted = quote_order(order=order, at=order.at or timezone.now(), explain=explain)
    if order.codes:
        wrong_codes.count(*_guessers(caller, order), wrong=_guesses(quoted.receipt))
    return explained(quoted.receipt) if explain else quoted.receipt


def sell(caller: Caller, order: OrderRequest, *, explain: bool) -> tuple[Receipt, bool]:
    """Commit the order; return its receipt, and whether that is the first answer again.

    Whoever calls has asserted that (`assert_named_rightly`).
    Raises: TooManyWrongCodes, and as `commit_order`.
    """
    now = timezone.now()

    def commit() -> Committed:
        return commit_order(order=order, at=order.at or now, user_id=caller.user_id)

    committed = late_answer(order, now=now) or counting_guesses(caller, order, commit)
    receipt = committed.receipt
    if explain:
        trace = read_order(ref=receipt["ref"], explain=True)["trace"]
        receipt = explained({**receipt, "trace": trace})
    return receipt, committed.replayed


def counting_guesses(
    caller: Caller, order: OrderRequest, commit: Callable[[], Committed]
) -> Committed:
    """Return what `commit` commits, its wrong codes counted; those of a refused order too.

    A refusal of what was decided tells, or lets guess, what became of the codes.
    Raises: TooManyWrongCodes, and what `commit` raises.
    """
    if not order.codes:
        return commit()
    who = _guessers(caller, order)
    wrong_codes.check(*who)
    try:
        committed = commit()
    except (ClaimRefused, QuoteChanged) as refusal:
        wrong_codes.count(*who, wrong=_guesses(refusal.receipt))
        raise
    if not committed.replayed:
        # What is committed is answered, however many wrong codes it held.
        wrong_codes.note(*who, wrong=_guesses(committed.receipt))
    return committed


def assert_named_rightly(caller: Caller, order: OrderRequest) -> None:
    """Refuse a till that names another POS, or a member by our id, as if they did not exist.

    Ids can be guessed, and with a member come the codes of cards.
    """
    if caller.role is not Role.POS:
        return
    if isinstance(order.partner, int):
        raise PartnerNotFound(partner=order.partner)
    reference = order.pos_config
    ref: str | None = reference if isinstance(reference, str) else None
    if isinstance(reference, int):
        ref = PosConfig.objects.filter(pk=reference).values_list("ref", flat=True).first()
    assert_pos(caller, ref, error=PosConfigNotFound(pos_config=reference))


def _guessers(caller: Caller, order: OrderRequest) -> tuple[str, str | None]:
    """Return whose wrong codes are counted: the POS and the partner, however they are named."""
    pos: str | int | None = caller.pos_ref or order.pos_config
    if isinstance(pos, int):
        pos = PosConfig.objects.filter(pk=pos).values_list("ref", flat=True).first()
    partner = order.partner
    if isinstance(partner, int):
        partner = partner_ref(partner)
    return str(pos), partner


def _guesses(receipt: Mapping[str, Any]) -> int:
    """Return how many of the codes were wrong as a guess is wrong."""
    return sum(one["reason"] in _GUESSES for one in receipt["codes"])
