"""Connections that compete for the same points: the race first, then that the guard stops it."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from loyalty.domain.points import PointsMoved
from loyalty.errors import InsufficientPoints
from loyalty.models import LoyaltyCard, Membership, PointHistory, PointMove, PointOperation
from loyalty.queries import read_wallet
from loyalty.services.change_membership import change_membership
from loyalty.services.expire_points import expire_points
from loyalty.services.open_card import open_card
from tests.concurrency.threads import SECONDS, at_once, wait_until_somebody_waits
from tests.loyalty.book import DAY, NOON, card, kind_of_points, level, member, undo

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results: list[Any]) -> dict[str, int]:
    """Count the results by their type."""
    names = [type(one).__name__ for one in results]
    return {name: names.count(name) for name in sorted(set(names))}


def test_the_race_without_the_guard_spends_the_last_points_twice():
    """The control: read, decide and write, as naive statements do, in two connections."""
    held = card()
    held.earn("10")
    both_have_read = threading.Barrier(2)
    given_away = []

    def naive() -> None:
        with transaction.atomic():
            lot = PointMove.objects.get(card_id=held.id)
            enough = lot.remaining_point >= 10
            both_have_read.wait(SECONDS)
            if enough:
                PointMove.objects.filter(pk=lot.pk).update(
                    remaining_point=lot.remaining_point - 10, state="depleted"
                )
                given_away.append(10)

    at_once(naive, naive)
    assert sum(given_away) == 20  # of 10 points


def test_the_race_in_one_statement_is_lost_under_read_committed():
    """The control of the lock's own statement: a snapshot older than the lock sees old lots."""
    held = card()
    held.earn("10")
    locked = threading.Event()

    def first() -> None:
        with transaction.atomic():
            LoyaltyCard.objects.select_for_update().get(pk=held.id)
            locked.set()
            wait_until_somebody_waits()
            PointMove.objects.update(remaining_point=0, state="depleted")

    def second() -> Any:
        locked.wait(SECONDS)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """WITH lock AS (SELECT id FROM loyalty_loyaltycard WHERE id = %s FOR UPDATE)
                   SELECT (SELECT sum(remaining_point) FROM loyalty_pointmove), id FROM lock""",
                [held.id],
            )
            return cursor.fetchone()[0]

    _, seen = at_once(first, second)
    assert seen == 10  # though the lock was granted after they were gone


def test_the_last_points_are_spent_once():
    held = card()
    held.earn("10")
    results = at_once(*[lambda: held.redeem("10")] * 6)
    assert kinds(results) == {"InsufficientPoints": 5, "PointsMoved": 1}
    refused = [one for one in results if isinstance(one, InsufficientPoints)]
    assert {one.facts["available"] for one in refused} == {0}
    assert held.balance() == 0
    held.adds_up()


def test_a_redemption_waits_for_the_one_before_and_sees_what_it_left():
    """The same moment as in the control above, with `redeem_points`."""
    held = card()
    held.earn("10")
    locked = threading.Event()

    def slow() -> None:
        with transaction.atomic():
            held.redeem("10")
            locked.set()
            threading.Event().wait(0.3)

    def late() -> PointsMoved:
        locked.wait(SECONDS)
        return held.redeem("10")

    _, refused = at_once(slow, late)
    assert isinstance(refused, InsufficientPoints)
    held.adds_up()


def test_one_key_raced_by_many_has_one_effect():
    held = card()
    held.earn("100")
    results = at_once(*[lambda: held.redeem("10", idempotency_key="once")] * 6)
    assert kinds(results) == {"PointsMoved": 6}
    assert len({one.operation_id for one in results}) == 1
    assert sorted(one.replayed for one in results) == [False] + [True] * 5
    assert held.balance() == 90
    held.adds_up()


def test_one_key_raced_on_two_cards_has_one_effect():
    one, other = card(), card()
    results = at_once(
        lambda: one.earn("10", idempotency_key="once"),
        lambda: other.earn("10", idempotency_key="once"),
    )
    assert kinds(results) == {"IdempotencyKeyReused": 1, "PointsMoved": 1}
    assert PointOperation.objects.count() == 1
    assert sorted([one.balance(), other.balance()]) == [0, 10]
    for held in (one, other):
        held.adds_up()


def test_a_key_whose_first_use_was_rolled_back_is_free():
    held = card()
    waiting = threading.Event()

    def rolled_back() -> None:
        with transaction.atomic():
            held.earn("10", idempotency_key="once")
            waiting.set()
            threading.Event().wait(0.2)
            transaction.set_rollback(True)

    def again() -> PointsMoved:
        waiting.wait(SECONDS)
        return held.earn("10", idempotency_key="once")

    _, moved = at_once(rolled_back, again)
    assert not moved.replayed
    assert held.balance() == 10
    held.adds_up()


