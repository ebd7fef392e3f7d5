"""Coupons and gift cards that an order earns or sells."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core import codes
from core.numbers import plain
from events.log import Happening, record
from loyalty.services.earn_points import earn_points
from loyalty.services.open_card import open_card
from promotions.engine.decision import CouponToIssue, Decision
from promotions.models import Coupon, Order, OrderPoints
from promotions.orders.intake import Intake
from promotions.orders.receipt import Receipt


def issue_what_was_earned(
    order: Order, intake: Intake, decision: Decision, *, at: datetime
) -> list[Receipt]:
    """Make the coupons and gift cards of the decision; return them as the receipt lists them.

    Writes: promotions_coupon in one statement, a loyalty card with its points per gift card,
    and an event CouponIssued each.
    """
    if not decision.coupons_to_issue:
        return []
    programs = intake.snapshot.catalog.programs
    as_cards = [one for one in decision.coupons_to_issue if programs[one.program_id].is_payment]
    as_coupons = [one for one in decision.coupons_to_issue if one not in as_cards]
    issued = _coupons(order, as_coupons)
    issued += [
        _gift_card(order, one, programs[one.program_id].loyalty_program_id, place, at)
        for place, one in enumerate(as_cards)
    ]
    record(
        (
            Happening(
                "CouponIssued",
                f"program:{one['program']}",
                {"order_id": order.pk, "program_id": one["program"], "points": one["points"]},
            )
            for one in issued
        ),
        at=at,
    )
    return issued


def _coupons(order: Order, wanted: list[CouponToIssue]) -> list[Receipt]:
    rows = []
    for one in wanted:
        code = codes.generate()
        rows.append(
            Coupon(
                program_id=one.program_id,
                code=code,
                code_key=codes.normalise(code),
                initial_points=one.points,
                points=one.points,
                partner_id=one.partner_id,
                issued_by=order,
            )
        )
    Coupon.objects.bulk_create(rows)
    return [_listed(row.program_id, row.code, row.points) for row in rows]


def _gift_card(
    order: Order, one: CouponToIssue, loyalty_program_id: int | None, place: int, at: datetime
) -> Receipt:
    """Open one card for the bearer and put the points on it, as an operation of the order."""
    if loyalty_program_id is None:
        raise ValueError(f"program {one.program_id} sells gift cards without a kind of points")
    card = open_card(loyalty_program_id=loyalty_program_id, partner_id=None, at=at)
    done = earn_points(
        card_id=card.card_id,
        points=one.points,
        origin=order.ref,
        idempotency_key=f"order:{order.ref}:{one.program_id}:gift:{place}",
        at=at,
    )
    OrderPoints.objects.create(
        order=order,
        program_id=one.program_id,
        card_id=card.card_id,
        operation_id=done.operation_id,
        kind="issue",
        points=one.points,
    )
    return _listed(one.program_id, card.code, one.points)


def _listed(program_id: int, code: str, points: Decimal) -> Receipt:
    return {
        "program": program_id,
        "code": code,
        "points": plain(points),
        "expires_at": None,
    }
