"""What `verify_ledger` proves, and that it finds what was tampered with."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from loyalty.models import PointHistory, PointMove, PointOperation
from loyalty.services.expire_points import expire_points
from loyalty.services.verify_ledger import LedgerFlaw, verify_ledger
from tests.loyalty.book import DAY, NOON, Card, card, kind_of_points, level, undo

pytestmark = pytest.mark.django_db


def flaw(**asked: Any) -> LedgerFlaw:
    """Return the flaw that must be there."""
    found = verify_ledger(**asked).flaw
    assert found is not None
    return found


@contextmanager
def unguarded() -> Iterator[None]:
    """Let rows be changed past every trigger, as somebody with the disk in hand could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def busy() -> Card:
    """Return a card with earnings, a redemption, a reversal and a debt that was paid."""
    held = card(kind_of_points(negative_balance="allow"))
    first = held.earn("10")
    held.redeem("8")
    undo(first)
    held.earn("20", at=NOON + DAY)
    held.redeem("3", at=NOON + DAY)
    return held


def test_a_ledger_in_order_is_counted(busy):
    card()
    report = verify_ledger()
    assert (report.cards, report.rows, report.flaw) == (2, 7, None)


def test_the_chain_is_what_the_documents_say(busy):
    """Recomputed here without the database's own function, from docs/ledger.md."""
    previous = b""
    for row in PointHistory.objects.filter(card_id=busy.id).order_by("sequence"):
        micros = (row.transaction_time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        parts = [
            row.card_id,
            row.sequence,
            row.operation_id,
            row.move_id or "",
            row.kind,
            f"{row.points_amount:.4f}",
            f"{row.points_balance:.4f}",
            micros,
            row.membership_product_id or "",
            row.status_membership_product_id or "",
            row.origin,
        ]
        text = "|".join(str(part) for part in parts)
        previous = hashlib.sha256(previous + text.encode()).digest()
        assert bytes(row.hash) == previous
    assert bytes(busy.row.last_hash) == previous


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"origin": "another order"}, "the hash is of another row"),
        ({"transaction_time": NOON}, "the hash is of another row"),
        ({"points_amount": 21}, "the balance is not the one before and the amount"),
    ],
)
def test_a_changed_row_is_named(busy, change, what):
    with unguarded():
        PointHistory.objects.filter(card_id=busy.id, sequence=5).update(**change)
    found = flaw()
    assert (found.table, found.card_id, found.sequence) == ("loyalty_pointhistory", busy.id, 5)
    assert found.what == what
    assert found.row_id == PointHistory.objects.get(card_id=busy.id, sequence=5).pk


