"""Gift cards and top-ups that come back: what was spent of them is not refunded.

Whoever brings back a gift card worth 50 that has 20 left on it gets 20, and keeps what the other
30 bought. Should the money return to the card, because the goods come back too, it is on the
card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from promotions.orders.returns import ZERO, LineState, Movement, ReturnPlan, part


def spent_before(
    lines: Mapping[str, LineState], movements: tuple[Movement, ...], *, digits: int
) -> Decimal:
    """Return what was paid for value that came back spent in the steps before this one."""
    return _spent(lines, movements, lambda one: one.due_before - one.undone_before, digits)


def keep_what_was_spent(
    plan: ReturnPlan,
    lines: Mapping[str, LineState],
    movements: tuple[Movement, ...],
    *,
    digits: int,
) -> ReturnPlan:
    """Return the plan without refunds for value that cannot be taken back."""
    if not any(_is_sold(one) for one in movements):
        return plan
    spent = _spent(
        lines,
        movements,
        lambda one: plan.due[one.key] - one.undone_before - plan.undo[one.key],
        digits,
    )
    step = spent - spent_before(lines, movements, digits=digits)
    refunds = dict(plan.refunds)
    sellers = {key for one in movements if _is_sold(one) for key in _lines_of(one)}
    for line_id in sorted(refunds, key=lambda key: (key not in sellers, key)):
        less = min(step, max(refunds[line_id], ZERO))
        refunds[line_id] -= less
        step -= less
        if not step:
            break
    return replace(plan, refunds=refunds, spent=spent)


def share_refund_with_cards(
    plan: ReturnPlan,
    lines: Mapping[str, LineState],
    movements: tuple[Movement, ...],
    *,
    digits: int,
) -> ReturnPlan:
    """Return the plan with so much money back on cards that no step costs the customer cash.

    Cards get their share of what comes back. Where that is more than is refunded (what is kept
    may cost more than it did, and cents are rounded here and there), the rest waits for a later
    step; and no more is refunded in cash than was paid in cash. What staff gave back by hand
    counts as given back when its turn comes.
    """
    payments = [one for one in movements if one.paid]
    if not payments:
        return plan
    refunded_before = Fraction(sum((line.refunded_before for line in lines.values()), ZERO))
    refunded = refunded_before + Fraction(sum(plan.refunds.values(), ZERO))
    cash = Fraction(sum((line.paid for line in lines.values()), ZERO))
    cash -= sum(_money(one, one.amount) for one in payments)
    cash_before = refunded_before - sum(_money(one, one.due_before) for one in payments)
    wanted = refunded - sum(_money(one, plan.due[one.key]) for one in payments)
    room = refunded - max(cash_before, min(wanted, cash))
    due, undo = dict(plan.due), dict(plan.undo)
    more = room - sum(_money(one, due[one.key]) for one in payments)
    for one in payments:
        points = due[one.key]
        if more > 0:
            raised = min(one.amount, _points(one, _money(one, points) + more))
            more -= _money(one, raised) - _money(one, points)
            points = raised
        points = max(one.due_before, min(points, _points(one, room)))
        room -= _money(one, points)
        due[one.key] = points
        undo[one.key] = max(points - one.undone_before, ZERO)
    before = sum(_money(one, one.due_before) for one in payments)
    after = sum(_money(one, due[one.key]) for one in payments)
    to_cards = part(Decimal(1), Fraction(after), digits) - part(
        Decimal(1), Fraction(before), digits
    )
    return replace(plan, due=due, undo=undo, to_cards=to_cards)


def _money(one: Movement, points: Decimal) -> Fraction:
    """Return what some points of a payment paid."""
    return Fraction(one.paid or ZERO) * Fraction(points) / Fraction(one.amount)


def _points(one: Movement, money: Fraction) -> Decimal:
    """Return the points of a payment that paid an amount, rounded down; all for all of it."""
    of_it = min(Fraction(1), max(Fraction(0), money / Fraction(one.paid or ZERO)))
    unit = Decimal(1).scaleb(-one.digits)
    return (one.amount * of_it.numerator / of_it.denominator).quantize(unit, ROUND_DOWN)


def _spent(
    lines: Mapping[str, LineState],
    movements: tuple[Movement, ...],
    lost: Callable[[Movement], Decimal],
    digits: int,
) -> Decimal:
    """Return what was paid for the lost points of all movements."""
    by_line: dict[str, Fraction] = {}
    for one in movements:
        points = lost(one) if _is_sold(one) else ZERO
        if points <= 0:
            continue
        of_all = Fraction(points) / Fraction(one.amount)
        for line_id in _lines_of(one):
            # A gift card is one unit of its line, a top-up all that its lines sold.
            unit = 1 / Fraction(lines[line_id].qty) if one.line_id else Fraction(1)
            by_line[line_id] = by_line.get(line_id, Fraction(0)) + of_all * unit
    return sum(
        (part(lines[key].paid, min(of, Fraction(1)), digits) for key, of in by_line.items()), ZERO
    )


def _is_sold(one: Movement) -> bool:
    """Tell whether the movement is value that lines of the order sold."""
    return one.held is not None and bool(_lines_of(one))


def _lines_of(one: Movement) -> tuple[str, ...]:
    if one.kind == "issue":
        return (one.line_id,) if one.line_id else ()
    return tuple(one.weights) if one.kind == "earn" else ()
