"""The trace: what became of every program considered, and each arithmetic step, as data."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from promotions.engine.amounts import money, number
from promotions.engine.combine import retrace
from promotions.engine.decision import ProgramTrace, TraceStep
from promotions.engine.outcome import Outcome
from promotions.engine.points import gross_points
from promotions.engine.propose import Considered
from promotions.engine.rewards.reward import Taken
from promotions.engine.rules import named_products
from promotions.engine.shares import LineShares
from promotions.engine.standing import Step
from promotions.engine.terms import Outcome as Word


def write_trace(outcome: Outcome, line_ids: Sequence[str]) -> tuple[ProgramTrace, ...]:
    """Return the trace: programs by id, their steps in the order of application.

    The steps are found by taking the rewards of the decision once more, so that a decision
    without a trace pays nothing for it.
    """
    lines = LineShares(outcome.case.basket, line_ids)
    steps: dict[int, list[TraceStep]] = {}
    for taken, noted in retrace(outcome.found, outcome.proposal.turns(), outcome.start):
        written = steps.setdefault(taken.turn.program_id, [])
        written += [_step(taken, step, lines, outcome) for step in noted]
    for paid in outcome.payments:
        amount = money(paid.amount, outcome.case.basket.digits)
        steps.setdefault(paid.program.id, []).append(
            TraceStep(
                paid.program.id, paid.reward.id, "payment", number(paid.points),
                Decimal(1), amount, amount, number(paid.points),
            )
        )  # fmt: skip
    return tuple(
        _program(one, outcome, tuple(steps.get(one.program.id, ())))
        for one in outcome.proposal.considered
    )


def _program(one: Considered, outcome: Outcome, steps: tuple[TraceStep, ...]) -> ProgramTrace:
    word, reason = outcome.of(one)
    missing = None if word is Word.APPLIED else outcome.missing(one)
    digits = outcome.case.basket.digits
    points = gross_points(one.starting, outcome.case.matcher, one.program.point_unit)
    return ProgramTrace(
        one.program.id,
        one.program.definition.version_id,
        word,
        reason,
        number(outcome.earned.base.get(one.program.id, points)),
        None if missing is None or missing.amount is None else money(missing.amount, digits),
        None if missing is None or missing.qty is None else number(missing.qty),
        steps,
        () if missing is None or missing.qty is None else named_products(missing.rule),
    )


def _step(taken: Taken, step: Step, lines: LineShares, outcome: Outcome) -> TraceStep:
    digits = outcome.case.basket.digits
    numerator, denominator = step.exact
    return TraceStep(
        taken.turn.program_id,
        taken.turn.reward.id,
        step.operation,
        number(step.basis) if step.operation == "free_units" else money(step.basis, digits),
        number(step.rate),
        (Decimal(numerator) / Decimal(denominator)).scaleb(-digits).normalize() + 0,
        money(step.rounded, digits),
        number(step.cost),
        lines.of(step.parts),
    )
