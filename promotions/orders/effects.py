"""What a committed order does besides being stored: points, coupons, counters, events.

Every write here is conditional in the database; one that no longer holds raises `Stale`, and
the commit starts again from fresh reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import connection

from events.log import Happening, record
from loyalty.errors import InsufficientPoints
from loyalty.services.earn_points import earn_points
from loyalty.services.redeem_points import redeem_points
from promotions.engine.decision import CardPoints, Decision
from promotions.engine.definition import Program
from promotions.models import OrderPoints
from promotions.orders.records import Recorded

_SPEND_COUPONS = """
UPDATE promotions_coupon c SET points = c.points - s.cost
FROM unnest(%s::bigint[], %s::numeric[]) AS s(id, cost)
WHERE c.id = s.id AND c.points >= s.cost AND c.withdrawn_at IS NULL
"""
_COUNT_USE = """
UPDATE promotions_programusage u SET times = u.times + 1, amount = u.amount + s.amount
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])
     AS s(id, most, amount, budget)
WHERE u.program_id = s.id
  AND (s.most IS NULL OR u.times < s.most)
  AND (s.budget IS NULL OR u.amount + s.amount <= s.budget)
"""
_COUNT_PARTNER_USE = """
INSERT INTO promotions_partnerusage AS u (program_id, partner_id, times)
SELECT s.id, %s, 1 FROM unnest(%s::bigint[], %s::bigint[]) AS s(id, most)
ON CONFLICT (partner_id, program_id) DO UPDATE SET times = u.times + 1
WHERE u.times < (SELECT s.most FROM unnest(%s::bigint[], %s::bigint[]) AS s(id, most)
                 WHERE s.id = u.program_id)
"""


class Stale(Exception):
    """What the decision was made by changed before it could be written."""


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

    Writes: the ledger. Raises: Stale if a card no longer holds enough.
    """
    moved: list[Moved] = []
    for one in decision.points:
        if one.card_id is None:
            continue
        if one.earned:
            done = earn_points(
                card_id=one.card_id,
                points=one.earned,
                origin=ref,
                idempotency_key=f"order:{ref}:{one.program_id}:earn:{one.card_id}",
                at=at,
            )
            if done.points:
                moved.append(
                    Moved(one.program_id, one.card_id, done.operation_id, "earn", done.points)
                )
        if one.spent:
            moved.append(_spend(ref, one.program_id, one.card_id, one.spent, at))
    moved += [
        _spend(ref, paid.program_id, paid.card_id, paid.points, at) for paid in decision.payments
    ]
    return moved


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
        raise Stale from error
    return Moved(program_id, card_id, done.operation_id, "spend", points)


def as_moved(decision: Decision, moved: Sequence[Moved]) -> Decision:
    """Return the decision with what was really earned: a kind of points may have an earning cap."""
    earned = {(one.program_id, one.card_id): one.points for one in moved if one.kind == "earn"}

    def corrected(one: CardPoints) -> CardPoints:
        if one.card_id is None:
            return one
        really = earned.get((one.program_id, one.card_id), Decimal(0))
        return replace(one, earned=really, balance_after=one.balance_after - one.earned + really)

    return replace(decision, points=tuple(corrected(one) for one in decision.points))


def record_moves(order: Recorded, moved: Sequence[Moved]) -> None:
    """Keep which ledger operations were the order's. Writes: promotions_orderpoints."""
    OrderPoints.objects.bulk_create(
        OrderPoints(
            order_id=order.id,
            program_id=one.program_id,
            card_id=one.card_id,
            operation_id=one.operation_id,
            kind=one.kind,
            points=one.points,
        )
        for one in moved
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
    with connection.cursor() as cursor:
        cursor.execute(_SPEND_COUPONS, (list(costs), list(costs.values())))
        if cursor.rowcount != len(costs):
            raise Stale


def used_programs(decision: Decision) -> dict[int, Decimal]:
    """Return what each program used by the order gave in money, by program id."""
    given: dict[int, Decimal] = defaultdict(Decimal)
    for reward in decision.rewards:
        given[reward.program_id] += reward.amount
    for payment in decision.payments:
        given[payment.program_id] += payment.amount
    for free in decision.free_items:
        given[free.program_id] += 0
    for coupon in decision.coupons_to_issue:
        given[coupon.program_id] += 0
    for points in decision.points:
        if points.earned:
            given[points.program_id] += 0
    return dict(given)


def count_uses(
    decision: Decision, programs: Mapping[int, Program], *, partner_id: int | None
) -> None:
    """Count the order against the limits and budgets of the programs that have any.

    Writes: promotions_programusage, promotions_partnerusage; conditional, so that a limit holds
    whatever happens at the same time. Raises: Stale if a limit was reached meanwhile.
    """
    used = used_programs(decision)
    limited = [programs[one] for one in sorted(used) if _has_total_limit(programs[one])]
    if limited:
        with connection.cursor() as cursor:
            cursor.execute(
                _COUNT_USE,
                (
                    [one.id for one in limited],
                    [one.limit_usage for one in limited],
                    [used[one.id] for one in limited],
                    [one.budget for one in limited],
                ),
            )
            if cursor.rowcount != len(limited):
                raise Stale
    per_partner = [one for one in sorted(used) if programs[one].limit_per_partner is not None]
    if per_partner and partner_id is not None:
        most = [programs[one].limit_per_partner for one in per_partner]
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_PARTNER_USE, (partner_id, per_partner, most, per_partner, most))
            if cursor.rowcount != len(per_partner):
                raise Stale


def _has_total_limit(program: Program) -> bool:
    return program.limit_usage is not None or program.budget is not None


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
