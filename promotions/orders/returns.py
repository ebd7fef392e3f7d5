"""What a return gives back: pure arithmetic over what the order stored.

Everything is computed as a total so far and the step is the difference to what was given back
before, so that any sequence of partial returns ends where one full return ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.money import allocate, from_minor, to_minor
from promotions.engine.decision import Decision


@dataclass(frozen=True, slots=True)
class LineState:
    """A line of the order. `paid`: after discounts; `returned`: units back, this step included."""

    line_id: str
    qty: Decimal
    paid: Decimal
    returned: Decimal
    returned_before: Decimal
    refunded_before: Decimal

    @property
    def share_returned(self) -> Fraction:
        """The part of the line that is back."""
        return Fraction(self.returned) / Fraction(self.qty)


@dataclass(frozen=True, slots=True)
class Movement:
    """Points the order earned or spent on a card, or an amount paid from one, and how often.

    `weights`: how much of it each line stands for; empty means all lines by what was paid.
    `digits`: decimals it is kept in.
    """

    key: int
    program_id: int
    kind: str
    amount: Decimal
    undone_before: Decimal
    digits: int
    weights: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """What this step gives back.

    `refunds`: per line; `undo`: per movement; `gone`: programs of which nothing is left;
    `clawback`: what the step would have cost the customer, who is not charged it.
    """

    refunds: Mapping[str, Decimal]
    undo: Mapping[int, Decimal]
    gone: frozenset[int]
    clawback: Decimal = Decimal(0)


def plan_proportional(
    lines: Mapping[str, LineState],
    movements: tuple[Movement, ...],
    reward_lines: Mapping[int, Mapping[str, Decimal]],
    *,
    digits: int,
) -> ReturnPlan:
    """Give back each unit's share of what was paid, and the same share of points.

    `reward_lines`: for each program, the lines its rewards stand on with their weights.
    """
    refunds = {
        line.line_id: _part(line.paid, line.share_returned, digits) - line.refunded_before
        for line in lines.values()
        if line.returned != line.returned_before
    }
    undo = {
        one.key: _part(one.amount, _share(lines, one.weights), one.digits) - one.undone_before
        for one in movements
    }
    gone = frozenset(
        program_id for program_id, weights in reward_lines.items() if _share(lines, weights) == 1
    )
    return ReturnPlan(refunds, undo, gone)


def plan_reprice(
    lines: Mapping[str, LineState],
    movements: tuple[Movement, ...],
    reward_lines: Mapping[int, Mapping[str, Decimal]],
    *,
    paid: Decimal,
    remaining: Decision | None,
    digits: int,
) -> ReturnPlan:
    """Give back what was paid minus what the remaining basket costs, never less than before.

    `remaining`: the decision for what the customer keeps, made under the versions, the wallet
    and the instant of the sale; None when nothing is kept.
    """
    cost = remaining.total if remaining else Decimal(0)
    before = sum((line.refunded_before for line in lines.values()), Decimal(0))
    due = paid - cost - before
    step = max(due, Decimal(0))
    kept = _kept_movements(remaining)
    undo = {
        one.key: max(one.amount - kept(one.program_id, one.kind) - one.undone_before, Decimal(0))
        for one in movements
    }
    return ReturnPlan(
        refunds=_spread(step, lines, digits),
        undo=undo,
        gone=frozenset(reward_lines.keys() - _programs_of(remaining)),
        clawback=max(-due, Decimal(0)),
    )


def _part(amount: Decimal, share: Fraction, digits: int) -> Decimal:
    """Return the share of an amount, rounded half up; the whole of it when the share is one."""
    if share == 1:
        return amount
    minor = Fraction(amount) * share * 10**digits
    half_up = int(abs(minor) + Fraction(1, 2))
    return from_minor(half_up if minor >= 0 else -half_up, digits)


def _share(lines: Mapping[str, LineState], weights: Mapping[str, Decimal]) -> Fraction:
    """Return how much of the weighted lines is back; all lines by what was paid without weights."""
    if all(line.returned == line.qty for line in lines.values()):
        return Fraction(1)
    used = {key: weight for key, weight in weights.items() if weight and key in lines}
    if not used:
        used = {line.line_id: line.paid for line in lines.values() if line.paid > 0}
    if not used:
        used = {line.line_id: line.qty for line in lines.values()}
    total = sum((Fraction(weight) for weight in used.values()), Fraction(0))
    back = sum((Fraction(w) * lines[key].share_returned for key, w in used.items()), Fraction(0))
    return back / total


def _spread(step: Decimal, lines: Mapping[str, LineState], digits: int) -> dict[str, Decimal]:
    """Split a refund over the lines of this step, by what was paid for the units returned."""
    now = [line for line in lines.values() if line.returned != line.returned_before]
    weights = [
        to_minor(line.paid * (line.returned - line.returned_before) / line.qty, digits)
        for line in now
    ]
    if not any(weights):
        weights = [1] * len(now)
    parts = allocate(to_minor(step, digits), weights)
    return {line.line_id: from_minor(part, digits) for line, part in zip(now, parts, strict=True)}


def _kept_movements(remaining: Decision | None) -> Callable[[int, str], Decimal]:
    """Return the points that the remaining basket still earns or spends, by program and kind."""
    kept: dict[tuple[int, str], Decimal] = {}
    if remaining is not None:
        for one in remaining.points:
            kept[one.program_id, "earn"] = one.earned
            kept[one.program_id, "spend"] = one.spent
        for paid in remaining.payments:
            key = (paid.program_id, "spend")
            kept[key] = kept.get(key, Decimal(0)) + paid.points
    return lambda program_id, kind: kept.get((program_id, kind), Decimal(0))


def _programs_of(decision: Decision | None) -> set[int]:
    """Return the programs that still give something."""
    if decision is None:
        return set()
    return (
        {reward.program_id for reward in decision.rewards}
        | {payment.program_id for payment in decision.payments}
        | {free.program_id for free in decision.free_items}
        | {coupon.program_id for coupon in decision.coupons_to_issue}
    )
