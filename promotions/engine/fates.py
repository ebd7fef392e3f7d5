"""What became of each code and each claim, with a reason from the closed list."""

from __future__ import annotations

from core.codes import normalise
from promotions.engine.codes import Entry
from promotions.engine.decision import CodeFate, Hint
from promotions.engine.outcome import Outcome
from promotions.engine.propose import Considered
from promotions.engine.rules import rule_shortfall, unmet_condition
from promotions.engine.terms import CodeStatus, Reason


def code_fates(outcome: Outcome) -> tuple[CodeFate, ...]:
    """Return one fate per code entered, spelled and ordered as it was entered."""
    case = outcome.case
    if not case.cart.codes:
        return ()
    by_program = {one.program.id: one for one in outcome.proposal.considered}
    fates = []
    for code in case.cart.codes:
        entry = case.entries[normalise(code)]
        reason = _reason(entry, outcome, by_program)
        status = CodeStatus.APPLIED if reason is None else CodeStatus.REJECTED
        program_id = entry.programs[0].id if entry.programs else None
        fates.append(CodeFate(code, status, reason, program_id))
    return tuple(fates)


def refused_claims(outcome: Outcome) -> tuple[Hint, ...]:
    """Return the claims that were refused or cut back, in the order they were made."""
    claims = outcome.case.cart.claims
    if not claims:
        return ()
    refused: dict[int, Reason] = {}
    for index, reason in outcome.proposal.refused:
        refused.setdefault(index, reason)
    took = {id(taken.turn) for taken in outcome.found.taken}
    for turn in outcome.proposal.turns():
        if turn.claim is not None and id(turn) not in took:
            refused.setdefault(turn.claim, outcome.of_candidate(turn.candidate))
    return tuple(
        Hint(claims[index].program_id, refused[index], reward_id=claims[index].reward_id)
        for index in sorted(refused)
    )


def _reason(entry: Entry, outcome: Outcome, by_program: dict[int, Considered]) -> Reason | None:
    """Return why a code gave nothing, None if it did something."""
    if entry.reason is not None:
        return entry.reason
    if entry.coupon is not None:
        return _coupon_reason(entry, outcome, by_program[entry.coupon.program_id])
    if entry.card is not None:
        if any(paid.card.id == entry.card.id for paid in outcome.payments):
            return None
        return _card_reason(entry, outcome, by_program)
    reasons = [_program_reason(entry, outcome, by_program[one.id]) for one in entry.programs]
    return None if None in reasons else reasons[0]


def _program_reason(entry: Entry, outcome: Outcome, one: Considered) -> Reason | None:
    """Return why a rule's code or a referral gave nothing in one program."""
    if one.reason is not None or one.used_up is not None:
        return one.reason or one.used_up
    if entry.referral is None:
        rules = [rule for rule in one.program.rules if rule.code == entry.key]
        missing = [rule_shortfall(rule, outcome.case) for rule in rules]
        if None not in missing and missing[0] is not None:
            return missing[0].reason
    elif not one.starting:
        return _why_no_condition_holds(one, outcome)
    return outcome.of(one)[1]


def _coupon_reason(entry: Entry, outcome: Outcome, one: Considered) -> Reason | None:
    if one.reason is not None:
        return one.reason
    coupon = entry.coupon
    if any(taken.coupon is coupon for taken in outcome.taken_by):
        return None
    for candidate in one.candidates:
        if candidate.coupon is coupon:
            return outcome.of_candidate(candidate)
    for candidate in one.sources:
        if candidate.coupon is coupon:
            return outcome.waits(one)
    return _why_no_condition_holds(one, outcome)


def _why_no_condition_holds(one: Considered, outcome: Outcome) -> Reason:
    missing = unmet_condition(one.program, outcome.case)
    return Reason.MEMBERSHIP_REQUIRED if missing is None else missing.reason


def _card_reason(
    entry: Entry, outcome: Outcome, by_program: dict[int, Considered]
) -> Reason | None:
    """Return why a card paid nothing; a points card that was merely shown is no payment."""
    if any(one.id in outcome.applied for one in entry.programs if not one.is_payment):
        return None
    paying = [by_program[one.id] for one in entry.programs if one.is_payment]
    if not paying:
        return Reason.WAITS_FOR_CLAIM
    return next((one.reason for one in paying if one.reason), Reason.NOTHING_TO_DISCOUNT)
