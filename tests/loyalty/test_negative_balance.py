"""Points taken back that were already spent: three policies, and how a debt is paid."""

import pytest

from loyalty.errors import InsufficientPoints
from loyalty.models import PointMove
from tests.loyalty.book import card, kind_of_points, undo, written

pytestmark = pytest.mark.django_db


def test_floor_at_zero_takes_what_is_there_and_says_what_it_let_go():
    held = card(kind_of_points(negative_balance="floor_at_zero"))
    earned = held.earn("10")
    held.redeem("8")
    moved = undo(earned)
    assert (moved.requested, moved.points, moved.withheld) == (-10, -2, 8)
    assert moved.balance_after == held.balance() == held.row.points == 0
    assert held.earn("5").balance_after == 5
    held.adds_up()


def test_refuse_takes_nothing_back_that_is_spent():
    held = card(kind_of_points(negative_balance="refuse"))
    earned = held.earn("10")
    held.redeem("8")
    before = written()
    with pytest.raises(InsufficientPoints) as refused:
        undo(earned)
    assert refused.value.facts == {
        "required": 10,
        "available": 2,
        "operation_id": earned.operation_id,
    }
    assert written() == before
    assert undo(earned, "2").balance_after == 0


def test_allow_makes_a_debt_that_the_next_earning_pays():
    held = card(kind_of_points(negative_balance="allow"))
    earned = held.earn("10")
    held.redeem("8")
    moved = undo(earned)
    assert (moved.points, moved.balance_after, moved.withheld) == (-10, -8, 0)
    assert (held.row.points, held.row.debt, held.balance()) == (-8, 8, -8)
    with pytest.raises(InsufficientPoints) as refused:
        held.redeem("1")
    assert refused.value.facts["available"] == -8
    assert held.earn("5").balance_after == -3
    assert PointMove.objects.count() == 1  # all of it paid the debt
    assert held.earn("5").balance_after == 2
    assert (held.row.points, held.row.debt) == (2, 0)
    assert held.redeem("2").balance_after == 0
    held.adds_up()


def test_an_earning_that_paid_a_debt_is_undone_with_the_debt():
    held = card(kind_of_points(negative_balance="allow"))
    first = held.earn("10")
    held.redeem("10")
    undo(first)
    second = held.earn("15")
    assert held.balance() == 5
    assert undo(second).balance_after == -10
    assert (held.row.points, held.row.debt) == (-10, 10)
    held.adds_up()


def test_points_given_back_pay_the_debt_first():
    held = card(kind_of_points(negative_balance="allow"))
    earned = held.earn("10")
    spent = held.redeem("10")
    undo(earned)
    moved = undo(spent)
    assert (moved.points, moved.balance_before, moved.balance_after) == (10, -10, 0)
    assert (held.row.debt, held.lots) == (0, [(0, "depleted")])
    held.adds_up()
