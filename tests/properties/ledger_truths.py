"""What docs/ledger.md says is true of every card at every time, told from the rows alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from loyalty.models import LoyaltyCard, PointHistory, PointMove, PointOperation

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Book = dict[int, tuple[Any, ...]]


def read(cards: Sequence[int]) -> Book:
    """Return all that is written of these cards, and prove that it agrees with itself."""
    heads = {one.pk: one for one in LoyaltyCard.objects.filter(pk__in=cards)}
    journals = defaultdict(list)
    for row in PointHistory.objects.filter(card_id__in=cards).order_by("sequence"):
        journals[row.card_id].append(row)
    lots = defaultdict(list)
    for lot in PointMove.objects.filter(card_id__in=cards).order_by("id"):
        lots[lot.card_id].append(lot)
    operations = defaultdict(list)
    for operation in PointOperation.objects.filter(card_id__in=cards).order_by("id"):
        operations[operation.card_id].append((operation.pk, operation.reversed_points))
    book = {}
    for card in cards:
        _chain(heads[card], journals[card])
        _sums(heads[card], journals[card], lots[card])
        left = [(lot.remaining_point, lot.expired_point, lot.state) for lot in lots[card]]
        head = heads[card]
        book[card] = (left, head.debt, head.active, head.sequence, operations[card])
    return book


def _chain(card: LoyaltyCard, journal: list[PointHistory]) -> None:
    balance, last = Decimal(0), b""
    for place, row in enumerate(journal, start=1):
        assert row.sequence == place
        balance += row.points_amount
        assert row.points_balance == balance
        last = _hash(last, row)
        assert bytes(row.hash) == last
    assert (card.sequence, card.points, bytes(card.last_hash)) == (len(journal), balance, last)


def _hash(before: bytes, row: PointHistory) -> bytes:
    since = row.transaction_time - _EPOCH
    parts = [
        row.card_id,
        row.sequence,
        row.operation_id,
        row.move_id,
        row.kind,
        f"{row.points_amount:.4f}",
        f"{row.points_balance:.4f}",
        (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds,
        row.membership_product_id,
        row.status_membership_product_id,
        row.origin,
    ]
    text = "|".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(before + text.encode()).digest()


def _sums(card: LoyaltyCard, journal: list[PointHistory], lots: list[PointMove]) -> None:
    by_lot: dict[int | None, Decimal] = defaultdict(Decimal)
    for row in journal:
        swept = row.kind == "expire" and row.move_id is None
        by_lot[-row.operation_id if swept else row.move_id] += row.points_amount
    assert card.debt == -by_lot.pop(None, Decimal(0)) >= 0
    assert card.points == sum(lot.remaining_point for lot in lots) - card.debt
    for lot in lots:
        if lot.expired_by_id is not None:  # all that was left on it went with that operation's row
            by_lot[-lot.expired_by_id] += by_lot[lot.pk]
            by_lot[lot.pk] = Decimal(0)
        assert lot.remaining_point == by_lot.pop(lot.pk)
        assert 0 <= lot.remaining_point <= lot.initial_point
        assert (lot.state == "active") == (lot.remaining_point > 0)
    assert not any(by_lot.values()), "rows of no lot"