def test_everything_at_once_on_a_few_cards_leaves_a_gapless_chain():
    program = kind_of_points(negative_balance="allow")
    cards = [card(program) for _ in range(3)]
    earned = [held.earn("50", expires_at=NOON + DAY) for held in cards]

    def busy(place: int) -> None:
        for turn in range(8):
            held = cards[(place + turn) % 3]
            at = NOON + timedelta(hours=6 * turn)
            held.earn("5", at=at)
            if place == turn:
                undo(earned[place % 3], "10", at=at)
            try:
                held.redeem("7.5", at=at)
            except InsufficientPoints:
                held.adjust("1", at=at)
            if place == 0:
                expire_points(at=at)

    assert at_once(*[lambda place=place: busy(place) for place in range(4)]) == [None] * 4
    for held in cards:
        held.adds_up()
        rows = PointHistory.objects.filter(card_id=held.id).order_by("sequence")
        assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))


def test_parts_of_a_reversal_raced_add_up_to_the_operation_and_no_more():
    held = card()
    held.earn("10")
    spent = held.redeem("10")
    results = at_once(*[lambda: undo(spent, "3")] * 5)
    assert kinds(results) == {"PointsMoved": 3, "ReversalExceedsOperation": 2}
    assert held.balance() == 9
    held.adds_up()


def test_the_cap_holds_for_earnings_at_once():
    held = card(kind_of_points(earning_cap=Decimal(100)))
    results = at_once(*[lambda: held.earn("30")] * 6)
    assert sum(one.points for one in results) == 100
    held.adds_up()


def test_the_sweep_leaves_cards_that_somebody_holds_and_takes_them_next_time():
    busy, idle = card(), card()
    for held in (busy, idle):
        held.earn("10", expires_at=NOON + DAY)
    holding, swept = threading.Event(), threading.Event()

    def till() -> None:
        with transaction.atomic():
            busy.redeem("4")
            holding.set()
            swept.wait(SECONDS)

    def sweep() -> Any:
        holding.wait(SECONDS)
        try:
            return expire_points(at=NOON + DAY)
        finally:
            swept.set()

    _, done = at_once(till, sweep)
    assert (done.cards, done.points) == (1, 10)
    assert expire_points(at=NOON + DAY).points == 6
    for held in (busy, idle):
        held.adds_up()


def test_two_sweeps_expire_each_lot_once():
    cards = [card() for _ in range(12)]
    for held in cards:
        held.earn("1", expires_at=NOON + DAY)
    done = at_once(*[lambda: expire_points(at=NOON + DAY, batch=3)] * 2)
    rest = expire_points(at=NOON + DAY)
    assert sum(one.points for one in done) + rest.points == 12
    for held in cards:
        held.adds_up()


def test_a_member_has_one_card_of_a_kind_and_a_code_one_card():
    program, ann = kind_of_points(), member()
    results = at_once(*[lambda: open_card(loyalty_program_id=program, partner_id=ann, at=NOON)] * 4)
    assert kinds(results) == {"CardAlreadyHeld": 3, "CardOpened": 1}
    results = at_once(
        *[lambda: open_card(loyalty_program_id=program, partner_id=None, code="X", at=NOON)] * 4
    )
    assert kinds(results) == {"CardCodeTaken": 3, "CardOpened": 1}


def test_two_changes_of_level_leave_one_open_membership_and_all_points():
    levels = [level("silver"), level("gold")]
    ann = member("ann")
    held = card(partner_id=ann)
    held.earn("10")

    def change(product_id: int) -> Any:
        return change_membership(partner_id=ann, membership_product_id=product_id, at=NOON)

    results = at_once(
        *[lambda one=one: change(one) for one in levels * 2], lambda: held.redeem("1")
    )
    assert "PointsMoved" in kinds(results)
    assert kinds(results)["MembershipChange"] == 4
    still = Membership.objects.get(closed_at=None)
    assert PointMove.objects.get().membership_product_id == still.membership_product_id
    assert held.balance() == 9
    held.adds_up()


def test_a_locked_wallet_stays_as_it_was_read():
    held = card(partner_id=member("ann"))
    held.earn("10")
    read = threading.Event()

    def commit_an_order() -> tuple[Decimal, Decimal]:
        with transaction.atomic():
            (row,) = read_wallet(partner_ref="ann", code_keys=[], at=NOON, lock=True).cards
            read.set()
            threading.Event().wait(0.3)
            return row.balance, held.redeem("10").balance_before

    def another_till() -> PointsMoved:
        read.wait(SECONDS)
        return held.redeem("10")

    order, other = at_once(commit_an_order, another_till)
    assert order == (10, 10)
    assert isinstance(other, InsufficientPoints)


def test_the_stored_balance_is_that_of_the_journal_after_many_at_once():
    held = card()
    at_once(*[lambda: [held.earn("1") for _ in range(10)]] * 4)
    total = PointHistory.objects.filter(card_id=held.id).aggregate(all=Sum("points_amount"))
    assert total["all"] == held.row.points == held.row.sequence == 40
    held.adds_up()
