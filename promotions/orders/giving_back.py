"""Carrying out a return: plan it from what the order stored, then undo that much of everything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from core.money import currency_digits
from core.numbers import fixed, plain
from events.log import Happening, record
from promotions.models import Order, OrderLine, OrderReturn, OrderReturnLine
from promotions.orders.line_states import is_adjustment
from promotions.orders.receipt import Receipt
from promotions.orders.returns import ReturnPlan
from promotions.orders.reviving import revive_codes_and_uses, withdraw_referrals
from promotions.orders.undoing import undo_points

ZERO = Decimal(0)


def carry_out(
    order: Order,
    lines: Mapping[str, OrderLine],
    quantities: Mapping[str, Decimal],
    plan: ReturnPlan,
    *,
    kind: str,
    at: datetime,
    user_id: int | None,
) -> Receipt:
    """Do what the plan says for these units; return the answer to the till.

    `kind`: return or cancel. The caller holds the order's row lock.
    Writes: orderreturn and its lines, orderline, order, orderpoints, the ledger, coupons,
    counters, events.
    """
    refund = sum(plan.refunds.values(), ZERO)
    row = OrderReturn.objects.create(
        order=order, kind=kind, returned_at=at, refund=refund, summary={}, created_by_id=user_id
    )
    _record_lines(row, lines, quantities, plan)
    goods = [line for line in lines.values() if not is_adjustment(line)]
    everything = all(line.returned_qty == line.qty for line in goods)
    _record_order(order, refund, kind=kind, everything=everything)
    undone = undo_points(row, plan, at=at)
    row.summary = {
        **_totals(row, refund, plan),
        "lines": _answered_lines(order, lines, quantities, plan),
        "points": undone.told,
        "coupons": revive_codes_and_uses(order, plan.gone, at=at) + undone.gift_cards,
        "referrals": withdraw_referrals(order, plan.gone, at=at),
    }
    row.save(update_fields=["summary"])
    record([_returned(row)], at=at)
    return dict(row.summary)


def _record_lines(
    row: OrderReturn,
    lines: Mapping[str, OrderLine],
    quantities: Mapping[str, Decimal],
    plan: ReturnPlan,
) -> None:
    touched = []
    for line_id in {*quantities, *plan.refunds}:
        line = lines[line_id]
        line.returned_qty += quantities.get(line_id, ZERO)
        line.refunded += plan.refunds.get(line_id, ZERO)
        touched.append(line)
    OrderLine.objects.bulk_update(touched, ["returned_qty", "refunded"])
    OrderReturnLine.objects.bulk_create(
        OrderReturnLine(
            order_return=row,
            line=lines[line_id],
            qty=qty,
            refund=plan.refunds.get(line_id, ZERO),
        )
        for line_id, qty in quantities.items()
    )


def _record_order(order: Order, refund: Decimal, *, kind: str, everything: bool) -> None:
    order.refund_total += refund
    if kind == "cancel":
        order.status = "cancelled"
    else:
        order.status = "returned" if everything else "partly_returned"
    order.save(update_fields=["refund_total", "status"])


def _totals(row: OrderReturn, refund: Decimal, plan: ReturnPlan) -> Receipt:
    order, digits = row.order, currency_digits(row.order.currency)
    return {
        "order": order.ref,
        "return": row.pk,
        "status": order.status,
        "currency": order.currency,
        "refund": fixed(refund, digits),
        "refund_to_cards": fixed(plan.to_cards, digits),
        "refund_due": fixed(refund - plan.to_cards, digits),
        "refund_total": fixed(order.refund_total, digits),
        "clawback": fixed(plan.clawback, digits),
        "spent": fixed(plan.spent, digits),
    }


def _answered_lines(
    order: Order,
    lines: Mapping[str, OrderLine],
    quantities: Mapping[str, Decimal],
    plan: ReturnPlan,
) -> list[Receipt]:
    digits = currency_digits(order.currency)
    return [
        {
            "line_id": line_id,
            "sku": lines[line_id].sku,
            "qty": plain(qty),
            "refund": fixed(plan.refunds.get(line_id, ZERO), digits),
        }
        for line_id, qty in quantities.items()
    ]


def _returned(row: OrderReturn) -> Happening:
    order = row.order
    return Happening(
        "OrderReturned",
        f"partner:{order.partner_id}" if order.partner_id else f"order:{order.pk}",
        {
            "order_id": order.pk,
            "return_id": row.pk,
            "kind": row.kind,
            "refund": str(row.refund),
        },
    )
