"""From a stored order to the plan of a return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from core import codec
from core.money import currency_digits
from loyalty.queries import hold_cards
from promotions import catalog_store
from promotions.engine import evaluate
from promotions.engine.cart import Cart
from promotions.engine.decision import Decision
from promotions.engine.terms import ProgramType
from promotions.engine.wallet import Wallet
from promotions.models import Order, OrderLine, OrderPoints
from promotions.orders.line_states import kept_lines, line_states
from promotions.orders.returns import (
    LineState,
    Movement,
    ReturnPlan,
    plan_proportional,
    plan_reprice,
)
from promotions.orders.sold_value import (
    keep_what_was_spent,
    share_refund_with_cards,
    spent_before,
)
from promotions.presets import PRESETS

ZERO = Decimal(0)


def plan_return(
    order: Order,
    lines: Mapping[str, OrderLine],
    quantities: Mapping[str, Decimal],
    *,
    at: datetime,
) -> ReturnPlan:
    """Return what taking these units back gives back, under the policy of the sale.

    Takes the row locks of the order's cards.
    """
    digits = currency_digits(order.currency)
    decision = codec.decode(Decision, order.evaluation["decision"])
    states = line_states(lines, quantities, digits=digits)
    movements = _movements(order, decision, states, at=at)
    standing = _standing(decision)
    if order.evaluation["return_policy"] == "reprice":
        plan = plan_reprice(
            states,
            movements,
            standing,
            paid=order.total,
            spent_before=spent_before(states, movements, digits=digits),
            remaining=_decide_what_is_kept(order, states),
            digits=digits,
        )
    else:
        plan = plan_proportional(states, movements, standing, digits=digits)
    plan = keep_what_was_spent(plan, states, movements, digits=digits)
    return share_refund_with_cards(plan, states, movements, digits=digits)


def _movements(
    order: Order, decision: Decision, states: Mapping[str, LineState], *, at: datetime
) -> tuple[Movement, ...]:
    """Return the order's ledger operations with the lines that each stands for.

    Points earned stand on the lines that made them, points spent on the lines their reward
    took from, a gift card on the line that sold it; a payment stands on all other lines. What was
    undone of an operation is what the ledger says: staff may have reversed it by hand.
    """
    earned = {(one.program_id, one.card_id): one.earned_by_line for one in decision.points}
    by_program = _shares_by_program(decision)
    # As they were made: what a till without a line charged may be less than was decided.
    payments = {
        (one.program_id, one.card_id): one.amount for one in order.rewards.filter(is_payment=True)
    }
    held = hold_cards(set(order.points_moved.values_list("card_id", flat=True)), at=at)
    rows = list(
        order.points_moved.select_related("card__loyalty_program", "program", "operation").order_by(
            "id"
        )
    )
    sold = {row.line_id for row in rows} | {
        share.line_id
        for row in rows
        if row.kind == "earn" and _is_bounded(row)
        for share in earned.get((row.program_id, row.card_id), ())
    }
    goods = {key: max(one.paid, ZERO) for key, one in states.items() if key not in sold}
    waits = _waiting_for_points(rows, states)
    movements = []
    for row in rows:
        weights: Mapping[str, Decimal] = {}
        if row.kind == "earn":
            found = earned.get((row.program_id, row.card_id), ())
            weights = {share.line_id: share.amount for share in found}
        elif (row.program_id, row.card_id) in payments:
            weights = goods
        else:
            weights = by_program.get(row.program_id, {})
        movements.append(
            Movement(
                key=row.pk,
                program_id=row.program_id,
                card_id=row.card_id,
                kind=row.kind,
                amount=row.points,
                due_before=row.due,
                undone_before=max(row.undone, row.operation.reversed_points),
                digits=row.card.loyalty_program.point_decimals,
                weights=weights,
                line_id=row.line_id,
                held=held.get(row.card_id) if _is_bounded(row) else None,
                room=held.get(row.card_id) if row.pk in waits else None,
                paid=payments.get((row.program_id, row.card_id)) if row.kind == "spend" else None,
            )
        )
    return tuple(movements)


def _waiting_for_points(
    rows: Sequence[OrderPoints], states: Mapping[str, LineState]
) -> frozenset[int]:
    """Return the earnings on cards that the order spent points of, unless all comes back now.

    These come back bit by bit, as the goods do. A card that lacks some by now would be let off
    what it gets with the next step, as its kind of points never takes more than is there.
    """
    if all(one.returned == one.qty for one in states.values()):
        return frozenset()
    spending = {row.card_id for row in rows if row.kind == "spend"}
    return frozenset(
        row.pk
        for row in rows
        if row.kind == "earn"
        and row.card_id in spending
        and row.card.loyalty_program.negative_balance == "floor_at_zero"
    )


def _is_bounded(row: OrderPoints) -> bool:
    """Tell whether no more can be taken back than is there.

    So it is with value that was sold, as it is refunded in money; and with the reward of whoever
    referred the customer, which is none of the customer's business.
    """
    return row.kind in ("issue", "referral") or (
        row.kind == "earn" and PRESETS[ProgramType(row.program.program_type)].is_payment
    )


def _shares_by_program(decision: Decision) -> dict[int, dict[str, Decimal]]:
    """Return what each program's rewards took from each line."""
    shares: dict[int, dict[str, Decimal]] = {}
    for reward in decision.rewards:
        held = shares.setdefault(reward.program_id, {})
        for share in reward.shares:
            held[share.line_id] = held.get(share.line_id, ZERO) + share.amount
    return shares


def _standing(decision: Decision) -> dict[int, dict[str, Decimal]]:
    """Return every program that did anything with the lines it stands on (none: all lines)."""
    standing = _shares_by_program(decision)
    for moved in decision.points:
        if moved.earned:
            held = standing.setdefault(moved.program_id, {})
            for share in moved.earned_by_line:
                held[share.line_id] = held.get(share.line_id, ZERO) + share.amount
    for coupon in decision.coupons_to_issue:
        held = standing.setdefault(coupon.program_id, {})
        held |= {line_id: held.get(line_id, ZERO) + 1 for line_id in coupon.line_ids}
    others = {one.program_id for one in decision.payments}
    others |= {one.program_id for one in decision.free_items}
    others |= {one.program_id for one in decision.referrals}
    for program_id in others:
        standing.setdefault(program_id, {})
    return standing


def _decide_what_is_kept(order: Order, states: Mapping[str, LineState]) -> Decision | None:
    """Decide the remaining basket under the versions, the wallet and the instant of the sale."""
    cart = codec.decode(Cart, order.evaluation["cart"])
    kept = kept_lines(cart.lines, states)
    if not kept:
        return None
    wallet = codec.decode(Wallet, order.evaluation["wallet"])
    catalog = catalog_store.catalog_of(order.catalog_version)
    left_out = order.evaluation.get("left_out")
    if left_out:
        # The customer did not get these, so keeping less cannot cost them either.
        catalog = catalog.changed((), left_out, catalog.version)
    return evaluate(replace(cart, lines=kept), catalog, wallet, order.ordered_at)
