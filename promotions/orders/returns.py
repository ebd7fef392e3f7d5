"""What a return gives back: pure arithmetic over what the order stored.

Everything is computed as a total so far and the step is the difference to what was given back
before, so that any sequence of partial returns ends where one full return ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from core.money import allocate, from_minor, to_minor
from promotions.engine.decision import Decision

ZERO = Decimal(0)


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

    @property
    def share_returned_before(self) -> Fraction:
        """The part of the line that was back before this step."""
        return Fraction(self.returned_before) / Fraction(self.qty)


@dataclass(frozen=True, slots=True)
class Movement:
    """One ledger operation of the order and what returns did to it so far.

    `weights`: how much of it each line stands for; empty means all lines by what was paid.
    `line_id`: the line that sold it, of a gift card. `digits`: decimals it is kept in.
    `held`: what is on its card, where no more than that may be taken back; None: the kind of
    points says what happens to points that are gone. `room`: what is on its card, where the order
    spent points too: what the card lacks is taken back when more of these come back. `paid`: the
    money that a payment paid.
    """

    key: int
    program_id: int
    card_id: int
    kind: str
    amount: Decimal
    due_before: Decimal
    undone_before: Decimal
    digits: int
    weights: Mapping[str, Decimal]
    line_id: str = ""
    held: Decimal | None = None
    room: Decimal | None = None
    paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """What this step gives back.

    `refunds`: per line; `due`, per movement: what returns should have undone so far; `undo`: what
    this step undoes of it; `gone`: programs of which nothing is left.
    `clawback`: what the step would have cost the customer, who is not charged it.
    `spent`: what was paid for gift cards and top-ups that came back spent, so far. `to_cards`: the
    part of this step's refunds that is on the cards it was paid from.
    """

    refunds: Mapping[str, Decimal]
    due: Mapping[int, Decimal]
    undo: Mapping[int, Decimal]
    gone: frozenset[int]
    clawback: Decimal = ZERO
    spent: Decimal = ZERO
    to_cards: Decimal = ZERO


def plan_proportional(
    lines: Mapping[str, LineState],
    movements: tuple[Movement, ...],
    standing: Mapping[int, Mapping[str, Decimal]],
    *,
    digits: int,
) -> ReturnPlan:
    """Give back each unit's share of what was paid, and the same share of points.

    `standing`: for each program that did anything, the lines it stands on with their weights.
    """
    refunds = {
        line.line_id: part(line.paid, line.share_returned, digits)
        - part(line.paid, line.share_returned_before, digits)
        for line in lines.values()
        if line.returned != line.returned_before
    }
    gone = frozenset(
        program_id for program_id, weights in standing.items() if share(lines, weights) == 1
    )
    due = {
        one.key: part(one.amount, share(lines, one.weights), one.digits)
        for one in movements
        if one.kind in ("earn", "spend")
    }
    due.update(_due_of_gifts(movements, lines, gone, _returned_cards(lines)))
    return ReturnPlan(refunds, due, _undo(movements, due), gone)


def plan_reprice(
    lines: Mapping[str, LineState],
    movements: tuple[Movement, ...],
    standing: Mapping[int, Mapping[str, Decimal]],
    *,
    paid: Decimal,
    spent_before: Decimal,
    remaining: Decision | None,
    digits: int,
) -> ReturnPlan:
    """Give back what was paid minus what the remaining basket costs, never less than before.

    `remaining`: the decision for what the customer keeps, made under the versions, the wallet
    and the instant of the sale; None when nothing is kept. `spent_before`: the plan's `spent` of
    the step before.
    """
    cost = remaining.total if remaining else ZERO
    before = sum((line.refunded_before for line in lines.values()), ZERO) + spent_before
    step = paid - cost - before
    kept = _kept_movements(remaining)
    gone = frozenset(standing.keys() - _programs_of(remaining))
    due = {
        one.key: max(one.amount - kept(one), one.due_before)
        for one in movements
        if one.kind in ("earn", "spend")
    }
    due.update(_due_of_gifts(movements, lines, gone, _unsold_cards(movements, remaining)))
    return ReturnPlan(
        refunds=_spread(max(step, ZERO), lines, digits),
        due=due,
        undo=_undo(movements, due),
        gone=gone,
        clawback=max(-step, ZERO),
    )


def part(amount: Decimal, of: Fraction, digits: int) -> Decimal:
    """Return the share of an amount, rounded half up; the whole of it when the share is one."""
    if of == 1:
        return amount
    minor = Fraction(amount) * of * 10**digits
    half_up = int(abs(minor) + Fraction(1, 2))
    return from_minor(half_up if minor >= 0 else -half_up, digits)


def round_down(points: Decimal, digits: int) -> Decimal:
    """Return points with so many decimals at most."""
    return points.quantize(Decimal(1).scaleb(-digits), ROUND_DOWN)


def share(lines: Mapping[str, LineState], weights: Mapping[str, Decimal]) -> Fraction:
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


def _undo(movements: tuple[Movement, ...], due: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return what to undo now: what is due, of some cards no more than is on them."""
    bounds = {one.key: one.room if one.held is None else one.held for one in movements}
    held = {one.card_id: bound for one in movements if (bound := bounds[one.key]) is not None}
    for one in movements:
        if one.kind == "spend" and one.card_id in held:
            held[one.card_id] += max(due[one.key] - one.undone_before, ZERO)
    undo = {}
    for one in movements:
        step = max(due[one.key] - one.undone_before, ZERO)
        if bounds[one.key] is not None:
            step = max(min(step, held[one.card_id]), ZERO)
            held[one.card_id] -= step
        # A kind of points may count fewer decimals today than when the order was sold.
        undo[one.key] = round_down(step, one.digits)
    return undo


