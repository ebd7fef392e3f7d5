"""What a committed order does besides being stored: points, coupons, counters, events.

Every write here is conditional in the database; one that no longer holds raises `Stale`, and
the commit starts again from fresh reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from functools import partial

from core.db import prepared_cursor
from events.log import Happening, record
from loyalty.domain.points import PointsMoved
from loyalty.errors import InsufficientPoints, PointsTooPrecise
from loyalty.services.earn_points import earn_points
from loyalty.services.redeem_points import redeem_points
from promotions.engine.decision import CardPoints, Decision
from promotions.orders.counting import used_programs
from promotions.orders.records import Recorded
from promotions.orders.stale import PointsLacking, Stale

_RECORD_MOVES = """
INSERT INTO promotions_orderpoints (
  order_id, program_id, card_id, operation_id, kind, points, line_id, due, undone)
SELECT %s::bigint, one.*, '', 0, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::numeric[]) AS one
"""
_SPEND_COUPONS = """
UPDATE promotions_coupon c SET points = c.points - s.cost
FROM unnest(%s::bigint[], %s::numeric[]) AS s(id, cost)
WHERE c.id = s.id AND c.points >= s.cost AND c.withdrawn_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """One ledger operation of an order. `kind`: earn or spend; `points`: what it moved, >= 0."""

    program_id: int
    card_id: int
    operation_id: int
    kind: str
    points: Decimal


def move_points(ref: str, decision: Decision, *, at: datetime) -> list[Moved]:
    """Earn, then spend, on every card the decision moves: rewards may spend what was earned.

    Writes: the ledger. Raises: PointsLacking if a card does not hold enough.
    """
    moved: list[Moved] = []
    for one in decision.points:
        if one.card_id is None:
            continue
        if one.earned:
            done = _earn(ref, one.program_id, one.card_id, one.earned, at)
            if done is not None and done.points:
                moved.append(
                    Moved(one.program_id, one.card_id, done.operation_id, "earn", done.points)
                )
        if one.spent:
            moved.append(_spend(ref, one.program_id, one.card_id, one.spent, at))
    moved += [
        _spend(ref, paid.program_id, paid.card_id, paid.points, at) for paid in decision.payments
    ]
    return moved


def _earn(
    ref: str, program_id: int, card_id: int, points: Decimal, at: datetime
) -> PointsMoved | None:
    return earn_whole_parts(
        card_id=card_id,
        points=points,
        origin=ref,
        idempotency_key=f"order:{ref}:{program_id}:earn:{card_id}",
        at=at,
    )


def earn_whole_parts(
    *, card_id: int, points: Decimal, origin: str, idempotency_key: str, at: datetime
) -> PointsMoved | None:
    """Put points on a card, rounded down if its kind counts fewer decimals than when published.

    Returns None if nothing is left. A refusal of the ledger has written nothing.
    """
    earn = partial(
        earn_points, card_id=card_id, origin=origin, idempotency_key=idempotency_key, at=at
    )
    try:
        return earn(points=points)
    except PointsTooPrecise as error:
        unit = Decimal(1).scaleb(-int(str(error.facts["decimals"])))
        whole = points.quantize(unit, ROUND_DOWN)
        return earn(points=whole) if whole else None


def _spend(ref: str, program_id: int, card_id: int, points: Decimal, at: datetime) -> Moved:
    try:
        done = redeem_points(
            card_id=card_id,
            points=points,
            origin=ref,
            idempotency_key=f"order:{ref}:{program_id}:spend:{card_id}",
            at=at,
        )
    except InsufficientPoints as error:
        raise PointsLacking(program_id) from error
    return Moved(program_id, card_id, done.operation_id, "spend", points)


def as_moved(decision: Decision, moved: Sequence[Moved]) -> Decision:
    """Return the decision with what was really earned.

    A kind of points may have an earning cap, and may count fewer decimals than when published.
    """
    earned = {(one.program_id, one.card_id): one.points for one in moved if one.kind == "earn"}

    def corrected(one: CardPoints) -> CardPoints:
        if one.card_id is None:
            return one
        really = earned.get((one.program_id, one.card_id), Decimal(0))
        return replace(one, earned=really, balance_after=one.balance_after - one.earned + really)

    return replace(decision, points=tuple(corrected(one) for one in decision.points))


def record_moves(order: Recorded, moved: Sequence[Moved]) -> None:
    """Keep which ledger operations were the order's. Writes: promotions_orderpoints."""
    if not moved:
        return
    with prepared_cursor() as cursor:
        cursor.execute(
            _RECORD_MOVES,
            (
                order.id,
                [one.program_id for one in moved],
                [one.card_id for one in moved],
                [one.operation_id for one in moved],
                [one.kind for one in moved],
                [one.points for one in moved],
            ),
        )


def spend_coupons(decision: Decision) -> None:
    """Take the points that rewards cost from their coupons.

    Writes: promotions_coupon, one statement. Raises: Stale if one was spent or withdrawn meanwhile.
    """
    costs: dict[int, Decimal] = defaultdict(Decimal)
    for one in decision.rewards:
        if one.coupon_id is not None:
            costs[one.coupon_id] += one.points_cost
    if not costs:
        return
    with prepared_cursor() as cursor:
        cursor.execute(_SPEND_COUPONS, (list(costs), list(costs.values())))
        if cursor.rowcount != len(costs):
            raise Stale


def record_events(order: Recorded, decision: Decision, *, at: datetime) -> None:
    """Append OrderCreated and one PromotionApplied per program used. Writes: events_event."""
    happenings = [
        Happening(
            "OrderCreated",
            f"partner:{order.partner_id}" if order.partner_id else f"order:{order.id}",
            {
                "order_id": order.id,
                "ref": order.ref,
                "pos_config_id": order.pos_config_id,
                "partner_id": order.partner_id,
                "currency": order.currency,
                "subtotal": str(decision.subtotal),
                "discount_total": str(decision.discount_total),
                "total": str(decision.total),
            },
        )
    ]
    happenings += [
        Happening(
            "PromotionApplied",
            f"program:{program_id}",
            {"order_id": order.id, "program_id": program_id, "amount": str(amount)},
        )
        for program_id, amount in used_programs(decision).items()
    ]
    record(happenings, at=at)
