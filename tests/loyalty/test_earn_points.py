"""Earning: lots, dates, caps, and what is refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from access.errors import IdempotencyKeyReused
from events.models import Event
from loyalty.errors import (
    CardExpired,
    CardInactive,
    CardNotFound,
    ExpiryInThePast,
    InstantWithoutZone,
    InvalidPoints,
    InvalidText,
    PointsTooPrecise,
)
from loyalty.models import LoyaltyCard, LoyaltyProgram, PointHistory, PointMove
from loyalty.services.earn_points import earn_points
from loyalty.services.upsert_partner import upsert_partner
from tests.loyalty.book import DAY, NOON, card, fresh, kind_of_points, level, member, undo, written

pytestmark = pytest.mark.django_db


def test_points_land_on_the_card_with_a_row_and_an_event():
    gold = level("gold")
    owner = member(membership="gold")
    held = card(partner_id=owner)
    moved = held.earn("120.50", origin="order 7")
    assert (moved.kind, moved.points, moved.requested) == ("earn", Decimal("120.50"), moved.points)
    assert (moved.balance_before, moved.balance_after) == (0, Decimal("120.50"))
    assert (moved.expired, moved.withheld, moved.replayed) == (0, 0, False)
    (row,) = PointHistory.objects.filter(card_id=held.id)
    assert (row.sequence, row.points_balance, row.origin) == (1, Decimal("120.50"), "order 7")
    assert row.membership_product_id == row.status_membership_product_id == gold
    event = Event.objects.get(type="PointsEarned")
    assert event.key == f"card:{held.id}"
    assert event.payload["points"] == event.payload["points_balance"] == "120.5"
    assert event.payload["operation_id"] == moved.operation_id
    assert event.occurred_at == NOON
    held.adds_up()


def test_a_lot_carries_the_dates_of_its_programs_terms():
    program = kind_of_points(
        expiry="months", expiry_length=12, expiry_round_up="quarter", pending_days=3,
        time_zone="Asia/Jakarta",
    )  # fmt: skip
    held = card(program)
    held.earn("10")
    lot = PointMove.objects.get(card_id=held.id)
    assert lot.gain_date == NOON
    assert lot.available_from == NOON + 3 * DAY
    assert lot.expiration_date == datetime(2027, 3, 31, 17, tzinfo=UTC)  # midnight in Jakarta


def test_pending_points_are_not_in_the_balance_until_their_day():
    held = card(kind_of_points(pending_days=14))
    moved = held.earn("50")
    assert (moved.points, moved.balance_after) == (50, 0)
    assert held.balance(NOON + 14 * DAY - timedelta(seconds=1)) == 0
    assert held.balance(NOON + 14 * DAY) == 50
    assert held.row.points == 50


def test_an_expiry_given_with_the_points_goes_before_the_terms():
    held = card(kind_of_points(expiry="days", expiry_length=30))
    held.earn("10", expires_at=NOON + DAY)
    assert PointMove.objects.get().expiration_date == NOON + DAY


def test_terms_changed_since_are_used_from_the_next_earning_on():
    ref = fresh("club")
    held = card(kind_of_points(ref=ref, expiry="days", expiry_length=30))
    held.earn("10")
    kind_of_points(ref=ref, expiry="days", expiry_length=60)
    held.earn("10")
    LoyaltyProgram.objects.filter(ref=ref).update(expiry="none")
    held.earn("10")
    dates = PointMove.objects.order_by("id").values_list("expiration_date", flat=True)
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    assert list(dates) == [midnight + 30 * DAY, midnight + 60 * DAY, None]


def test_a_cap_cuts_what_is_over_it_and_says_so():
    held = card(kind_of_points(earning_cap=Decimal(100), earning_cap_period="month"))
    first = held.earn("70")
    second = held.earn("70")
    third = held.earn("70")
    assert [one.points for one in (first, second, third)] == [70, 30, 0]
    assert [one.withheld for one in (first, second, third)] == [0, 40, 70]
    assert held.balance() == 100
    assert Event.objects.filter(type="PointsEarned").count() == 2
    assert held.earn("70", at=NOON + 31 * DAY).points == 70
    held.adds_up()


def test_what_was_taken_back_leaves_room_under_the_cap():
    held = card(kind_of_points(earning_cap=Decimal(100)))
    first = held.earn("100")
    undo(first, "40")
    assert held.earn("70").points == 40
    held.adds_up()


def test_what_was_spent_before_it_was_taken_back_leaves_no_room_under_the_cap():
    """Under floor_at_zero nothing is taken back of it, or the cap could be earned without end."""
    held = card(kind_of_points(earning_cap=Decimal(100)))
    first = held.earn("100")
    held.redeem("70")
    assert undo(first).points == -30
    assert held.earn("100").points == 30
    held.adds_up()


def test_an_earning_cut_to_nothing_is_replayed_as_nothing():
    held = card(kind_of_points(earning_cap=Decimal(100)))
    held.earn("100")
    nothing = held.earn("5", idempotency_key="late")
    held.earn("1", at=NOON + 40 * DAY)
    again = held.earn("5", at=NOON + 40 * DAY, idempotency_key="late")
    assert (nothing.points, again.points) == (0, 0)
    assert (again.operation_id, again.replayed) == (nothing.operation_id, True)


def test_the_cap_of_a_sale_reported_late_is_that_of_its_own_period():
    held = card(kind_of_points(earning_cap=Decimal(100), earning_cap_period="day"))
    held.earn("100", at=NOON)
    assert held.earn("30", at=NOON - DAY).points == 30


def test_a_key_given_again_gives_the_first_answer_and_moves_nothing():
    held = card()
    first = held.earn("10", idempotency_key="once")
    held.earn("5")
    before = written()
    again = held.earn("10", at=NOON + DAY, idempotency_key="once")
    assert (again.operation_id, again.balance_after) == (first.operation_id, 10)
    assert again.replayed
    assert written() == before


@pytest.mark.parametrize(
    "other", [{"points": "11"}, {"origin": "another"}, {"expires_at": NOON + DAY}]
)
def test_a_key_given_with_another_body_is_a_conflict(other):
    held = card()
    held.earn("10", idempotency_key="once")
    before = written()
    points = other.pop("points", "10")
    with pytest.raises(IdempotencyKeyReused) as refused:
        held.earn(points, idempotency_key="once", **other)
    assert refused.value.facts == {"idempotency_key": "once"}
    assert written() == before


def test_a_key_of_one_card_is_not_free_on_another():
    card().earn("10", idempotency_key="once")
    other = card()
    with pytest.raises(IdempotencyKeyReused):
        other.earn("10", idempotency_key="once")
    assert other.journal == []


def test_a_replay_goes_before_the_refusals_of_today():
    held = card()
    first = held.earn("10", idempotency_key="once")
    LoyaltyCard.objects.filter(pk=held.id).update(active=False)
    assert held.earn("10", idempotency_key="once").operation_id == first.operation_id
    with pytest.raises(CardInactive):
        held.earn("10")


def test_a_card_that_is_blocked_expired_or_unknown_earns_nothing():
    held = card()
    LoyaltyCard.objects.filter(pk=held.id).update(active=False)
    before = written()
    with pytest.raises(CardInactive) as inactive:
        held.earn("10")
    assert inactive.value.facts == {"card_id": held.id}
    LoyaltyCard.objects.filter(pk=held.id).update(active=True, expires_at=NOON)
    with pytest.raises(CardExpired):
        held.earn("10")
    with pytest.raises(CardNotFound) as missing:
        earn_points(card_id=-1, points=Decimal(1), origin="o", idempotency_key="k", at=NOON)
    assert missing.value.facts == {"card_id": -1}
    assert written() == before
    assert held.earn("10", at=NOON - DAY).points == 10


@pytest.mark.parametrize("points", ["0", "-1", "NaN", "Infinity", "10000000000"])
def test_only_a_positive_number_of_points_can_be_earned(points):
    held = card()
    before = written()
    with pytest.raises(InvalidPoints):
        held.earn(points)
    assert written() == before


def test_points_keep_to_the_decimals_of_their_kind():
    held = card(kind_of_points(point_decimals=0))
    before = written()
    with pytest.raises(PointsTooPrecise) as refused:
        held.earn("1.5")
    assert refused.value.facts == {"decimals": 0, "card_id": held.id}
    assert written() == before
    assert held.earn("1.0").points == 1


def test_texts_and_instants_are_checked_before_anything_is_asked():
    held = card()
    before = written()
    with pytest.raises(InvalidText) as origin:
        held.earn("1", origin="x" * 256)
    assert origin.value.facts["field"] == "origin"
    with pytest.raises(InvalidText) as key:
        held.earn("1", idempotency_key="")
    assert key.value.facts["field"] == "idempotency_key"
    with pytest.raises(InstantWithoutZone):
        held.earn("1", at=NOON.replace(tzinfo=None))
    with pytest.raises(ExpiryInThePast):
        held.earn("1", expires_at=NOON)
    assert written() == before


def test_an_earning_is_undone_with_the_transaction_it_was_part_of():
    held = card()
    before = written()
    with transaction.atomic():
        held.earn("10")
        transaction.set_rollback(True)
    assert written() == before
    assert held.balance() == 0


def test_earning_is_one_round_trip(django_assert_num_queries):
    held = card(kind_of_points(expiry="months", expiry_length=3))
    held.earn("1")  # the process learns the terms
    with django_assert_num_queries(1):
        held.earn("1")


def test_the_status_of_a_row_is_the_level_held_at_that_instant():
    level("silver")
    level("gold")
    ref = fresh("member")
    held = card(partner_id=member(ref, "silver"))
    upsert_partner(ref=ref, name="Ann", membership="gold", at=NOON)
    held.earn("1", at=NOON - DAY)
    held.earn("1", at=NOON + DAY)
    rows = PointHistory.objects.filter(card_id=held.id).order_by("sequence")
    held_then = rows.values_list("status_membership_product__ref", flat=True)
    assert list(held_then) == ["silver", "gold"]