def _due_of_gifts(
    movements: tuple[Movement, ...],
    lines: Mapping[str, LineState],
    gone: frozenset[int],
    cards_back: Callable[[int, str, int], int],
) -> dict[int, Decimal]:
    """Return what is due of gift cards and referrals, which come back whole or not at all.

    A gift card sold by a line comes back with a unit of it, the ones with most on them first; a
    card given for the order, and a reward for a referral, when nothing of its program is left.
    `cards_back`: program, line and number of its cards -> how many are to be back by now.
    """
    due: dict[int, Decimal] = {}
    sold: dict[tuple[int, str], list[Movement]] = {}
    for one in movements:
        if one.kind == "issue" and one.line_id in lines:
            sold.setdefault((one.program_id, one.line_id), []).append(one)
        elif one.kind in ("issue", "referral"):
            due[one.key] = one.amount if one.program_id in gone else one.due_before
    for (program_id, line_id), cards in sold.items():
        # Those taken back before stay first.
        cards.sort(key=lambda one: (not one.due_before, -(one.held or ZERO), one.key))
        back = cards_back(program_id, line_id, len(cards))
        for place, one in enumerate(cards):
            due[one.key] = one.amount if place < back else one.due_before
    return due


def _returned_cards(lines: Mapping[str, LineState]) -> Callable[[int, str, int], int]:
    """Count a card back for each whole unit that is back."""

    def count(_program_id: int, line_id: str, cards: int) -> int:
        line = lines[line_id]
        return cards if line.returned == line.qty else min(cards, int(line.returned))

    return count


def _unsold_cards(
    movements: tuple[Movement, ...], remaining: Decision | None
) -> Callable[[int, str, int], int]:
    """Count the cards that the remaining basket would not have sold."""
    kept: dict[tuple[int, str], int] = {}
    for one in remaining.coupons_to_issue if remaining else ():
        for line_id in one.line_ids:
            kept[one.program_id, line_id] = kept.get((one.program_id, line_id), 0) + 1
    return lambda program_id, line_id, cards: max(0, cards - kept.get((program_id, line_id), 0))


def _spread(step: Decimal, lines: Mapping[str, LineState], digits: int) -> dict[str, Decimal]:
    """Split a refund over the lines of this step, by what was paid for the units returned."""
    now = [line for line in lines.values() if line.returned != line.returned_before]
    if not now:
        return {}
    weights = [
        max(to_minor(line.paid * (line.returned - line.returned_before) / line.qty, digits), 0)
        for line in now
    ]
    if not any(weights):
        weights = [1] * len(now)
    parts = allocate(to_minor(step, digits), weights)
    return {line.line_id: from_minor(one, digits) for line, one in zip(now, parts, strict=True)}


def _kept_movements(remaining: Decision | None) -> Callable[[Movement], Decimal]:
    """Return the points that the remaining basket still earns or spends, as a movement has them."""
    kept: dict[tuple[int, str, int | None], Decimal] = {}
    if remaining is not None:
        for one in remaining.points:
            kept[one.program_id, "earn", one.card_id] = one.earned
            kept[one.program_id, "spend", one.card_id] = one.spent
        for paid in remaining.payments:
            kept[paid.program_id, "spend", paid.card_id] = paid.points
    return lambda one: kept.get((one.program_id, one.kind, one.card_id), ZERO)


def _programs_of(decision: Decision | None) -> set[int]:
    """Return the programs that still give something."""
    if decision is None:
        return set()
    return (
        {reward.program_id for reward in decision.rewards}
        | {payment.program_id for payment in decision.payments}
        | {free.program_id for free in decision.free_items}
        | {coupon.program_id for coupon in decision.coupons_to_issue}
        | {points.program_id for points in decision.points if points.earned}
        | {referral.program_id for referral in decision.referrals}
    )
