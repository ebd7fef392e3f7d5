"""A year of the demo shop, proved; and what is tampered with in it by raw SQL, found and named."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from demo.shop import loading
from loyalty.models import LoyaltyCard, PointHistory
from loyalty.services.expire_points import expire_points
from loyalty.services.verify_ledger import LedgerFlaw, verify_ledger

pytestmark = pytest.mark.django_db


def named(*tampering: str) -> LedgerFlaw:
    """Do this to the tables past all triggers; return what is found, and undo it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for sql in tampering:
            cursor.execute(sql)
            assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")
        flaw = verify_ledger().flaw
        with pytest.raises(CommandError, match=rf"sequence {flaw and flaw.sequence}: "):
            call_command("verify_ledger", stdout=StringIO())
        transaction.set_rollback(True)
    assert flaw is not None
    return flaw


def test_a_year_is_proved_and_every_tampered_row_is_named(local_folder: Path) -> None:
    loading.load(seed=7, members=30, orders=160, processes=1, out=StringIO())
    assert expire_points(at=timezone.now() + timedelta(days=200)).points > 0
    span = PointHistory.objects.aggregate(
        first=Min("transaction_time"), last=Max("transaction_time")
    )
    assert span["last"] - span["first"] > timedelta(days=300)
    kinds = set(PointHistory.objects.values_list("kind", flat=True))
    assert {"earn", "expire"} < kinds
    report = verify_ledger()
    assert report.flaw is None
    assert (report.cards, report.rows) == (
        LoyaltyCard.objects.count(),
        PointHistory.objects.count(),
    )

    longest = PointHistory.objects.values("card").annotate(rows=Count("pk")).order_by("-rows")
    card, rows = longest[0]["card"], longest[0]["rows"]
    assert rows >= 6
    of = {row.sequence: row.pk for row in PointHistory.objects.filter(card_id=card)}
    at = rows // 2
    table = f"loyalty_pointhistory WHERE card_id = {card} AND sequence"
    change = "UPDATE loyalty_pointhistory SET"
    where = f"WHERE card_id = {card} AND sequence"

    changed = named(f"{change} points_amount = points_amount + 1 {where} = {at}")
    assert (changed.table, changed.row_id, changed.sequence) == ("loyalty_pointhistory", of[at], at)
    deleted = named(f"DELETE FROM {table} = {at}")
    assert (deleted.row_id, deleted.sequence) == (of[at + 1], at + 1)
    assert deleted.what == "the row before it is missing"
    swapped = named(
        f"{change} sequence = -1 {where} = {at}",
        f"{change} sequence = {at} {where} = {at + 1}",
        f"{change} sequence = {at + 1} {where} = -1",
    )
    assert (swapped.card_id, swapped.row_id, swapped.sequence) == (card, of[at + 1], at)
    assert verify_ledger().flaw is None
