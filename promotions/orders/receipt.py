"""The answer to a till: a Decision with names and strings, in the shape of the API."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from core import codec
from core.numbers import fixed, plain
from promotions.descriptions import describe_reward
from promotions.engine.cart import CartLine
from promotions.engine.decision import (
    AppliedReward,
    CardPoints,
    Claimable,
    Decision,
    Hint,
    LineResult,
    Payment,
)
from promotions.orders.intake import Intake

if TYPE_CHECKING:
    from promotions.offline.charge import Charge

Receipt = dict[str, Any]


def build_receipt(
    intake: Intake,
    decision: Decision,
    *,
    ref: str | None,
    status: str,
    explain: bool = False,
    charge: Charge | None = None,
) -> Receipt:
    """Return the JSON answer for a decision; `status` is `quoted` or an order's status.

    `charge`: the till had charged already; then it also says how that differs from what was
    decided.
    """
    writer = _Writer(intake, decision)
    receipt: Receipt = {
        "ref": ref,
        "status": status,
        "currency": decision.currency,
        "subtotal": str(decision.subtotal),
        "discount_total": str(decision.discount_total),
        "total": str(decision.total),
        "lines": writer.lines(),
        "rewards": [writer.reward(one) for one in decision.rewards],
        "free_items": [
            {
                "program": free.program_id,
                "reward": free.reward_id,
                "sku": free.sku,
                "qty": plain(free.qty),
            }
            for free in decision.free_items
        ],
        "points": [writer.points(one) for one in decision.points],
        "codes": [
            {
                "code": fate.code,
                "status": fate.status.value,
                "reason": fate.reason.value if fate.reason else None,
                "program": fate.program_id,
            }
            for fate in decision.codes
        ],
        "claimable": [writer.claimable(one) for one in decision.claimable],
        "refused_claims": [writer.hint(one) for one in decision.refused_claims],
        "hints": [writer.hint(one) for one in decision.hints],
        "coupons_issued": [],
        "payments": [writer.payment(one) for one in decision.payments],
        "amount_due": str(decision.amount_due),
        "optimal": decision.optimal,
        "catalog_version": decision.catalog_version,
    }
    if charge is not None:
        receipt["charge"] = _compared(charge)
    if explain:
        receipt["trace"] = codec.encode(decision.trace or ())
    return receipt


def _compared(charge: Charge) -> Receipt:
    return {
        "charged_total": str(charge.charged.total),
        "decided_total": str(charge.decided_total),
        "difference": str(charge.charged.total - charge.decided_total),
        "programs_left_out": list(charge.left_out),
    }


class _Writer:
    """Names and strings for one decision, whose amounts have the currency's digits already."""

    def __init__(self, intake: Intake, decision: Decision) -> None:
        self._decision = decision
        self._language = get_language()
        self._digits = intake.cart.pos.digits
        self._lines = intake.cart.lines
        self._snapshot = intake.snapshot
        self._programs = intake.snapshot.catalog.programs
        cards = (*intake.loyalty.cards, *intake.loyalty.cards_by_code.values())
        self._card_codes: Mapping[int, str] = {card.id: card.code for card in cards}

    def lines(self) -> list[Receipt]:
        """Return the lines as they were sent, with what each reward took from each."""
        shares: dict[str, list[Receipt]] = {}
        for reward in self._decision.rewards:
            program_id, reward_id = reward.program_id, reward.reward_id
            for share in reward.shares:
                one = {"program": program_id, "reward": reward_id, "amount": str(share.amount)}
                shares.setdefault(share.line_id, []).append(one)
        results = {result.line_id: result for result in self._decision.lines}
        return [
            self._line(line, results[line.line_id], shares.get(line.line_id, []))
            for line in self._lines
        ]

    def _line(self, line: CartLine, result: LineResult, discounts: list[Receipt]) -> Receipt:
        return {
            "line_id": line.line_id,
            "sku": line.sku,
            "qty": plain(line.qty),
            "unit_price": self._price(line.unit_price),
            "subtotal": str(result.subtotal),
            "discount": str(result.discount),
            "total": str(result.total),
            "discounts": discounts,
        }

    def _price(self, price: Decimal) -> str:
        """Return a unit price: the currency's digits, or more where the till uses more."""
        shown = fixed(price, self._digits)
        return shown if Decimal(shown) == price else plain(price)

    def reward(self, applied: AppliedReward) -> Receipt:
        return {
            "program": applied.program_id,
            "program_name": self._programs[applied.program_id].name,
            "reward": applied.reward_id,
            "reward_type": applied.reward_type.value,
            "description": self.description(applied.program_id, applied.reward_id),
            "amount": str(applied.amount),
            "points_cost": plain(applied.points_cost),
            "card": self._card_codes.get(applied.card_id) if applied.card_id else None,
        }

    def description(self, program_id: int, reward_id: int) -> str:
        return describe_reward(
            self._programs[program_id], reward_id, self._decision.currency, self._language
        )

    def points(self, moved: CardPoints) -> Receipt:
        return {
            "loyalty_program": self._snapshot.points_refs.get(moved.loyalty_program_id),
            "card": self._card_codes.get(moved.card_id) if moved.card_id else None,
            "balance_before": plain(moved.balance_before),
            "earned": plain(moved.earned),
            "spent": plain(moved.spent),
            "balance_after": plain(moved.balance_after),
        }

    def claimable(self, offer: Claimable) -> Receipt:
        return {
            "program": offer.program_id,
            "program_name": self._programs[offer.program_id].name,
            "reward": offer.reward_id,
            "description": self.description(offer.program_id, offer.reward_id),
            "required_points": plain(offer.required_points),
            "available_points": plain(offer.available_points),
            "products": list(offer.products),
        }

    def hint(self, hint: Hint) -> Receipt:
        written: Receipt = {
            "program": hint.program_id,
            "program_name": self._programs[hint.program_id].name,
            "reason": hint.reason.value,
        }
        if hint.missing_amount is not None:
            written["missing_amount"] = str(hint.missing_amount)
        if hint.missing_qty is not None:
            written["missing_qty"] = plain(hint.missing_qty)
        return written

    def payment(self, paid: Payment) -> Receipt:
        return {
            "program": paid.program_id,
            "reward": paid.reward_id,
            "card": self._card_codes.get(paid.card_id),
            "amount": str(paid.amount),
            "points": plain(paid.points),
        }
