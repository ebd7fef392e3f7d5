"""A Decision as the answer to a till: names and strings, in the shape of the API.

The server and a till that quotes from a bundle write it with this one function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import codec
from core.numbers import fixed, plain
from promotions.engine.cart import Cart, CartLine
from promotions.engine.decision import (
    AppliedReward,
    CardPoints,
    Claimable,
    Decision,
    Hint,
    LineResult,
    Payment,
)
from promotions.engine.definition import Program

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called. `describe`: the text of a reward, by program id and reward id."""

    programs: Mapping[int, Program]
    points_refs: Mapping[int, str]
    card_codes: Mapping[int, str]
    describe: Callable[[int, int], str]


def write_answer(
    cart: Cart,
    decision: Decision,
    names: Names,
    *,
    ref: str | None,
    status: str,
    explain: bool = False,
) -> Answer:
    """Return the JSON answer for a decision; `status` is `quoted` or an order's status."""
    writer = _Writer(cart, decision, names)
    answer: Answer = {
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
    if explain:
        answer["trace"] = codec.encode(decision.trace or ())
    return answer


class _Writer:
    """Names and strings for one decision, whose amounts have the currency's digits already."""

    def __init__(self, cart: Cart, decision: Decision, names: Names) -> None:
        self._decision = decision
        self._digits = cart.pos.digits
        self._lines = cart.lines
        self._programs = names.programs
        self._points_refs = names.points_refs
        self._card_codes = names.card_codes
        self._describe = names.describe

    def lines(self) -> list[Answer]:
        """Return the lines as they were sent, with what each reward took from each."""
        shares: dict[str, list[Answer]] = {}
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

    def _line(self, line: CartLine, result: LineResult, discounts: list[Answer]) -> Answer:
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

    def reward(self, applied: AppliedReward) -> Answer:
        return {
            "program": applied.program_id,
            "program_name": self._programs[applied.program_id].name,
            "reward": applied.reward_id,
            "reward_type": applied.reward_type.value,
            "description": self._describe(applied.program_id, applied.reward_id),
            "amount": str(applied.amount),
            "points_cost": plain(applied.points_cost),
            "card": self._card_codes.get(applied.card_id) if applied.card_id else None,
        }

    def points(self, moved: CardPoints) -> Answer:
        return {
            "loyalty_program": self._points_refs.get(moved.loyalty_program_id),
            "card": self._card_codes.get(moved.card_id) if moved.card_id else None,
            "balance_before": plain(moved.balance_before),
            "earned": plain(moved.earned),
            "spent": plain(moved.spent),
            "balance_after": plain(moved.balance_after),
        }

    def claimable(self, offer: Claimable) -> Answer:
        return {
            "program": offer.program_id,
            "program_name": self._programs[offer.program_id].name,
            "reward": offer.reward_id,
            "description": self._describe(offer.program_id, offer.reward_id),
            "required_points": plain(offer.required_points),
            "available_points": plain(offer.available_points),
            "products": list(offer.products),
        }

    def hint(self, hint: Hint) -> Answer:
        written: Answer = {
            "program": hint.program_id,
            "program_name": self._programs[hint.program_id].name,
            "reason": hint.reason.value,
        }
        if hint.missing_amount is not None:
            written["missing_amount"] = str(hint.missing_amount)
        if hint.missing_qty is not None:
            written["missing_qty"] = plain(hint.missing_qty)
        if hint.product_ids:
            written["product_ids"] = list(hint.product_ids)
        return written

    def payment(self, paid: Payment) -> Answer:
        return {
            "program": paid.program_id,
            "reward": paid.reward_id,
            "card": self._card_codes.get(paid.card_id),
            "amount": str(paid.amount),
            "points": plain(paid.points),
        }
