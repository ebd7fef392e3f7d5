"""Carrying out a return: plan it from what the order stored, then undo that much of everything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from core.money import currency_digits
from core.numbers import fixed, plain
from events.log import Happening, record
from loyalty.services.reverse_operation import reverse_operation
from promotions.models import Order, OrderLine, OrderPoints, OrderReturn, OrderReturnLine
from promotions.orders.receipt import Receipt
from promotions.orders.returns import ReturnPlan
from promotions.orders.reviving import revive_codes_and_uses

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
    everything = all(line.returned_qty == line.qty for line in lines.values())
    _record_order(order, refund, kind=kind, everything=everything)
    points, paid_back = _undo_points(row, plan, at=at)
    row.summary = {
        **_totals(row, refund, paid_back, plan),
        "lines": _answered_lines(order, lines, quantities, plan),
        "points": points,
        "coupons": revive_codes_and_uses(order, plan.gone, everything=everything, at=at),
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


def _undo_points(
    row: OrderReturn, plan: ReturnPlan, *, at: datetime
) -> tuple[list[Receipt], Decimal]:
    """Reverse the planned part of every ledger operation; return what is told, and money paid back.

    Cards are taken in the order of their ids, so that two returns never wait for each other.
    """
    told: dict[int, Receipt] = {}
    paid_back = ZERO
    moved = OrderPoints.objects.filter(pk__in=plan.undo).select_related(
        "card", "card__loyalty_program"
    )
    payments = {
        (one.program_id, one.card_id): one
        for one in row.order.rewards.filter(is_payment=True)
        if one.card_id is not None
    }
    for one in moved.order_by("card_id", "id"):
        points = plan.undo[one.pk]
        if points <= 0:
            continue
        done = reverse_operation(
            operation_id=one.operation_id,
            points=points,
            origin=row.order.ref,
            idempotency_key=f"return:{row.pk}:{one.pk}",
            at=at,
        )
        payment = payments.get((one.program_id, one.card_id))
        if payment is not None and one.kind == "spend":
            before, after = (
                round(payment.amount * part / one.points, currency_digits(row.order.currency))
                for part in (one.undone, one.undone + points)
            )
            paid_back += after - before
        one.undone += points
        one.save(update_fields=["undone"])
        entry = told.setdefault(
            one.card_id,
            {
                "loyalty_program": one.card.loyalty_program.ref,
                "card": one.card.code,
                "taken_back": ZERO,
                "given_back": ZERO,
                "balance_after": ZERO,
            },
        )
        entry["given_back" if one.kind == "spend" else "taken_back"] += abs(done.points)
        entry["balance_after"] = done.balance_after
    amounts = ("taken_back", "given_back", "balance_after")
    return [
        {key: plain(held) if key in amounts else held for key, held in entry.items()}
        for entry in told.values()
    ], paid_back


def _totals(row: OrderReturn, refund: Decimal, paid_back: Decimal, plan: ReturnPlan) -> Receipt:
    order, digits = row.order, currency_digits(row.order.currency)
    return {
        "order": order.ref,
        "return": row.pk,
        "status": order.status,
        "currency": order.currency,
        "refund": fixed(refund, digits),
        "refund_to_cards": fixed(paid_back, digits),
        "refund_due": fixed(refund - paid_back, digits),
        "refund_total": fixed(order.refund_total, digits),
        "clawback": fixed(plan.clawback, digits),
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
