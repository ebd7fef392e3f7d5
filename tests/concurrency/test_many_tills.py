"""Sixteen tills, opposite transfers, and the sweep among redemptions."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet, Sum

from loyalty.domain.points import PointsMoved
from loyalty.errors import InsufficientPoints
from loyalty.models import LoyaltyCard, PointHistory, PointMove, PointOperation
from loyalty.services.expire_points import expire_points
from loyalty.services.transfer_points import transfer_points
from tests.concurrency.threads import SECONDS, at_once
from tests.loyalty.book import DAY, NOON, Card, card, fresh, kind_of_points

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 16


def send(giver: Card, taker: Card, points: str) -> Any:
    return transfer_points(
        from_card_id=giver.id,
        to_card_id=taker.id,
        points=Decimal(points),
        origin="present",
        idempotency_key=fresh("key"),
        at=NOON,
    )


def test_sixteen_tills_redeem_exactly_what_fits():
    held = card()
    for points in ("10", "7.5", "12.5", "5"):
        held.earn(points)

    def redeem() -> list[Any]:
        done: list[Any] = []
        for _ in range(2):
            try:
                done.append(held.redeem("3"))
            except InsufficientPoints as refused:
                done.append(refused)
        return done

    results = [one for per_till in at_once(*[redeem] * TILLS) for one in per_till]
    # 35 points: eleven times 3, and 2 are left.
    assert Counter(type(one) for one in results) == {PointsMoved: 11, InsufficientPoints: 21}
    assert held.balance() == 2
    held.adds_up()


def test_one_key_at_sixteen_tills_has_one_effect():
    held = card()
    held.earn("100")
    results = at_once(*[lambda: held.redeem("10", idempotency_key="once")] * TILLS)
    assert len({one.operation_id for one in results}) == 1
    assert Counter(one.replayed for one in results) == {False: 1, True: TILLS - 1}
    assert held.balance() == 90
    held.adds_up()


def test_without_one_order_of_locks_opposite_transfers_end_in_a_deadlock():
    """The control: each locks the card it takes from first."""
    one, other = card(), card()
    both_hold_one = threading.Barrier(2)

    def naive(first: Card, second: Card) -> None:
        with transaction.atomic():
            LoyaltyCard.objects.select_for_update().get(pk=first.id)
            both_hold_one.wait(SECONDS)
            LoyaltyCard.objects.select_for_update().get(pk=second.id)

    results = at_once(lambda: naive(one, other), lambda: naive(other, one))
    (failed,) = [found for found in results if found is not None]
    assert isinstance(failed, DatabaseError)
    assert isinstance(failed.__cause__, psycopg.errors.DeadlockDetected)


def test_opposite_transfers_never_end_in_a_deadlock():
    program = kind_of_points()
    one, other = card(program), card(program)
    for held in (one, other):
        held.earn("100")

    def back_and_forth(place: int) -> list[Any]:
        pair = (one, other) if place % 2 else (other, one)
        return [send(*pair, "1") for _ in range(6)]

    results = at_once(*[lambda place=place: back_and_forth(place) for place in range(8)])
    assert not [found for found in results if isinstance(found, Exception)]
    assert one.balance() + other.balance() == 200
    assert PointOperation.objects.filter(kind="transfer").count() == 8 * 6 * 2
    for held in (one, other):
        held.adds_up()


def test_a_sweep_without_the_lock_expires_what_is_being_spent():
    """The control: look at the lot, wait, write; a till spends it meanwhile."""
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    seen, spent = threading.Event(), threading.Event()

    def naive_sweep() -> Decimal:
        lot = PointMove.objects.get(card_id=held.id)
        seen.set()
        spent.wait(SECONDS)
        expired: Decimal = lot.remaining_point  # what it would book
        return expired

    def till() -> PointsMoved:
        seen.wait(SECONDS)
        try:
            return held.redeem("10")
        finally:
            spent.set()

    gone, done = at_once(naive_sweep, till)
    assert gone - done.points == 20  # of 10 points


def test_a_sweep_among_redemptions_expires_nothing_twice_and_nothing_expired_is_spent():
    program = kind_of_points()
    cards = [card(program) for _ in range(4)]
    due = NOON + DAY
    for held in cards:
        held.earn("20", expires_at=due)
        held.earn("20", expires_at=due + DAY)

    def till(place: int) -> None:
        for turn in range(8):
            at = due + timedelta(minutes=turn - 4)  # on both sides of the expiry
            try:
                cards[(place + turn) % 4].redeem("3", at=at)
            except InsufficientPoints:
                continue

    def sweep() -> None:
        for _ in range(4):
            expire_points(at=due, batch=2)

    results = at_once(*[lambda place=place: till(place) for place in range(6)], sweep, sweep)
    assert not [found for found in results if isinstance(found, Exception)]
    expire_points(at=due)
    expire_points(at=due)  # and once more: there is nothing left to take
    for held in cards:
        held.adds_up()
        first, second = PointMove.objects.filter(card_id=held.id).order_by("expiration_date")
        spent_of_it = PointHistory.objects.filter(move=first, kind="redeem")
        assert not spent_of_it.filter(transaction_time__gte=due).exists()
        spent_before = -moved(spent_of_it)
        # What was not spent of the lot expired, once: by its own figure, the sweep's row of the
        # journal (one for all lots of a card, which is why it names none), and the operations.
        assert first.remaining_point == 0
        assert first.expired_point == 20 - spent_before
        expired = PointHistory.objects.filter(card_id=held.id, kind="expire")
        assert -moved(expired) == first.expired_point
        sweeps = PointOperation.objects.filter(card_id=held.id, kind="expire")
        assert sweeps.count() == expired.count() == (first.expired_point > 0)
        assert first.expired_by_id == sweeps.values_list("pk", flat=True).first()
        # Nothing was made of nothing: of 40 points earned, all are spent, expired, or left.
        redeemed = -moved(PointHistory.objects.filter(card_id=held.id, kind="redeem"))
        assert redeemed + first.expired_point + second.remaining_point == 40
        assert second.expired_point == 0


def moved(rows: QuerySet[PointHistory]) -> Decimal:
    """Return the sum of journal rows."""
    total: Decimal = rows.aggregate(total=Sum("points_amount"))["total"] or Decimal(0)
    return total
