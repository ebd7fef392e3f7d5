"""Whole lives of three cards under twelve policies: after every step the ledger is the model's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, TypeVar

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import PunchcardError
from loyalty.domain.points import PointsMoved, PointsTransferred
from loyalty.services.expire_points import expire_points
from loyalty.services.merge_cards import merge_cards
from loyalty.services.transfer_points import transfer_points
from tests.loyalty.book import DAY, NOON, Card, card, fresh, kind_of_points, undo
from tests.properties.ledger_members import MemberCard, Refused
from tests.properties.ledger_model import Moved
from tests.properties.ledger_policies import POLICIES, Policy
from tests.properties.ledger_truths import read

pytestmark = pytest.mark.django_db

CARDS = 3
cards = st.integers(0, CARDS - 1)
amounts = st.integers(1, 3000)
shares = st.integers(1, 110)  # of what can be spent, in percent: now and then too much
late = st.sampled_from([0, 0, 0, 1, 2])  # days ago: a till that reports late
places = st.integers(0, 30)
Answer = PointsMoved | PointsTransferred
M = TypeVar("M")
A = TypeVar("A")


def points(hundredths: int) -> Decimal:
    return Decimal(hundredths) / 100


def said(moved: PointsMoved) -> tuple[Decimal, ...]:
    return moved.points, moved.expired, moved.balance_before, moved.balance_after


@dataclass
class Done:
    """An operation that was accepted: of which card, how to ask for it again, and its answer."""

    card: int
    key: int
    again: Callable[[], Answer]
    answer: Answer
    moved: PointsMoved


class LedgerMachine(RuleBasedStateMachine):
    """Every operation, on the database and on the model."""

    policy: ClassVar[Policy]
    program: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.cards: list[Card] = [card(self.program) for _ in range(CARDS)]
        self.models = [MemberCard(self.policy) for _ in range(CARDS)]
        self.now = NOON
        self.keys = 0
        self.done: list[Done] = []
        self.seen = read(self._ids)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    @property
    def _ids(self) -> list[int]:
        return [one.id for one in self.cards]

    @rule(hours=st.integers(1, 48) | st.integers(100, 2000))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(which=cards, amount=amounts, days=st.none() | st.integers(1, 30), ago=late)
    def earn(self, which: int, amount: int, days: int | None, ago: int) -> None:
        at = self.now - ago * DAY
        until = None if days is None else at + days * DAY
        self._both(
            which,
            lambda key: self.models[which].earn(key, amount, at, until),
            lambda key: self.cards[which].earn(
                str(points(amount)), at, expires_at=until, idempotency_key=key
            ),
        )

    @rule(which=cards, share=shares, ago=late)
    def redeem(self, which: int, share: int, ago: int) -> None:
        at = self.now - ago * DAY
        amount = self._part(which, share, at)
        self._both(
            which,
            lambda key: self.models[which].redeem(key, amount, at),
            lambda key: self.cards[which].redeem(str(points(amount)), at, idempotency_key=key),
        )

    @rule(which=cards, share=shares, up=st.none() | amounts, ago=late)
    def adjust(self, which: int, share: int, up: int | None, ago: int) -> None:
        at = self.now - ago * DAY
        amount = up or -self._part(which, share, at)
        self._both(
            which,
            lambda key: self.models[which].adjust(key, amount, at),
            lambda key: self.cards[which].adjust(str(points(amount)), at, idempotency_key=key),
        )

    @precondition(lambda self: self.done)
    @rule(place=places, part=st.none() | shares, ago=late)
    def reverse(self, place: int, part: int | None, ago: int) -> None:
        at = self.now - ago * DAY
        done = self.done[place % len(self.done)]
        whole = int(abs(done.moved.points) * 100)
        amount = None if part is None else max(whole * part // 100, 1)
        asked = None if amount is None else str(points(amount))
        self._both(
            done.card,
            lambda key: self.models[done.card].reverse(done.key, amount, at),
            lambda key: undo(done.moved, asked, at, idempotency_key=key),
        )

    @rule(giver=cards, to=st.integers(1, CARDS - 1), share=shares)
    def transfer(self, giver: int, to: int, share: int) -> None:
        taker, at = (giver + to) % CARDS, self.now
        amount = self._part(giver, share, at)
        self._hand_over(
            giver,
            taker,
            lambda key: self.models[giver].transfer(self.models[taker], key, amount, at),
            lambda key: transfer_points(
                from_card_id=self.cards[giver].id,
                to_card_id=self.cards[taker].id,
                points=points(amount),
                origin="gift",
                idempotency_key=key,
                at=at,
            ),
        )

    @precondition(lambda self: len(self.done) > 3)
    @rule(giver=cards, to=st.integers(1, CARDS - 1))
    def merge(self, giver: int, to: int) -> None:
        taker, at = (giver + to) % CARDS, self.now
        self._hand_over(
            giver,
            taker,
            lambda key: self.models[giver].merge(self.models[taker], key, at),
            lambda key: merge_cards(
                card_id=self.cards[giver].id,
                into_card_id=self.cards[taker].id,
                origin="lost",
                idempotency_key=key,
                at=at,
            ),
        )

    @rule()
    def sweep(self) -> None:
        gone = sum(model.sweep(self.now) for model in self.models)
        assert expire_points(at=self.now).points == points(gone)
        assert expire_points(at=self.now).lots == 0

    @precondition(lambda self: self.done)
    @rule(place=places)
    def replay(self, place: int) -> None:
        done = self.done[place % len(self.done)]
        again = done.again()
        if isinstance(done.answer, PointsTransferred):
            first = done.answer
            assert again == PointsTransferred(
                replace(first.given, replayed=True), replace(first.received, replayed=True)
            )
        else:
            assert again == replace(done.answer, replayed=True)
        assert read(self._ids) == self.seen

    @invariant()
    def is_as_the_model_says(self) -> None:
        self.seen = read(self._ids)
        for held, model in zip(self.cards, self.models, strict=True):
            lots, debt, active, *_ = self.seen[held.id]
            assert [(left, gone) for left, gone, _ in lots] == [
                (points(lot.left), points(lot.expired)) for lot in model.lots
            ]
            assert (debt, active) == (points(model.debt), not model.blocked)
            # Nothing of a blocked card can be spent; what it owes is still told.
            spendable = -model.debt if model.blocked else model.spendable(self.now)
            assert held.balance(self.now) == points(spendable)

    def _part(self, which: int, share: int, at: datetime) -> int:
        return max(self.models[which].spendable(at) * share // 100, 1)

    def _both(
        self, which: int, model: Callable[[int], Moved], ledger: Callable[[str], PointsMoved]
    ) -> None:
        name, key = fresh("step"), self._key()
        found = self._ask(lambda: model(key), lambda: ledger(name))
        if found is not None:
            expected, answer = found
            self._agrees(expected, answer)
            self.done.append(Done(which, key, lambda: ledger(name), answer, answer))

    def _hand_over(
        self,
        giver: int,
        taker: int,
        model: Callable[[int], tuple[Moved, Moved]],
        ledger: Callable[[str], PointsTransferred],
    ) -> None:
        name, key = fresh("step"), self._key()
        found = self._ask(lambda: model(key), lambda: ledger(name))
        if found is not None:
            (gave, got), answer = found
            self._agrees(gave, answer.given)
            self._agrees(got, answer.received)
            for which, moved in ((giver, answer.given), (taker, answer.received)):
                self.done.append(Done(which, key, lambda: ledger(name), answer, moved))

    def _ask(self, model: Callable[[], M], ledger: Callable[[], A]) -> tuple[M, A] | None:
        """Take the step on both sides; None where both refuse it, and nothing is written."""
        refusal = None
        try:
            expected = model()
        except Refused as refused:
            refusal = str(refused)
        if refusal is None:
            return expected, ledger()
        with pytest.raises(PunchcardError) as found:
            ledger()
        assert found.value.code == refusal
        assert read(self._ids) == self.seen
        return None

    def _agrees(self, expected: Moved, found: PointsMoved) -> None:
        assert said(found) == (
            points(expected.points),
            points(expected.expired),
            points(expected.before),
            points(expected.after),
        )

    def _key(self) -> int:
        self.keys += 1
        return self.keys


@pytest.mark.parametrize("name", POLICIES)
def test_every_life_of_three_cards_is_as_the_model_says(name):
    policy = POLICIES[name]
    machine = type(
        "Machine",
        (LedgerMachine,),
        {"policy": policy, "program": kind_of_points(**policy.settings)},
    )
    runs = math.ceil(settings().max_examples / len(POLICIES))
    run_state_machine_as_test(machine, settings=settings(max_examples=runs, stateful_step_count=15))
