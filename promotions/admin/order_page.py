"""What the page of an order shows: the receipt as the customer saw it, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.models import LoyaltyProgram
from promotions import wording
from promotions.models import AppliedReward, Order, OrderLine, OrderReturn


@dataclass(frozen=True, slots=True)
class Taken:
    """What one program took off one line."""

    program: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A line in the words of a receipt."""

    name: str
    sku: str
    qty: str
    unit_price: str
    subtotal: str
    total: str
    taken: tuple[Taken, ...]
    returned: str


@dataclass(frozen=True, slots=True)
class PointsLine:
    """What the order did to one card."""

    name: str
    card: str
    earned: str
    spent: str
    balance: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Everything the receipt prints, as text."""

    lines: tuple[ReceiptLine, ...]
    subtotal: str
    rewards: tuple[tuple[str, str, str], ...]
    total: str
    payments: tuple[tuple[str, str], ...]
    amount_due: str
    points: tuple[PointsLine, ...]
    coupons: tuple[dict[str, Any], ...]
    codes: tuple[dict[str, Any], ...]
    saved: str
    refunded: str
    decided: str = ""


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """One return, with its lines."""

    at: Any
    kind: str
    refund: str
    lines: tuple[tuple[str, str, str], ...]


def build_receipt_page(order: Order) -> ReceiptPage:
    """Return the receipt of an order from what was stored with it, in the active language.

    Reads: the order's lines with products, rewards with programs, and line discounts.
    """
    receipt: Mapping[str, Any] = order.evaluation.get("receipt", {})
    kinds = dict(LoyaltyProgram.objects.values_list("ref", "name"))
    rewards = list(order.rewards.select_related("version"))
    lines = order.lines.select_related("product").prefetch_related("discounts__reward__version")

    def money(amount: Decimal) -> str:
        return wording.money(amount, order.currency)

    return ReceiptPage(
        lines=tuple(_line(line, order.currency) for line in lines),
        subtotal=money(order.subtotal),
        rewards=tuple(
            (_name(one), one.description, money(-one.amount))
            for one in rewards
            if not one.is_payment and one.amount
        ),
        total=money(order.total),
        payments=tuple((_name(one), money(-one.amount)) for one in rewards if one.is_payment),
        amount_due=money(order.amount_due),
        points=tuple(
            PointsLine(
                name=kinds.get(one.get("loyalty_program"), ""),
                card=str(one.get("card") or ""),
                earned=wording.number(Decimal(one["earned"])),
                spent=wording.number(Decimal(one["spent"])),
                balance=wording.number(Decimal(one["balance_after"])),
            )
            for one in receipt.get("points", ())
        ),
        coupons=tuple(receipt.get("coupons_issued", ())),
        codes=tuple(receipt.get("codes", ())),
        saved=money(order.discount_total) if order.discount_total else "",
        refunded=money(order.refund_total) if order.refund_total else "",
        decided="" if order.decided_total is None else money(order.decided_total),
    )


def _name(reward: AppliedReward) -> str:
    """Return what the program was called when it was given."""
    return str(reward.version.definition["name"])


def build_return_pages(order: Order) -> list[ReturnPage]:
    """Return what came back of an order, oldest first."""
    returns = order.returns.prefetch_related("lines__line__product")
    return [
        ReturnPage(
            at=one.returned_at,
            kind=one.get_kind_display(),
            refund=wording.money(one.refund, order.currency),
            lines=_return_lines(one, order.currency),
        )
        for one in returns
    ]


def _return_lines(one: OrderReturn, currency: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (line.line.product.name, wording.number(line.qty), wording.money(line.refund, currency))
        for line in one.lines.all()
    )


def _line(line: OrderLine, currency: str) -> ReceiptLine:
    return ReceiptLine(
        name=line.product.name,
        sku=line.sku,
        qty=wording.number(line.qty),
        unit_price=wording.money(line.unit_price, currency),
        subtotal=wording.money(line.subtotal, currency),
        total=wording.money(line.total, currency),
        taken=tuple(
            Taken(_name(share.reward), wording.money(-share.amount, currency))
            for share in line.discounts.all()
        ),
        returned=wording.number(line.returned_qty) if line.returned_qty else "",
    )
