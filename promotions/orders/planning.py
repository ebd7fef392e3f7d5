"""From a stored order to the plan of a return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from core import codec
from core.money import currency_digits
from promotions import catalog_store
from promotions.engine import evaluate
from promotions.engine.cart import Cart
from promotions.engine.decision import Decision
from promotions.engine.wallet import Wallet
from promotions.models import Order, OrderLine
from promotions.orders.returns import (
    LineState,
    Movement,
    ReturnPlan,
    plan_proportional,
    plan_reprice,
)

ZERO = Decimal(0)


def plan_return(
    order: Order, lines: Mapping[str, OrderLine], quantities: Mapping[str, Decimal]
) -> ReturnPlan:
    """Return what taking these units back gives back, under the policy of the sale."""
    digits = currency_digits(order.currency)
    decision = codec.decode(Decision, order.evaluation["decision"])
    states = {
        line_id: LineState(
            line_id=line_id,
            qty=line.qty,
            paid=line.total,
            returned=line.returned_qty + quantities.get(line_id, ZERO),
            returned_before=line.returned_qty,
            refunded_before=line.refunded,
        )
        for line_id, line in lines.items()
    }
    movements = _movements(order, decision)
    if order.evaluation["return_policy"] == "reprice":
        remaining = _decide_what_is_kept(order, states)
        return plan_reprice(
            states,
            movements,
            _standing(order, decision),
            paid=order.total,
            remaining=remaining,
            digits=digits,
        )
    return plan_proportional(states, movements, _standing(order, decision), digits=digits)


def _movements(order: Order, decision: Decision) -> tuple[Movement, ...]:
    """Return the order's ledger operations with the lines that each stands for.

    Points earned stand on the lines that made them, points spent on the lines their reward
    took from; a payment stands on every line.
    """
    earned = {(one.program_id, one.card_id): one.earned_by_line for one in decision.points}
    by_program = _shares_by_program(decision)
    payments = {(one.program_id, one.card_id) for one in decision.payments}
    movements = []
    rows = order.points_moved.exclude(kind="issue").select_related("card__loyalty_program")
    for row in rows:
        weights: Mapping[str, Decimal] = {}
        if row.kind == "earn":
            found = earned.get((row.program_id, row.card_id), ())
            weights = {share.line_id: share.amount for share in found}
        elif (row.program_id, row.card_id) not in payments:
            weights = by_program.get(row.program_id, {})
        movements.append(
            Movement(
                key=row.pk,
                program_id=row.program_id,
                kind=row.kind,
                amount=row.points,
                undone_before=row.undone,
                digits=row.card.loyalty_program.point_decimals,
                weights=weights,
            )
        )
    return tuple(movements)


def _shares_by_program(decision: Decision) -> dict[int, dict[str, Decimal]]:
    """Return what each program's rewards took from each line."""
    shares: dict[int, dict[str, Decimal]] = {}
    for reward in decision.rewards:
        held = shares.setdefault(reward.program_id, {})
        for share in reward.shares:
            held[share.line_id] = held.get(share.line_id, ZERO) + share.amount
    return shares


def _standing(order: Order, decision: Decision) -> dict[int, dict[str, Decimal]]:
    """Return every program the order used with the lines it stands on (none: all lines)."""
    standing = _shares_by_program(decision)
    for program_id in order.rewards.values_list("program_id", flat=True):
        standing.setdefault(program_id, {})
    return standing


def _decide_what_is_kept(order: Order, states: Mapping[str, LineState]) -> Decision | None:
    """Decide the remaining basket under the versions, the wallet and the instant of the sale."""
    cart = codec.decode(Cart, order.evaluation["cart"])
    kept = tuple(
        replace(line, qty=line.qty - states[line.line_id].returned)
        for line in cart.lines
        if states[line.line_id].returned < line.qty
    )
    if not kept:
        return None
    wallet = codec.decode(Wallet, order.evaluation["wallet"])
    catalog = catalog_store.catalog_of(order.catalog_version)
    left_out = order.evaluation.get("left_out")
    if left_out:
        # The customer did not get these, so keeping less cannot cost them either.
        catalog = catalog.changed((), left_out, catalog.version)
    return evaluate(replace(cart, lines=kept), catalog, wallet, order.ordered_at)
