"""Give members what they get for bringing new customers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from core import codes
from events.log import Happening, record
from loyalty.errors import CardAlreadyHeld
from loyalty.queries import read_wallet
from loyalty.services.open_card import open_card
from promotions.models import Coupon, Order, OrderPoints, Referral
from promotions.orders.effects import earn_whole_parts

_BATCH = 1_000
_TRIES = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReferralsRewarded:
    """How many referrals were rewarded."""

    rewarded: int


def reward_referrals(*, at: datetime, order_id: int | None = None) -> ReferralsRewarded:
    """Reward the referrals that are due and whose orders stand, each in a transaction of its own.

    `order_id`: only those of this order. Points go on the referrer's card, which is opened if
    there is none; a coupon is made for the referrer alone. One that fails is logged, waits for
    the next run and stops no other, nor the order that made it. Raises: nothing.
    Writes: promotions_referral, orderpoints, coupon, the ledger; event ReferralRewarded.
    Safe under: replay and concurrency, by the lock of the order, which returns take too.
    """
    rewarded = 0
    for referral_id, of_order in _due(at, order_id):
        try:
            rewarded += _reward_once(referral_id, of_order, at)
        except Exception:
            log.exception("referral %s could not be rewarded", referral_id)
    return ReferralsRewarded(rewarded)


def _due(at: datetime, order_id: int | None) -> Iterator[tuple[int, int]]:
    """Go through the referrals that are due, with their orders, a batch at a time.

    The next batch begins after the last: however many fail, those behind them have their turn.
    """
    due = Referral.objects.filter(status="pending", due_at__lte=at).order_by("due_at", "id")
    if order_id is not None:
        due = due.filter(order_id=order_id)
    rest = due
    while batch := list(rest.values_list("id", "order_id", "due_at")[:_BATCH]):
        for referral_id, of_order, _due_at in batch:
            yield referral_id, of_order
        last_id, _order, last_due = batch[-1]
        rest = due.filter(Q(due_at__gt=last_due) | Q(due_at=last_due, id__gt=last_id))


def _reward_once(referral_id: int, order_id: int, at: datetime) -> bool:
    """Reward one referral, again from the start if another process opened the card meanwhile."""
    for _attempt in range(_TRIES - 1):
        try:
            with transaction.atomic():
                return _reward(referral_id, order_id, at)
        except CardAlreadyHeld:
            continue
    with transaction.atomic():
        return _reward(referral_id, order_id, at)


def _reward(referral_id: int, order_id: int, at: datetime) -> bool:
    """Reward one referral unless a return or another process was faster; tell whether it was."""
    order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order_id)
    one = Referral.objects.get(pk=referral_id)
    if one.status != "pending":
        return False
    if one.loyalty_program_id is not None and one.card_points:
        one.points_moved = _give_points(one, one.loyalty_program_id, order.ref, at)
    if one.coupon_points:
        code = codes.generate()
        one.coupon = Coupon.objects.create(
            program_id=one.program_id,
            code=code,
            code_key=codes.normalise(code),
            initial_points=one.coupon_points,
            points=one.coupon_points,
            partner_id=one.referrer_id,
            issued_by_id=order_id,
        )
    one.status, one.closed_at = "rewarded", at
    one.save(update_fields=["status", "closed_at", "points_moved", "coupon"])
    record([_rewarded(one)], at=at)
    return True


def _give_points(
    one: Referral, loyalty_program_id: int, order_ref: str, at: datetime
) -> OrderPoints | None:
    """Put the points on the referrer's fullest card; None if a cap or rounding left none."""
    wallet = read_wallet(partner_ref=one.referrer_id, code_keys=(), at=at, lock=True)
    cards = [card for card in wallet.cards if card.loyalty_program_id == loyalty_program_id]
    usable = [card for card in cards if card.expires_at is None or card.expires_at >= at]
    if usable:
        card_id = min(usable, key=lambda card: (-card.balance, card.id)).id
    else:
        card_id = open_card(
            loyalty_program_id=loyalty_program_id, partner_id=one.referrer_id, at=at
        ).card_id
    done = earn_whole_parts(
        card_id=card_id,
        points=one.card_points,
        # Not the order of the friend: the referrer reads this in the card's history.
        origin=f"referral:{one.pk}",
        idempotency_key=f"order:{order_ref}:{one.program_id}:referral:{card_id}",
        at=at,
    )
    if done is None or not done.points:
        return None
    return OrderPoints.objects.create(
        order_id=one.order_id,
        program_id=one.program_id,
        card_id=card_id,
        operation_id=done.operation_id,
        kind="referral",
        points=done.points,
    )


def _rewarded(one: Referral) -> Happening:
    return Happening(
        "ReferralRewarded",
        f"partner:{one.referrer_id}",
        {
            "referral_id": one.pk,
            "order_id": one.order_id,
            "program_id": one.program_id,
            "partner_id": one.referrer_id,
            "points": str(one.points_moved.points if one.points_moved else 0),
            "coupon_id": one.coupon_id,
        },
    )
