"""Undoing: exactly what was done, whole or in part, and what happens to points already spent."""

from decimal import Decimal

import pytest

from access.errors import IdempotencyKeyReused
from events.models import Event
from loyalty.errors import (
    InvalidPoints,
    PointOperationNotFound,
    PointOperationNotReversible,
    PointsTooPrecise,
    ReversalExceedsOperation,
)
from loyalty.models import LoyaltyCard, PointHistory, PointMove, PointOperation
from loyalty.services.change_membership import change_membership
from loyalty.services.expire_points import expire_points
from loyalty.services.reverse_operation import reverse_operation
from tests.loyalty.book import DAY, NOON, card, kind_of_points, level, member, undo, written

pytestmark = pytest.mark.django_db


def test_a_redemption_undone_leaves_every_lot_as_it_was():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("10", expires_at=NOON + 2 * DAY)
    held.earn("10")
    before = held.lots
    moved = undo(held.redeem("25"))
    assert (moved.kind, moved.points, moved.requested) == ("reverse", 25, 25)
    assert (moved.balance_before, moved.balance_after, moved.expired) == (5, 30, 0)
    assert held.lots == before
    held.adds_up()


def test_undone_in_part_it_is_as_though_only_the_rest_had_been_spent():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("10", expires_at=NOON + 2 * DAY)
    undo(held.redeem("15"), "7")
    assert held.lots == [(2, "active"), (10, "active")]
    held.adds_up()


@pytest.mark.parametrize("parts", [["15"], ["7", "8"], ["1", "1", "13"], ["5", "5", "5"]])
def test_any_parts_of_a_redemption_add_up_to_the_whole(parts):
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("10", expires_at=NOON + 2 * DAY)
    spent = held.redeem("15")
    for part in parts:
        undo(spent, part)
    assert held.lots == [(10, "active"), (10, "active")]
    assert PointOperation.objects.get(pk=spent.operation_id).reversed_points == 15
    held.adds_up()


def test_without_an_amount_it_is_all_that_is_left_of_the_operation():
    held = card()
    held.earn("10")
    spent = held.redeem("8")
    undo(spent, "3")
    assert undo(spent).points == 5


def test_more_than_is_left_of_an_operation_is_refused():
    held = card()
    held.earn("10")
    spent = held.redeem("8")
    undo(spent, "3")
    before = written()
    with pytest.raises(ReversalExceedsOperation) as refused:
        undo(spent, "6")
    assert refused.value.facts == {
        "requested": 6,
        "reversible": 5,
        "operation_id": spent.operation_id,
    }
    assert written() == before
    undo(spent)
    with pytest.raises(ReversalExceedsOperation) as nothing_left:
        undo(spent)
    assert nothing_left.value.facts["reversible"] == 0


def test_points_that_expired_meanwhile_come_back_expired_and_the_result_says_so():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("10")
    spent = held.redeem("15")
    moved = undo(spent, at=NOON + 2 * DAY)
    assert (moved.requested, moved.expired, moved.points) == (15, 10, 5)
    assert (moved.balance_after, moved.withheld) == (10, 0)
    assert held.lots == [(0, "expired"), (10, "active")]
    assert held.journal[-3:] == [("reverse", 5, 10), ("reverse", 10, 20), ("expire", -10, 10)]
    assert PointMove.objects.order_by("id")[0].expired_point == 10
    held.adds_up()


def test_points_given_back_to_a_swept_lot_are_expired_too():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    spent = held.redeem("4")
    expire_points(at=NOON + DAY)
    moved = undo(spent, at=NOON + DAY)
    assert (moved.points, moved.expired) == (0, 4)
    assert held.lots == [(0, "expired")]
    held.adds_up()


def test_an_earning_undone_takes_its_own_points_first():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    earned = held.earn("10")
    moved = undo(earned, "4")
    assert (moved.points, moved.requested, moved.balance_after) == (-4, -4, 16)
    assert held.lots == [(10, "active"), (6, "active")]
    held.adds_up()


def test_pending_points_can_be_taken_back_and_were_never_spendable():
    held = card(kind_of_points(pending_days=7))
    earned = held.earn("10")
    moved = undo(earned, "4")
    assert (moved.points, moved.balance_before, moved.balance_after) == (-4, 0, 0)
    assert held.balance(NOON + 7 * DAY) == 6


def test_what_is_missing_is_taken_from_the_other_points_first_expired_first():
    held = card()
    earned = held.earn("10", expires_at=NOON + DAY)
    held.earn("10")
    held.earn("10", expires_at=NOON + 3 * DAY)
    held.redeem("8")
    moved = undo(earned)
    assert (moved.points, moved.balance_after) == (-10, 12)
    assert held.lots == [(0, "depleted"), (10, "active"), (2, "active")]
    held.adds_up()


