"""A decision made to agree with what the till charged: the customer has left, the receipt stands.

Charged less than decided now (a coupon was spent elsewhere meanwhile): the rewards stay, and what
is missing is an allowance of the shop, spread over the lines, so that a return gives back what was
paid. Charged more (a program the till did not know, a code it could not check): programs whose
discounts the customer did not get are left out, so that neither a coupon nor a limit is used by
them, until no more is taken off than the till took off; the rest, again, is an allowance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_UP, Decimal

from core.money import allocate, from_minor, to_minor
from promotions.engine import evaluate
from promotions.engine.catalog import Catalog
from promotions.engine.decision import CodeFate, Decision, LineResult, Payment
from promotions.engine.terms import Reason
from promotions.orders.errors import ChargedOutOfRange
from promotions.orders.intake import Intake


@dataclass(frozen=True, slots=True)
class Charge:
    """`decided`: what the engine decides without the programs `left_out`.

    `charged`: the same with the till's total. `decided_total`: what was decided at first.
    """

    decided: Decision
    charged: Decision
    decided_total: Decimal
    left_out: tuple[int, ...]


def settle_charge(
    intake: Intake, decision: Decision, *, charged_total: Decimal, at: datetime
) -> Charge:
    """Return the decision as the till's receipt has it.

    Raises: ChargedOutOfRange if the till took less than nothing, or more than its lines cost.
    """
    digits = intake.cart.pos.digits
    total = from_minor(to_minor(charged_total, digits), digits)
    if total != charged_total or not 0 <= total <= max(decision.subtotal, decision.total):
        raise ChargedOutOfRange(charged_total=str(charged_total), subtotal=str(decision.subtotal))
    left_out: list[int] = []
    decided = decision
    while decided.total < total:
        left_out.append(_least_that_explains(decided, total - decided.total))
        catalog = intake.snapshot.catalog
        decided = evaluate(
            intake.cart,
            catalog.changed((), left_out, catalog.version),
            intake.wallet,
            at,
            explain=True,
        )
    if left_out:
        decided = fates_of_left_out(decision, decided)
    return Charge(decided, _at(decided, total, intake), decision.total, tuple(sorted(left_out)))


def _least_that_explains(decision: Decision, gap: Decimal) -> int:
    """Return the program that took least of those that alone took the gap, else the one most."""
    taken: dict[int, Decimal] = {}
    for one in decision.rewards:
        taken[one.program_id] = taken.get(one.program_id, Decimal(0)) + one.amount
    enough = [(amount, key) for key, amount in taken.items() if amount >= gap]
    return min(enough)[1] if enough else max((amount, key) for key, amount in taken.items())[1]


def fates_of_left_out(first: Decision, decided: Decision) -> Decision:
    """Return the decision with the fates of the codes that `first` knew.

    A code of a program that was left out is known, but was not honoured.
    """
    known = {one.code: one for one in first.codes}
    fates: tuple[CodeFate, ...] = tuple(
        replace(one, reason=Reason.INACTIVE, program_id=known[one.code].program_id)
        if one.reason is Reason.UNKNOWN and known[one.code].reason is not Reason.UNKNOWN
        else one
        for one in decided.codes
    )
    return replace(decided, codes=fates)


def _at(decided: Decision, total: Decimal, intake: Intake) -> Decision:
    """Return the decision with this total, which is not above its own."""
    digits = intake.cart.pos.digits
    allowance = decided.total - total
    if not allowance:
        return decided
    weights = [max(0, to_minor(line.total, digits)) for line in decided.lines]
    parts = allocate(to_minor(allowance, digits), weights)
    payments = _paid_at_most(decided.payments, total, intake.snapshot.catalog)
    return replace(
        decided,
        discount_total=decided.discount_total + allowance,
        total=total,
        amount_due=total - sum((one.amount for one in payments), Decimal(0)),
        lines=tuple(
            _allowed(line, from_minor(part, digits))
            for line, part in zip(decided.lines, parts, strict=True)
        ),
        payments=payments,
    )


def _allowed(line: LineResult, part: Decimal) -> LineResult:
    return replace(line, discount=line.discount + part, total=line.total - part)


def _paid_at_most(
    payments: tuple[Payment, ...], total: Decimal, catalog: Catalog
) -> tuple[Payment, ...]:
    """Return the payments, the last ones cut, so that no card pays more than was charged.

    Points are rounded up to what their kind counts, as the engine does.
    """
    kept = []
    for one in payments:
        amount = min(one.amount, total)
        total -= amount
        if amount == one.amount:
            kept.append(one)
        elif amount:
            unit = Decimal(1).scaleb(-catalog.programs[one.program_id].point_decimals)
            points = (one.points * amount / one.amount).quantize(unit, ROUND_UP)
            kept.append(replace(one, amount=amount, points=min(points, one.points)))
    return tuple(kept)
