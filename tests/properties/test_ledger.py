"""The ledger against its model: thousands of random lives of a card."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PunchcardError
from loyalty.domain.points import PointsMoved
from loyalty.errors import InsufficientPoints, ReversalExceedsOperation
from loyalty.models import PointMove
from loyalty.services.expire_points import expire_points
from tests.loyalty.book import DAY, NOON, Card, card, kind_of_points, undo
from tests.properties.ledger_model import ModelCard, Moved

pytestmark = pytest.mark.django_db

amounts = st.integers(1, 3000)
days = st.integers(0, 40)
step = st.one_of(
    st.tuples(st.just("earn"), amounts, st.none() | st.integers(1, 20)),
    st.tuples(st.just("redeem"), amounts, st.none()),
    st.tuples(st.just("adjust"), amounts, st.booleans()),
    st.tuples(st.just("undo"), st.integers(0, 20), st.none() | amounts),
    st.tuples(st.just("sweep"), st.none(), st.none()),
)
lives = st.lists(st.tuples(step, st.integers(-1, 4)), min_size=1, max_size=14)
policies = st.sampled_from(["allow", "floor_at_zero", "refuse"])


def points(hundredths: int) -> Decimal:
    return Decimal(hundredths) / 100


class Pair:
    """The same steps taken by the database and by the model."""

    def __init__(self, policy: str, pending_days: int) -> None:
        expire_points(at=NOON + 1000 * DAY)  # the cards of earlier examples
        program = kind_of_points(negative_balance=policy, pending_days=pending_days)
        self.card: Card = card(program)
        self.model = ModelCard(policy, pending_days * DAY)
        self.done: list[PointsMoved] = []

    def take(self, action: str, first: Any, second: Any, at: datetime) -> None:
        if action == "sweep":
            assert expire_points(at=at).points == points(self.model.sweep(at))
            return
        if action == "undo" and not self.done:
            return
        key = len(self.done)
        expected, found = self._both(action, first, second, at, key)
        if expected is None:
            assert isinstance(found, InsufficientPoints | ReversalExceedsOperation)
            return
        assert isinstance(found, PointsMoved), found
        assert (found.points, found.expired, found.balance_before, found.balance_after) == (
            points(expected.points),
            points(expected.expired),
            points(expected.before),
            points(expected.after),
        )
        if action != "undo":
            self.done.append(found)

    def _both(
        self, action: str, first: Any, second: Any, at: datetime, key: int
    ) -> tuple[Moved | None, PointsMoved | PunchcardError]:
        model: Moved | None
        try:
            if action == "earn":
                until = None if second is None else at + second * DAY
                model = self.model.gain(key, first, at, until)
                return model, self.card.earn(str(points(first)), at, expires_at=until)
            if action == "redeem" or (action == "adjust" and second):
                model = self.model.spend(key, first, at)
                if action == "redeem":
                    return model, self.card.redeem(str(points(first)), at)
                return model, self.card.adjust(str(points(-first)), at)
            if action == "adjust":
                model = self.model.gain(key, first, at, None)
                return model, self.card.adjust(str(points(first)), at)
            place = first % len(self.done)
            model = self.model.undo(place, second, at)
            part = None if second is None else str(points(second))
            return model, undo(self.done[place], part, at)
        except (InsufficientPoints, ReversalExceedsOperation) as refused:
            return model, refused


@given(life=lives, policy=policies, pending_days=st.integers(0, 3))
def test_any_life_of_a_card_is_as_the_model_says(life, policy, pending_days):
    pair, at = Pair(policy, pending_days), NOON
    latest = at
    for (action, first, second), later in life:
        at += timedelta(days=later)  # one day back now and then: a till that reports late
        latest = max(latest, at)
        pair.take(action, first, second, at)
    for ahead in (0, 1, 5, 30):
        expected = points(pair.model.spendable(latest + ahead * DAY))
        assert pair.card.balance(latest + ahead * DAY) == expected
    left = PointMove.objects.filter(card_id=pair.card.id).order_by("id")
    assert [lot.remaining_point for lot in left] == [points(lot.left) for lot in pair.model.lots]
    assert pair.card.row.debt == points(pair.model.debt)
    pair.card.adds_up()


@given(
    lots=st.lists(st.tuples(amounts, st.none() | st.integers(1, 10)), min_size=1, max_size=4),
    spent_in_hundredths=st.integers(1, 100),
    cuts=st.lists(st.integers(1, 99), max_size=4),
    undone_after=st.integers(0, 12),
    what=st.sampled_from(["redeem", "earn"]),
    policy=st.sampled_from(["allow", "floor_at_zero"]),
)
def test_any_sequence_of_partial_reversals_ends_as_the_whole(
    lots, spent_in_hundredths, cuts, undone_after, what, policy
):
    program = kind_of_points(negative_balance=policy)
    whole, parts = card(program), card(program)
    at = NOON + undone_after * DAY
    ends = []
    for held in (whole, parts):
        earned = [
            held.earn(str(points(amount)), expires_at=until and NOON + until * DAY)
            for amount, until in lots
        ]
        total = sum(amount for amount, _ in lots)
        spent = held.redeem(str(points(max(total * spent_in_hundredths // 100, 1))))
        operation = spent if what == "redeem" else earned[0]
        if held is parts:
            for amount in _slices(int(abs(operation.points) * 100), cuts):
                undo(operation, str(points(amount)), at)
        else:
            undo(operation, at=at)
        ends.append((held.lots, held.row.points, held.row.debt, held.balance(at)))
        held.adds_up()
    assert ends[0] == ends[1]


def _slices(total: int, cuts: list[int]) -> list[int]:
    """Split a whole into parts at these percentages."""
    places = sorted({total * cut // 100 for cut in cuts} | {0, total})
    return [after - before for before, after in pairwise(places)]
