"""Redeeming: first expired first out, and nothing that cannot be spent."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from access.errors import IdempotencyKeyReused
from events.models import Event
from loyalty.errors import (
    CardExpired,
    CardInactive,
    CardNotFound,
    InsufficientPoints,
    InvalidPoints,
    PointsTooPrecise,
)
from loyalty.models import LoyaltyCard, PointHistory, PointMove
from loyalty.services.redeem_points import redeem_points
from tests.loyalty.book import DAY, NOON, card, kind_of_points, undo, written

pytestmark = pytest.mark.django_db


def test_what_expires_first_is_spent_first_and_what_never_expires_last():
    held = card()
    held.earn("10", at=NOON - 3 * DAY)
    held.earn("10", at=NOON - 2 * DAY, expires_at=NOON + 9 * DAY)
    held.earn("10", at=NOON - DAY, expires_at=NOON + 5 * DAY)
    moved = held.redeem("25")
    assert (moved.points, moved.balance_before, moved.balance_after) == (-25, 30, 5)
    assert held.lots == [(5, "active"), (0, "depleted"), (0, "depleted")]
    assert held.journal[3:] == [("redeem", -10, 20), ("redeem", -10, 10), ("redeem", -5, 5)]
    held.adds_up()


def test_of_lots_that_expire_together_the_older_goes_first():
    held = card(kind_of_points(expiry="calendar", expiry_month=12, expiry_day=31))
    held.earn("10", at=NOON)
    held.earn("10", at=NOON - DAY)
    held.redeem("10")
    assert held.lots == [(10, "active"), (0, "depleted")]


def test_any_number_of_lots_is_spent_in_one_operation():
    held = card()
    for _ in range(60):
        held.earn("0.25")
    moved = held.redeem("15")
    assert moved.balance_after == 0
    assert {state for _, state in held.lots} == {"depleted"}
    rows = PointHistory.objects.filter(operation_id=moved.operation_id)
    assert sorted(rows.values_list("sequence", flat=True)) == list(range(61, 121))
    held.adds_up()


def test_expired_points_are_not_spent_even_before_they_are_swept():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("5")
    before = written()
    with pytest.raises(InsufficientPoints) as refused:
        held.redeem("6", at=NOON + DAY)
    assert refused.value.code == "insufficient_points"
    assert refused.value.facts == {"required": 6, "available": 5, "card_id": held.id}
    assert written() == before
    assert held.redeem("5", at=NOON + DAY).balance_after == 0
    assert held.lots == [(10, "active"), (0, "depleted")]


def test_points_can_be_spent_until_just_before_they_expire():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    assert held.redeem("10", at=NOON + DAY - (DAY / 86_400)).balance_after == 0


def test_pending_points_are_not_spent():
    held = card(kind_of_points(pending_days=7))
    held.earn("10")
    with pytest.raises(InsufficientPoints) as refused:
        held.redeem("1")
    assert refused.value.facts["available"] == 0
    assert held.redeem("10", at=NOON + 7 * DAY).balance_after == 0


def test_a_sale_reported_late_spends_what_was_there_then():
    held = card()
    held.earn("10", at=NOON)
    with pytest.raises(InsufficientPoints):
        held.redeem("5", at=NOON - DAY)


def test_the_last_point_can_be_spent_and_not_one_more():
    held = card()
    held.earn("10")
    held.redeem("9.99")
    before = written()
    with pytest.raises(InsufficientPoints) as refused:
        held.redeem("0.02")
    assert refused.value.facts["available"] == Decimal("0.01")
    assert written() == before
    assert held.redeem("0.01").balance_after == 0


def test_a_redemption_is_recorded_as_an_event():
    held = card()
    held.earn("10")
    moved = held.redeem("4")
    event = Event.objects.get(type="PointsRedeemed")
    assert event.key == f"card:{held.id}"
    assert event.payload["points"] == "-4"
    assert event.payload["points_balance"] == "6"
    assert event.payload["operation_id"] == moved.operation_id


def test_a_key_given_again_spends_nothing_even_when_nothing_is_left():
    held = card()
    held.earn("10")
    first = held.redeem("10", idempotency_key="once")
    before = written()
    again = held.redeem("10", idempotency_key="once")
    assert again.replayed
    assert (again.operation_id, again.balance_before, again.balance_after) == (
        first.operation_id,
        10,
        0,
    )
    with pytest.raises(IdempotencyKeyReused):
        held.redeem("9", idempotency_key="once")
    with pytest.raises(IdempotencyKeyReused):
        held.earn("10", idempotency_key="once")
    assert written() == before


def test_a_card_that_is_blocked_expired_or_unknown_spends_nothing():
    held = card()
    held.earn("10")
    before = written()
    LoyaltyCard.objects.filter(pk=held.id).update(active=False)
    with pytest.raises(CardInactive):
        held.redeem("1")
    LoyaltyCard.objects.filter(pk=held.id).update(active=True, expires_at=NOON)
    with pytest.raises(CardExpired):
        held.redeem("1")
    with pytest.raises(CardNotFound):
        redeem_points(card_id=-1, points=Decimal(1), origin="o", idempotency_key="k", at=NOON)
    assert written() == before


def test_points_must_be_positive_and_as_precise_as_their_kind():
    held = card(kind_of_points(point_decimals=1))
    held.earn("10")
    before = written()
    for wrong in ("0", "-1", "NaN"):
        with pytest.raises(InvalidPoints):
            held.redeem(wrong)
    with pytest.raises(PointsTooPrecise):
        held.redeem("0.25")
    assert written() == before


def test_redeeming_is_one_round_trip(django_assert_num_queries):
    held = card()
    held.earn("10")
    with django_assert_num_queries(1):
        held.redeem("1")


def test_activity_pushes_out_the_expiry_of_points_that_live_by_it():
    held = card(kind_of_points(expiry="inactivity", expiry_length=6))
    held.earn("10", at=NOON)
    held.earn("5", at=NOON, expires_at=NOON + 10 * DAY)

    def expiries() -> list[Any]:
        return list(PointMove.objects.order_by("id").values_list("expiration_date", flat=True))

    start = datetime(2026, 9, 3, tzinfo=UTC)  # the end of 2 September, six months after NOON
    assert expiries() == [start, NOON + 10 * DAY]
    held.redeem("6", at=NOON + 60 * DAY)
    assert expiries() == [datetime(2026, 11, 2, tzinfo=UTC), NOON + 10 * DAY]
    held.earn("1", at=NOON + 90 * DAY)
    last = datetime(2026, 12, 1, tzinfo=UTC)
    assert expiries() == [last, NOON + 10 * DAY, last]
    held.adds_up()


def test_a_correction_by_staff_is_no_activity():
    held = card(kind_of_points(expiry="inactivity", expiry_length=6))
    held.earn("10")
    before = PointMove.objects.get().expiration_date
    held.adjust("-1", at=NOON + 60 * DAY)
    assert PointMove.objects.get().expiration_date == before


def test_activity_revives_nothing_that_has_lapsed():
    held = card(kind_of_points(expiry="inactivity", expiry_length=1))
    held.earn("10")
    held.earn("3", at=NOON + 40 * DAY)
    assert held.balance(NOON + 40 * DAY) == 3


def test_points_given_back_to_an_emptied_lot_live_as_long_as_the_active_card():
    held = card(kind_of_points(expiry="inactivity", expiry_length=6))
    held.earn("10")
    spent = held.redeem("10", at=NOON + 10 * DAY)
    held.earn("1", at=NOON + 170 * DAY)
    back = undo(spent, at=NOON + 200 * DAY)
    assert (back.points, back.expired) == (10, 0)
    assert held.balance(NOON + 300 * DAY) == 11
    held.adds_up()


def test_a_redemption_that_pushes_an_expiry_out_takes_what_expires_first_after_that():
    """The lot that lives by activity would have gone first; now it outlives the other."""
    held = card(kind_of_points(expiry="inactivity", expiry_length=1))
    held.earn("10", at=NOON, expires_at=NOON + 30 * DAY)
    held.earn("10", at=NOON - 2 * DAY)
    other, by_activity = PointMove.objects.order_by("-expiration_date")
    assert by_activity.expires_when_inactive
    held.redeem("12")
    assert held.lots == [(0, "depleted"), (8, "active")]
    pushed = PointMove.objects.filter(pk=by_activity.pk, expiration_date__gt=other.expiration_date)
    assert pushed.exists()
    held.adds_up()
