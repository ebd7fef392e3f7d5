"""Decide an order and do what was decided, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction

from core.db import refusal_of, violated_constraint
from core.errors import Busy, PunchcardError
from loyalty.errors import CardAlreadyHeld
from loyalty.services.open_card import open_card
from promotions.engine import evaluate
from promotions.engine.decision import Decision, Hint
from promotions.engine.terms import Reason
from promotions.offline.charge import settle_charge
from promotions.offline.sale import OfflineSale
from promotions.orders import effects
from promotions.orders.counting import count_uses
from promotions.orders.errors import (
    ClaimRefused,
    CommitBusy,
    QuoteChanged,
    RefRequired,
)
from promotions.orders.first_answer import Committed, first_answer
from promotions.orders.intake import Intake, read_intake
from promotions.orders.issuing import choose_codes, issue
from promotions.orders.parts_of_cards import refuse_parts_of_cards
from promotions.orders.receipt import build_receipt
from promotions.orders.records import insert_order, request_digests
from promotions.orders.referring import record_referrals
from promotions.orders.request import OrderRequest
from promotions.orders.stale import PointsLacking, Stale
from promotions.services.evaluate_member import evaluate_member
from promotions.services.reward_referrals import reward_referrals

_ATTEMPTS = 8
# Another commit with the same ref, or of the same new customer, was faster: the next attempt
# finds its answer, or a customer who is no longer new.
_FASTER = ("one_order_per_ref", "one_referral_per_friend")


def commit_order(
    *, order: OrderRequest, at: datetime, user_id: int | None, sale: OfflineSale | None = None
) -> Committed:
    """Decide the order as of `at` and write it with its points, coupons, counters and events.

    Raises: RefRequired, QuoteChanged (with the new receipt), ClaimRefused, OrderRefReused,
    ChargedOutOfRange, GiftCardInParts, CommitBusy, and what `read_intake` raises; nothing is
    written then.
    Writes: promotions_order and its rows, the ledger, coupons, usage, events, the member's level.
    Safe under: replay, by the unique ref and the digest of the request; concurrency, by row
    locks of partner and cards, conditional updates of coupons and counters, and a new start.
    """
    if order.ref is None:
        raise RefRequired
    digests = request_digests(order, sale)
    refusal: PunchcardError = CommitBusy()
    for _attempt in range(_ATTEMPTS):
        first = first_answer(order.ref, digests)
        if first is not None:
            return first
        try:
            with transaction.atomic():
                committed, referred = _commit(
                    order, digest=digests[0], at=at, user_id=user_id, sale=sale
                )
        except (Stale, CardAlreadyHeld, IntegrityError, OperationalError) as error:
            if not _may_try_again(error):
                raise
            # What a card lacks again and again, nobody else has taken.
            refusal = error.refusal if isinstance(error, _ClaimUnpaid) else CommitBusy()
            continue
        if referred:
            # In transactions of their own, so that nobody holds the cards of two customers.
            reward_referrals(at=at, order_id=committed.order_id)
        return committed
    raise refusal


class _ClaimUnpaid(Stale):
    """Points are lacking for a claim; `refusal` says so to the till."""

    def __init__(self, refusal: ClaimRefused) -> None:
        super().__init__()
        self.refusal = refusal


def _may_try_again(error: Exception) -> bool:
    """Tell whether another order was merely faster, so that fresh reads will do."""
    if isinstance(error, IntegrityError):
        return violated_constraint(error) in _FASTER
    if isinstance(error, OperationalError):
        return isinstance(refusal_of(error), Busy)
    return True


def _commit(
    order: OrderRequest, *, digest: str, at: datetime, user_id: int | None, sale: OfflineSale | None
) -> tuple[Committed, bool]:
    """Return the committed order, and whether it stands for a referral."""
    intake = _read(order, at, sale)
    catalog = intake.snapshot.catalog
    decision = evaluate(intake.cart, catalog, intake.wallet, at, explain=True)
    if _open_missing_cards(intake, decision, at=at):
        # The decision is made once more with the new cards, so that it names them.
        intake = _read(order, at, sale)
        decision = evaluate(intake.cart, catalog, intake.wallet, at, explain=True)
    refuse_parts_of_cards(intake.cart, decision)
    charge = None
    if sale is not None and sale.charged_total is not None:
        charge = settle_charge(intake, decision, charged_total=sale.charged_total, at=at)
        decision = charge.charged
    else:
        _refuse_what_the_till_did_not_mean(order, intake, decision)
    ref = order.ref or ""
    try:
        moved = effects.move_points(ref, decision, at=at)
    except PointsLacking as lacking:
        lacks = Hint(lacking.program_id, Reason.NOT_ENOUGH_POINTS)
        unpaid = replace(decision, refused_claims=(lacks,))
        receipt = build_receipt(intake, unpaid, ref=ref, status="quoted")
        raise _ClaimUnpaid(ClaimRefused(receipt, needless=[False])) from lacking
    decision = effects.as_moved(decision, moved)
    receipt = build_receipt(intake, decision, ref=ref, status="committed", charge=charge)
    issues = choose_codes(decision, catalog.programs)
    receipt["coupons_issued"] = [one.listed() for one in issues]
    row = insert_order(
        order, intake, decision, receipt, digest=digest, at=at, user_id=user_id, charge=charge
    )
    effects.record_moves(row, moved)
    if row.partner_id is not None and intake.loyalty.has_levels:
        # Before the coupons: it may touch the member's cards, and cards are locked first.
        evaluate_member(partner_id=row.partner_id, at=at)
    effects.spend_coupons(decision)
    issue(row, issues, at=at)
    record_referrals(row, decision, catalog.programs, at=at)
    effects.record_events(row, decision, at=at)
    # Last, as all orders under a limit wait for its counter from here to the end.
    count_uses(row, decision, catalog.programs)
    return Committed(row.id, receipt, replayed=False), bool(decision.referrals)


def _read(order: OrderRequest, at: datetime, sale: OfflineSale | None) -> Intake:
    if sale is None:
        return read_intake(order, at=at, lock=True)
    return read_intake(order, at=at, lock=True, changed=sale.programs, withdrawn=True)


def _open_missing_cards(intake: Intake, decision: Decision, *, at: datetime) -> bool:
    """Open one card for each kind of points the partner moves for the first time."""
    # Several programs may move the same points.
    missing = {
        one.loyalty_program_id
        for one in decision.points
        if one.card_id is None and (one.earned or one.spent)
    }
    for kind in sorted(missing):
        open_card(loyalty_program_id=kind, partner_id=intake.cart.partner_id, at=at)
    return bool(missing)


def _refuse_what_the_till_did_not_mean(
    order: OrderRequest, intake: Intake, decision: Decision
) -> None:
    """Raise if a claim cannot be given, or the total is not the one the customer was shown."""
    expected = order.expected_total
    needless = [_is_needless(one, intake, decision) for one in decision.refused_claims]
    if all(needless) and expected in (None, decision.total):
        return
    # Nothing is committed, so the decision is what a quote would be now.
    receipt = build_receipt(intake, decision, ref=order.ref, status="quoted")
    if not all(needless):
        raise ClaimRefused(receipt, needless=needless)
    raise QuoteChanged(receipt, expected_total=str(expected))


def _is_needless(refused: Hint, intake: Intake, decision: Decision) -> bool:
    """Tell whether a claim was to pay where nothing is left to pay: nobody misses it."""
    program = intake.snapshot.catalog.programs.get(refused.program_id)
    pays = program is not None and program.is_payment
    return pays and refused.reason is Reason.NOTHING_TO_DISCOUNT and not decision.amount_due
