"""Coupons and gift cards that an order earns or sells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core import codes
from core.numbers import plain
from events.log import Happening, record
from loyalty.services.earn_points import earn_points
from loyalty.services.open_card import open_card
from promotions.engine.decision import CouponToIssue, Decision
from promotions.engine.definition import Program
from promotions.models import Coupon, OrderPoints
from promotions.orders.receipt import Receipt
from promotions.orders.records import Recorded


@dataclass(frozen=True, slots=True)
class Issue:
    """A coupon to make, or, with a kind of points, a gift card; its code is chosen already."""

    program_id: int
    code: str
    points: Decimal
    partner_id: int | None
    gift_card_of: int | None
    line_id: str = ""

    def listed(self) -> Receipt:
        """Return it as the receipt lists it."""
        return {
            "program": self.program_id,
            "code": self.code,
            "points": plain(self.points),
            "expires_at": None,
        }


def choose_codes(decision: Decision, programs: Mapping[int, Program]) -> list[Issue]:
    """Return what the order issues, each with a new code, before anything is written."""
    return [
        Issue(
            program_id=one.program_id,
            code=codes.generate(),
            points=one.points,
            partner_id=one.partner_id,
            gift_card_of=(
                programs[one.program_id].loyalty_program_id
                if programs[one.program_id].is_payment
                else None
            ),
            line_id=_line_of(one, programs),
        )
        for one in decision.coupons_to_issue
    ]


def _line_of(one: CouponToIssue, programs: Mapping[int, Program]) -> str:
    """Return the line that sold a gift card; a coupon stands for many or all."""
    return one.line_ids[0] if one.line_ids and programs[one.program_id].is_payment else ""


def issue(order: Recorded, issues: Sequence[Issue], *, at: datetime) -> None:
    """Make the coupons and gift cards.

    Writes: promotions_coupon in one statement, a loyalty card with its points per gift card,
    and an event CouponIssued each.
    """
    if not issues:
        return
    Coupon.objects.bulk_create(
        Coupon(
            program_id=one.program_id,
            code=one.code,
            code_key=codes.normalise(one.code),
            initial_points=one.points,
            points=one.points,
            partner_id=one.partner_id,
            issued_by_id=order.id,
        )
        for one in issues
        if one.gift_card_of is None
    )
    for one in issues:
        if one.gift_card_of is not None:
            _gift_card(order, one, one.gift_card_of, at)
    record(
        (
            Happening(
                "CouponIssued",
                f"program:{one.program_id}",
                {"order_id": order.id, "program_id": one.program_id, "points": str(one.points)},
            )
            for one in issues
        ),
        at=at,
    )


def _gift_card(order: Recorded, one: Issue, loyalty_program_id: int, at: datetime) -> None:
    """Open one card for the bearer and put the points on it, as an operation of the order."""
    card = open_card(loyalty_program_id=loyalty_program_id, partner_id=None, code=one.code, at=at)
    done = earn_points(
        card_id=card.card_id,
        points=one.points,
        origin=order.ref,
        idempotency_key=f"order:{order.ref}:{one.program_id}:gift:{card.card_id}",
        at=at,
    )
    OrderPoints.objects.create(
        order_id=order.id,
        program_id=one.program_id,
        card_id=card.card_id,
        operation_id=done.operation_id,
        kind="issue",
        line_id=one.line_id,
        points=done.points,
    )