def test_points_that_expired_need_not_be_taken_back():
    held = card()
    earned = held.earn("10", expires_at=NOON + DAY)
    held.earn("10")
    held.redeem("4")
    for swept in (False, True):
        if swept:
            expire_points(at=NOON + 2 * DAY)
        moved = undo(earned, "5", at=NOON + 2 * DAY)
        expected = (0, 5, 10) if not swept else (-4, 1, 6)  # 6 expired in all, 4 were spent
        assert (moved.points, moved.expired, moved.balance_after) == expected
    held.adds_up()


@pytest.mark.parametrize("parts", [["10"], ["4", "6"], ["1", "8", "1"]])
@pytest.mark.parametrize("swept", [True, False])
def test_any_parts_of_an_earning_partly_spent_and_expired_add_up(parts, swept):
    held = card(kind_of_points(negative_balance="allow"))
    earned = held.earn("10", expires_at=NOON + DAY)
    held.redeem("3")
    if swept:
        expire_points(at=NOON + DAY)
    for part in parts:
        undo(earned, part, at=NOON + DAY)
    expire_points(at=NOON + DAY)
    assert held.balance(NOON + DAY) == -3
    assert held.row.debt == 3
    held.adds_up()


def test_an_adjustment_can_be_undone_either_way():
    held = card()
    given = held.adjust("10")
    taken = held.adjust("-4")
    assert undo(taken).balance_after == 10
    assert undo(given).balance_after == 0
    held.adds_up()


def test_reversals_and_expiries_are_not_undone():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    reversal = undo(held.redeem("5"))
    expire_points(at=NOON + DAY)
    expiry = PointOperation.objects.get(kind="expire")
    before = written()
    for operation_id in (reversal.operation_id, expiry.pk):
        with pytest.raises(PointOperationNotReversible):
            reverse_operation(
                operation_id=operation_id, origin="o", idempotency_key="k", at=NOON + DAY
            )
    with pytest.raises(PointOperationNotFound):
        reverse_operation(operation_id=-1, origin="o", idempotency_key="k", at=NOON)
    assert written() == before


def test_undoing_works_on_a_card_that_is_blocked_or_expired():
    held = card()
    held.earn("10")
    spent = held.redeem("4")
    LoyaltyCard.objects.filter(pk=held.id).update(active=False, expires_at=NOON)
    assert undo(spent).points == 4


def test_a_key_given_again_undoes_nothing_more():
    held = card()
    held.earn("10")
    spent = held.redeem("8")
    first = undo(spent, "3", idempotency_key="once")
    before = written()
    again = undo(spent, "3", idempotency_key="once")
    assert (again.operation_id, again.replayed) == (first.operation_id, True)
    for other in ("4", None):
        with pytest.raises(IdempotencyKeyReused):
            undo(spent, other, idempotency_key="once")
    assert written() == before


def test_the_amount_is_checked_like_any_other():
    held = card(kind_of_points(point_decimals=0))
    held.earn("10")
    spent = held.redeem("8")
    before = written()
    for wrong in ("0", "-1"):
        with pytest.raises(InvalidPoints):
            undo(spent, wrong)
    with pytest.raises(PointsTooPrecise):
        undo(spent, "0.5")
    assert written() == before


def test_undoing_is_recorded_as_an_event_and_is_one_round_trip(django_assert_num_queries):
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    spent = held.redeem("4")
    with django_assert_num_queries(1):
        undo(spent, "3", at=NOON + DAY)
    payload = Event.objects.get(type="PointsReversed").payload
    assert payload["reverses"] == spent.operation_id
    assert (Decimal(payload["points"]), Decimal(payload["expired"])) == (0, 3)


def test_points_given_back_after_a_change_of_level_are_of_the_level_held_now():
    """Dated before or after the change: the lot was empty when the others were carried over."""
    silver, gold, owner = level("silver"), level("gold"), member("ann", "silver")
    held = card(kind_of_points(), owner)
    held.earn("10")
    held.earn("3")
    spent, half = held.redeem("10"), held.redeem("1")
    change_membership(partner_id=owner, membership_product_id=gold, at=NOON + DAY)
    for at in (NOON, NOON + 2 * DAY):
        undo(spent, "4", at=at)
    undo(half, at=NOON + 2 * DAY)
    lots = PointMove.objects.filter(card_id=held.id).order_by("id")
    assert [lot.membership_product_id for lot in lots] == [gold, gold]
    moves = PointHistory.objects.filter(kind="transfer", operation__kind="reverse")
    carried = moves.order_by("sequence")
    assert [(row.points_amount, row.membership_product_id) for row in carried] == [
        (-4, silver),
        (4, gold),
    ]
    assert held.balance(NOON + 2 * DAY) == 11
    held.adds_up()
