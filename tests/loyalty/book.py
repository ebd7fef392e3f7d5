"""Kinds of points, members and cards for tests of the ledger, and what must hold afterwards."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from events.models import Event
from loyalty.domain.points import PointsMoved
from loyalty.models import LoyaltyCard, PointHistory, PointMove, PointOperation
from loyalty.queries import balance_at
from loyalty.services.adjust_points import adjust_points
from loyalty.services.earn_points import earn_points
from loyalty.services.open_card import open_card
from loyalty.services.redeem_points import redeem_points
from loyalty.services.reverse_operation import reverse_operation
from loyalty.services.upsert_level_path import upsert_level_path
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from loyalty.services.upsert_membership_product import upsert_membership_product
from loyalty.services.upsert_partner import upsert_partner
from loyalty.services.verify_ledger import verify_ledger

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_numbers = itertools.count(1)


def fresh(prefix: str) -> str:
    """Return a text not given out before."""
    return f"{prefix}-{next(_numbers)}"


def kind_of_points(**settings: Any) -> int:
    """Make a kind of points; return its id."""
    settings.setdefault("ref", fresh("club"))
    return upsert_loyalty_program(name="Club", **settings).loyalty_program_id


def level(ref: str, rank: int = 0) -> int:
    """Make a membership level; return its id."""
    return upsert_membership_product(ref=ref, name=ref.title(), rank=rank).membership_product_id


def step(ref: str, threshold: str, sequence: int, **more: object) -> None:
    """Make a level path for the level of the same reference."""
    known: dict[str, object] = {"is_upgradable": True, "is_downgradable": True}
    upsert_level_path(
        ref=ref,
        membership_product=ref,
        threshold=Decimal(threshold),
        sequence=sequence,
        **(known | more),  # type: ignore[arg-type]
    )


def member(ref: str | None = None, membership: str | None = None) -> int:
    """Make a member; return their id."""
    return upsert_partner(
        ref=ref or fresh("member"), name="Ann", membership=membership, at=NOON - 400 * DAY
    ).partner_id


@dataclass(frozen=True)
class Card:
    """A card under test: short verbs, each with a key of its own unless one is given."""

    id: int

    def earn(self, points: str, at: datetime = NOON, **more: Any) -> PointsMoved:
        more = {"origin": "order", "idempotency_key": fresh("key")} | more
        return earn_points(card_id=self.id, points=Decimal(points), at=at, **more)

    def redeem(self, points: str, at: datetime = NOON, **more: Any) -> PointsMoved:
        more = {"origin": "order", "idempotency_key": fresh("key")} | more
        return redeem_points(card_id=self.id, points=Decimal(points), at=at, **more)

    def adjust(self, points: str, at: datetime = NOON, **more: Any) -> PointsMoved:
        more = {"reason": "sorry", "idempotency_key": fresh("key")} | more
        return adjust_points(card_id=self.id, points=Decimal(points), at=at, **more)

    def balance(self, at: datetime = NOON) -> Decimal:
        return balance_at(self.id, at).spendable

    @property
    def row(self) -> LoyaltyCard:
        return LoyaltyCard.objects.get(pk=self.id)

    @property
    def lots(self) -> list[tuple[Decimal, str]]:
        """What is left on each lot, and its state, in the order gained."""
        return list(
            PointMove.objects.filter(card_id=self.id)
            .order_by("id")
            .values_list("remaining_point", "state")
        )

    @property
    def journal(self) -> list[tuple[str, Decimal, Decimal]]:
        """Kind, amount and balance of each row, in order."""
        return list(
            PointHistory.objects.filter(card_id=self.id)
            .order_by("sequence")
            .values_list("kind", "points_amount", "points_balance")
        )

    def adds_up(self) -> None:
        """Prove all truths of the ledger for this card."""
        assert verify_ledger(card_ids=[self.id]).flaw is None


def card(loyalty_program_id: int | None = None, partner_id: int | None = None) -> Card:
    """Open an empty card, of a kind of points whose points never expire unless told."""
    program_id = loyalty_program_id or kind_of_points()
    return Card(
        open_card(loyalty_program_id=program_id, partner_id=partner_id, at=NOON - 400 * DAY).card_id
    )


def undo(
    operation: PointsMoved, points: str | None = None, at: datetime = NOON, **more: Any
) -> PointsMoved:
    """Reverse an operation, whole or in part."""
    more = {"origin": "return", "idempotency_key": fresh("key")} | more
    return reverse_operation(
        operation_id=operation.operation_id,
        points=None if points is None else Decimal(points),
        at=at,
        **more,
    )


def written() -> tuple[int, ...]:
    """Return how much is written; equal before and after a refusal that writes nothing."""
    heads = LoyaltyCard.objects.values_list("sequence", "points")
    return (
        PointOperation.objects.count(),
        PointHistory.objects.count(),
        PointMove.objects.count(),
        Event.objects.count(),
        hash(tuple(heads.order_by("pk"))),
    )
