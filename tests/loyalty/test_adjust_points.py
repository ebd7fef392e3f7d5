"""Corrections by staff."""

from decimal import Decimal

import pytest

from events.models import Event
from loyalty.errors import InsufficientPoints, InvalidPoints, InvalidText, PointsTooPrecise
from loyalty.models import LoyaltyCard, PointHistory
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from tests.loyalty.book import NOON, card, kind_of_points, undo, written

pytestmark = pytest.mark.django_db


def test_points_are_given_and_taken_for_a_reason_that_is_kept():
    held = card()
    given = held.adjust("10", reason="spilt coffee")
    taken = held.adjust("-4", reason="given twice")
    assert (given.points, given.balance_after) == (10, 10)
    assert (taken.points, taken.balance_after) == (-4, 6)
    rows = PointHistory.objects.order_by("sequence").values_list("kind", "origin")
    assert list(rows) == [("adjust", "spilt coffee"), ("adjust", "given twice")]
    events = Event.objects.filter(type="PointsAdjusted").order_by("id")
    assert [event.payload["points"] for event in events] == ["10", "-4"]
    held.adds_up()


def test_no_more_is_taken_than_can_be_spent_whatever_the_policy():
    held = card(kind_of_points(negative_balance="allow"))
    held.adjust("10")
    before = written()
    with pytest.raises(InsufficientPoints) as refused:
        held.adjust("-11")
    assert refused.value.facts["available"] == 10
    assert written() == before


def test_a_blocked_card_past_its_cap_can_be_corrected():
    held = card(kind_of_points(earning_cap=Decimal(5)))
    held.earn("5")
    LoyaltyCard.objects.filter(pk=held.id).update(active=False, expires_at=NOON)
    assert held.adjust("10").balance_after == 15
    assert held.adjust("-1").balance_after == 14


def test_a_correction_of_nothing_or_without_a_reason_is_refused():
    held = card()
    before = written()
    with pytest.raises(InvalidPoints):
        held.adjust("0")
    with pytest.raises(InvalidText):
        held.adjust("1", reason="")
    assert written() == before


def test_staff_take_off_a_rest_that_is_finer_than_the_points_have_become():
    """It came back by a reversal after the kind of points had lost its decimals."""
    held = card(kind_of_points(ref="club", point_decimals=2))
    held.earn("1.55")
    spent = held.redeem("1.05")
    upsert_loyalty_program(ref="club", name="Club", point_decimals=1)
    undo(spent)
    before = written()
    for act in (lambda: held.redeem("0.05"), lambda: held.adjust("-0.03")):
        with pytest.raises(PointsTooPrecise):
            act()
    assert written() == before
    assert held.adjust("-0.05").points == Decimal("-0.05")
    assert held.redeem("1.5").balance_after == 0
    held.adds_up()
