"""The trace: what became of every program considered, in numbers that can be checked by hand."""

from __future__ import annotations

from decimal import Decimal

from promotions.engine.decision import ProgramTrace
from promotions.engine.terms import Outcome, Reason
from promotions.engine.wallet import Wallet
from tests.promotions.engine.shop import (
    cart,
    cheapest,
    decide,
    fixed,
    free,
    line,
    loyalty,
    per_unit,
    percent,
    program,
    rule,
)


def test_there_is_no_trace_unless_it_is_asked_for() -> None:
    assert decide(cart(line(1)), program(percent(10))).trace is None


def test_every_step_shows_basis_rate_rounding_and_shares() -> None:
    basket = cart(line(1, 1, "10.05"), line(2, 1, "4.99"))
    decision = decide(
        basket, [program(percent("12.5"), id=1), program(fixed(2), id=2)], explain=True
    )
    assert decision.trace is not None
    first, second = decision.trace
    (step,) = first.steps
    assert (step.operation, step.basis, step.rate) == ("percent", Decimal("15.04"), Decimal("12.5"))
    assert (step.exact, step.rounded) == (Decimal("1.88"), Decimal("1.88"))
    assert sum(share.amount for share in step.shares) == step.rounded
    assert (second.steps[0].basis, second.steps[0].rounded) == (Decimal("13.16"), 2)


def test_the_exact_amount_is_shown_before_rounding() -> None:
    decision = decide(cart(line(1, 1, "17.50")), program(percent(5)), explain=True)
    assert decision.trace is not None
    (step,) = decision.trace[0].steps
    assert (step.exact, step.rounded) == (Decimal("0.875"), Decimal("0.88"))


def outcomes(decision_trace: tuple[ProgramTrace, ...] | None) -> dict[int, tuple[str, str | None]]:
    assert decision_trace is not None
    return {one.program_id: (one.outcome.value, one.reason) for one in decision_trace}


def test_every_program_considered_says_what_became_of_it() -> None:
    offers = [
        program(percent(10), id=1, exclusion_group="order"),
        program(percent(5), id=2, exclusion_group="order"),
        program(percent(10), rule(minimum_amount=300), id=3),
        program(percent(10), rule(minimum_qty=4, products=[1]), id=4),
        program([percent(10), cheapest(10)], id=5),
        program(free(1, 2), id=6),
        program(free(7, required=9), per_unit(), id=7),
        loyalty(fixed(1, required=999), id=8),
        program(fixed(1, 3), id=9),
    ]
    decision = decide(cart(line(1, 2, 50), partner_id=5), offers, explain=True)
    assert outcomes(decision.trace) == {
        1: (Outcome.APPLIED, None),
        2: (Outcome.PASSED_OVER, Reason.NOT_COMBINABLE),
        3: (Outcome.PASSED_OVER, Reason.BELOW_MINIMUM_AMOUNT),
        4: (Outcome.PASSED_OVER, Reason.BELOW_MINIMUM_QTY),
        5: (Outcome.OFFERED, Reason.WAITS_FOR_CLAIM),
        6: (Outcome.OFFERED, Reason.CHOICE_REQUIRED),
        7: (Outcome.PASSED_OVER, Reason.NOT_ENOUGH_POINTS),
        8: (Outcome.APPLIED, None),
        9: (Outcome.PASSED_OVER, Reason.NOTHING_TO_DISCOUNT),
    }
    assert decision.trace is not None
    assert (decision.trace[2].missing_amount, decision.trace[3].missing_qty) == (200, 2)
    assert [one.program_id for one in decision.trace] == list(range(1, 10))


def test_programs_without_a_card_or_customer_are_passed_over() -> None:
    club = loyalty(fixed(1), rule(minimum_amount=99), id=1)
    with_member = decide(cart(line(1), partner_id=5), club, Wallet(), explain=True)
    assert outcomes(with_member.trace) == {1: (Outcome.PASSED_OVER, Reason.BELOW_MINIMUM_AMOUNT)}
    without = decide(cart(line(1)), club, explain=True)
    assert outcomes(without.trace) == {1: (Outcome.PASSED_OVER, Reason.CUSTOMER_REQUIRED)}
