"""Undoing the ledger operations of an order, as far as a return planned it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from core.numbers import plain
from loyalty.domain.points import PointsMoved
from loyalty.services.reverse_operation import reverse_operation
from promotions.models import OrderPoints, OrderReturn
from promotions.orders.receipt import Receipt
from promotions.orders.returns import ReturnPlan

ZERO = Decimal(0)
_AMOUNTS = ("taken_back", "given_back", "balance_after")


@dataclass(slots=True)
class Undone:
    """What was undone. `told`: per card of the customer; `gift_cards`: those taken back."""

    told: list[Receipt] = field(default_factory=list)
    gift_cards: list[Receipt] = field(default_factory=list)


def undo_points(row: OrderReturn, plan: ReturnPlan, *, at: datetime) -> Undone:
    """Reverse the planned part of every ledger operation.

    Cards are taken in the order of their ids, so that two returns never wait for each other; on
    one card what was spent comes back before what was earned is taken, so that it is there.
    Writes: the ledger, promotions_orderpoints. Raises: InsufficientPoints, if points were spent
    and their kind refuses to take them back.
    """
    rows = OrderPoints.objects.filter(pk__in=plan.due).select_related("card__loyalty_program")
    ordered = sorted(rows, key=lambda one: (one.card_id, one.kind != "spend", one.pk))
    touched = [one for one in ordered if plan.due[one.pk] != one.due or plan.undo[one.pk]]
    undone = Undone()
    entries: dict[int, Receipt] = {}
    for one in touched:
        points = plan.undo[one.pk]
        if one.kind == "issue" and plan.due[one.pk] != one.due:
            undone.gift_cards.append(_gift_card(one, points))
        one.due = plan.due[one.pk]
        one.undone += points
        if not points:
            continue
        done = reverse_operation(
            operation_id=one.operation_id,
            points=points,
            origin=row.order.ref,
            idempotency_key=f"return:{row.pk}:{one.pk}",
            at=at,
        )
        # The card of whoever referred the customer is not the customer's business.
        if one.kind != "referral":
            _tell(entries, one, done)
    OrderPoints.objects.bulk_update(touched, ["due", "undone"])
    undone.told = [
        {key: plain(held) if key in _AMOUNTS else held for key, held in entry.items()}
        for entry in entries.values()
    ]
    return undone


def _tell(entries: dict[int, Receipt], one: OrderPoints, done: PointsMoved) -> None:
    entry = entries.setdefault(
        one.card_id,
        {
            "loyalty_program": one.card.loyalty_program.ref,
            "card": one.card.code,
            **dict.fromkeys(_AMOUNTS, ZERO),
        },
    )
    entry["given_back" if one.kind == "spend" else "taken_back"] += abs(done.points)
    entry["balance_after"] = done.balance_after


def _gift_card(one: OrderPoints, points: Decimal) -> Receipt:
    what = "withdrawn" if points == one.points else "partly_used" if points else "already_used"
    return {"code": one.card.code, "what": what}
