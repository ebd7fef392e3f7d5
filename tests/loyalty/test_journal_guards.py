"""What the database refuses, whoever tries it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.db import violated_constraint
from loyalty.errors import CardDoesNotAddUp
from loyalty.models import LoyaltyCard, PointHistory, PointMove
from loyalty.services.transfer_points import transfer_points
from tests.loyalty.book import DAY, NOON, card, kind_of_points, undo, written

pytestmark = pytest.mark.django_db


def refused(sql: str) -> str | None:
    """Run the statement, which must be refused; return the constraint's name."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait for the commit
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            cursor.execute(sql)
    return violated_constraint(error.value)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE loyalty_pointhistory SET points_amount = 1000",
        "UPDATE loyalty_pointhistory SET origin = 'nothing'",
        "DELETE FROM loyalty_pointhistory",
        "TRUNCATE loyalty_pointhistory",
        "TRUNCATE loyalty_loyaltycard CASCADE",
        "TRUNCATE loyalty_pointmove CASCADE",
        "TRUNCATE loyalty_pointoperation CASCADE",
        "DELETE FROM loyalty_pointoperation",
    ],
)
def test_the_journal_is_neither_changed_nor_emptied(sql):
    held = card()
    held.earn("10")
    before = written()
    assert refused(sql) == "point_history_is_append_only"
    assert written() == before


def test_the_orm_can_change_no_more_than_sql():
    held = card()
    held.earn("10")
    row = PointHistory.objects.get()
    row.points_amount = 1000
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        PointHistory.objects.all().delete()
    held.adds_up()


@pytest.mark.parametrize(
    "change",
    [
        "points = 1000",
        "debt = 5",
        "last_hash = ''",
        "sequence = 0, points = 0, last_hash = ''",
    ],
)
def test_no_hand_sets_a_balance(change):
    held = card()
    held.earn("10")
    sql = f"UPDATE loyalty_loyaltycard SET {change} WHERE id = {held.id}"
    assert refused(sql) == "card_moves_with_its_journal"
    held.adds_up()


def test_a_card_saved_from_an_old_object_does_not_set_the_balance_back():
    held = card()
    old = held.row
    held.earn("10")
    with pytest.raises(IntegrityError), transaction.atomic():
        old.save()
    fresh = held.row
    fresh.active = False
    fresh.save()
    assert (held.row.points, held.row.active) == (10, False)


def test_a_card_is_opened_empty():
    program = kind_of_points()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        LoyaltyCard.objects.create(loyalty_program_id=program, code="X", code_key="X", points=1000)
    assert violated_constraint(error.value) == "card_moves_with_its_journal"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("remaining_point = 11", "move_remaining_between_zero_and_initial"),
        ("remaining_point = -1, state = 'depleted'", "move_remaining_between_zero_and_initial"),
        ("remaining_point = 0", "move_active_exactly_when_something_is_left"),
        ("state = 'depleted'", "move_active_exactly_when_something_is_left"),
    ],
)
def test_a_lot_holds_between_nothing_and_what_was_gained(change, constraint):
    held = card()
    held.earn("10")
    assert refused(f"UPDATE loyalty_pointmove SET {change}") == constraint


def test_no_more_of_an_operation_is_undone_than_it_was():
    card().earn("10")
    assert (
        refused("UPDATE loyalty_pointoperation SET reversed_points = 11")
        == "operation_reversed_at_most_whole"
    )


def test_a_place_in_the_journal_is_taken_once():
    held = card()
    held.earn("10")
    row = PointHistory.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save()
    assert violated_constraint(error.value) == "history_sequence_has_no_doubles"


def test_a_card_whose_lots_were_tampered_with_is_used_no_further(caplog):
    program = kind_of_points()
    held, other = card(program), card(program)
    held.earn("10")
    PointMove.objects.update(remaining_point=9)
    before = written()
    for act in (
        lambda: held.redeem("1"),
        lambda: held.earn("1"),
        lambda: transfer_points(
            from_card_id=held.id,
            to_card_id=other.id,
            points=Decimal(1),
            origin="gift",
            idempotency_key="gift",
            at=NOON,
        ),
    ):
        with pytest.raises(CardDoesNotAddUp), transaction.atomic():
            act()
        assert f"card {held.id} holds 10.0000 but its lots say 9.0000" in caplog.text
        caplog.clear()
    assert written() == before


def test_lots_and_operations_with_a_journal_cannot_be_deleted():
    held = card()
    held.earn("10")
    before = written()
    assert refused("DELETE FROM loyalty_pointmove") == "point_history_is_append_only"
    assert refused("DELETE FROM loyalty_pointoperation") == "point_history_is_append_only"
    assert written() == before


def test_a_card_with_a_journal_cannot_be_deleted():
    held, empty = card(), card()
    held.earn("10")
    before = written()
    assert refused(f"DELETE FROM loyalty_loyaltycard WHERE id = {held.id}") == (
        "card_with_operations_stays"
    )
    assert written() == before
    LoyaltyCard.objects.get(pk=empty.id).delete()


@pytest.mark.parametrize(
    "change",
    [
        "pointmove SET expiration_date = '2099-01-01'",
        "pointmove SET expiration_date = NULL",
        "pointmove SET available_from = available_from - interval '1 day'",
        "pointmove SET gain_date = gain_date - interval '1 day'",
        "pointmove SET initial_point = 99",
        "pointmove SET expires_when_inactive = true",
        "pointmove SET origin = 'a gift'",
        "pointmove SET operation_id = operation_id + 1",
        "pointoperation SET idempotency_key = 'free again' || id",
        "pointoperation SET request_digest = ''",
        "pointoperation SET kind = 'adjust'",
        "pointoperation SET requested_points = 99",
        "pointoperation SET balance_after = 99",
        "pointoperation SET transaction_time = now()",
        "pointoperation SET reversed_points = 0",
        "pointoperation SET reverses_id = NULL",
        "loyaltycard SET loyalty_program_id = {another}",
    ],
)
def test_what_was_done_is_not_rewritten(change):
    held = card()
    first = held.earn("10", expires_at=NOON + DAY)
    undo(first, "4")
    before = written()
    sql = change.format(another=kind_of_points())
    assert refused(f"UPDATE loyalty_{sql}") == "what_was_done_stays"
    assert written() == before


def test_only_activity_pushes_an_expiry_out_and_only_of_points_that_live_by_it():
    held = card(kind_of_points(expiry="inactivity", expiry_length=6))
    held.earn("10")
    lot = PointMove.objects.get()
    for date in ("NULL", "expiration_date - interval '1 day'"):
        sql = f"UPDATE loyalty_pointmove SET expiration_date = {date}"
        assert refused(sql) == "what_was_done_stays"
    held.redeem("1", at=NOON + 40 * DAY)
    pushed = PointMove.objects.filter(expiration_date__gt=lot.expiration_date)
    assert pushed.count() == 1
    held.adds_up()


def test_an_empty_card_may_still_become_another_kind():
    held = card()
    LoyaltyCard.objects.filter(pk=held.id).update(loyalty_program_id=kind_of_points())