def test_a_row_rewritten_with_its_own_hash_breaks_the_next_one(busy):
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE loyalty_pointhistory h SET origin = 'forged', hash = ledger_hash(
                   (SELECT hash FROM loyalty_pointhistory
                    WHERE card_id = h.card_id AND sequence = h.sequence - 1),
                   card_id, sequence, operation_id, move_id, kind, points_amount,
                   points_balance, transaction_time, membership_product_id,
                   status_membership_product_id, 'forged')
               WHERE card_id = %s AND sequence = 3""",
            [busy.id],
        )
    found = flaw()
    assert (found.sequence, found.what) == (4, "the hash is of another row")


def test_a_missing_row_leaves_a_gap(busy):
    with unguarded():
        PointHistory.objects.filter(card_id=busy.id, sequence=2).delete()
    found = flaw()
    assert (found.sequence, found.what) == (3, "the row before it is missing")


def test_rows_that_changed_places_are_named(busy):
    """Each keeps its own hash and its own place in time; only their order is another."""
    with unguarded(), connection.cursor() as cursor:
        for before, after in ((4, -4), (5, 4), (-4, 5)):
            cursor.execute(
                """UPDATE loyalty_pointhistory SET sequence = %s
                   WHERE card_id = %s AND sequence = %s""",
                [after, busy.id, before],
            )
    found = flaw()
    assert (found.table, found.card_id, found.sequence) == ("loyalty_pointhistory", busy.id, 4)


def test_a_row_whose_lot_or_operation_is_gone_is_named(busy):
    for gone in ("pointmove WHERE state = 'active'", "pointoperation WHERE points = -3"):
        with unguarded(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM loyalty_{gone}")
            found = flaw()
            transaction.set_rollback(True)
        assert (found.table, found.card_id) == ("loyalty_pointhistory", busy.id)
        assert found.what.startswith("its operation or its lot is not there")


def test_a_cut_off_end_is_seen_at_the_card(busy):
    with unguarded():
        PointHistory.objects.filter(card_id=busy.id, sequence=7).delete()
    found = flaw()
    assert (found.table, found.what) == ("loyalty_loyaltycard", "its journal ends otherwise")


def test_changed_balances_lots_and_operations_are_named(busy):
    for change, what in (
        ({"points": 99}, "its journal ends otherwise"),
        ({"debt": 1}, "the balance is not what is left on its lots less the debt"),
    ):
        before = busy.row
        with unguarded():
            type(before).objects.filter(pk=busy.id).update(**change)
        assert flaw().what == what
        with unguarded():
            before.save()
    lot = PointMove.objects.get(card_id=busy.id, state="active")
    PointMove.objects.filter(pk=lot.pk).update(remaining_point=1)
    assert flaw().row_id == lot.pk
    PointMove.objects.filter(pk=lot.pk).update(remaining_point=lot.remaining_point)
    busy.adds_up()


@pytest.mark.parametrize(
    "change",
    [
        "initial_point = 99",
        "gain_date = gain_date - interval '1 day'",
        "origin = 'a gift'",
        "operation_id = (SELECT min(id) FROM loyalty_pointoperation)",
        "membership_product_id = 1",
    ],
)
def test_a_lot_that_is_not_what_the_journal_began_is_named(busy, change):
    lot = PointMove.objects.get(card_id=busy.id, state="active")
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE loyalty_pointmove SET {change} WHERE id = %s", [lot.pk])
    found = flaw()
    assert (found.table, found.row_id) == ("loyalty_pointmove", lot.pk)
    assert found.what.startswith("what was gained")


@pytest.mark.parametrize(
    "change",
    [
        "points = -4",
        "reversed_points = 1",
        "kind = 'adjust'",
        "origin = 'another till'",
        "transaction_time = transaction_time - interval '1 day'",
        "reverses_id = id",
    ],
)
def test_an_operation_that_is_not_what_the_journal_says_is_named(busy, change):
    operation = PointOperation.objects.get(kind="redeem", points=-3)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE loyalty_pointoperation SET {change} WHERE id = %s", [operation.pk])
    found = flaw()
    assert (found.table, found.row_id) == ("loyalty_pointoperation", operation.pk)


def test_an_empty_lot_that_is_called_expired_is_named(busy):
    """What is given back to it would expire at once; no trigger refuses it, as sweeps say so."""
    assert PointMove.objects.filter(state="depleted").update(state="expired")
    assert flaw().what == "it says expired, and nothing of it did"


def test_a_reversal_made_unseen_is_named(busy):
    """Both sides of it are changed, so that the sums agree and it could be undone again."""
    with unguarded():
        undone = PointOperation.objects.exclude(reversed_points=0)
        PointOperation.objects.filter(reverses__in=undone).update(reverses=None)
        undone.update(reversed_points=0)
    found = flaw()
    assert found.what == "a reversal names what it undoes, and nothing else does"
    assert found.row_id == PointOperation.objects.get(kind="reverse").pk


@pytest.mark.parametrize("left", ["journal", "lots", "operations"])
def test_what_a_deleted_card_leaves_is_named(busy, left):
    other = card()
    other.earn("1")
    rows = {"journal": PointHistory, "lots": PointMove, "operations": PointOperation}
    with unguarded():
        type(busy.row)._base_manager.filter(pk=busy.id)._raw_delete("default")
        for name, model in rows.items():
            if name != left:
                model._base_manager.filter(card_id=busy.id)._raw_delete("default")
    found = flaw()
    assert (found.card_id, found.what) == (busy.id, "its card is not there")
    assert found.table == rows[left]._meta.db_table
    assert verify_ledger(card_ids=[other.id]).flaw is None


def test_a_sweep_of_which_a_lot_was_changed_is_named():
    held = card()
    held.earn("10", expires_at=NOON + DAY)
    held.earn("7", expires_at=NOON + DAY)
    expire_points(at=NOON + DAY)
    held.adds_up()
    lots = PointMove.objects.filter(card_id=held.id).order_by("id")
    for change, (table, row_id) in (
        ({"expired_point": 6}, ("loyalty_pointmove", lots[1].pk)),
        ({"expired_by": None}, ("loyalty_pointmove", lots[1].pk)),
        ({"membership_product": level("silver")}, ("loyalty_pointmove", lots[1].pk)),
    ):
        with transaction.atomic():
            PointMove.objects.filter(pk=lots[1].pk).update(**change)
            found = flaw()
            transaction.set_rollback(True)
        assert (found.table, found.row_id) == (table, row_id)


def test_only_the_cards_and_rows_asked_for_are_looked_at(busy):
    other = card()
    other.earn("5")
    with unguarded():
        PointHistory.objects.filter(card_id=busy.id, sequence=1).update(origin="forged")
    assert verify_ledger(card_ids=[other.id]).flaw is None
    assert flaw(card_ids=[busy.id]).sequence == 1
    late = verify_ledger(since=NOON + DAY)
    assert (late.cards, late.rows, late.flaw) == (2, 3, None)
    assert flaw(since=NOON).sequence == 1


def test_a_cards_only_late_row_is_missed_though_no_other_row_is_as_late():
    held = card()
    held.earn("5")
    held.earn("5", at=NOON + 5 * DAY)
    with unguarded():
        PointHistory.objects.filter(card_id=held.id, sequence=2).delete()
    assert flaw(since=NOON + DAY).what == "its journal ends otherwise"


def test_the_command_says_what_was_seen_and_fails_on_a_flaw(busy):
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "1 cards, 7 journal rows: all add up." in out.getvalue()
    call_command("verify_ledger", busy.row.code.lower(), "--since", "2026-03-01", stdout=out)
    with unguarded():
        PointHistory.objects.filter(card_id=busy.id, sequence=2).update(origin="forged")
    with pytest.raises(CommandError, match=r"sequence 2: the hash is of another row"):
        call_command("verify_ledger", stdout=out)
    with pytest.raises(CommandError, match="no such card: NOPE"):
        call_command("verify_ledger", "NOPE", stdout=out)
    with pytest.raises(CommandError, match="not an instant"):
        call_command("verify_ledger", "--since", "yesterday", stdout=out)
