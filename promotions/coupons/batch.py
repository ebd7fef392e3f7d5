"""Checking what is to be issued before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core import codes as core_codes
from core.sentences import sentence as _
from promotions.engine.terms import AppliesOn, ProgramType, Trigger
from promotions.errors import (
    CouponsNotForProgram,
    InvalidCoupons,
    ProgramArchived,
    ProgramNotFound,
    TooManyCoupons,
)
from promotions.models import PromotionProgram
from promotions.presets import PRESETS
from promotions.programs.faults import POSITIVE, Fault, as_errors, number_fault

MAX_COUPONS = 1_000
MAX_BATCH = 1_000_000
MAX_PREFIX = 24
MAX_CODE = 64


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that may be issued. `points`: on each code."""

    program_id: int
    is_payment: bool
    loyalty_program_id: int | None
    count: int
    points: Decimal


def check_batch(
    *,
    program_id: int,
    count: int | None,
    codes: Sequence[str] | None,
    points: Decimal | None,
    partner_id: int | None,
    expires_at: datetime | None,
    at: datetime,
    most: int = MAX_COUPONS,
) -> Batch:
    """Return the batch if it may be issued; `most`: codes at once.

    Raises: ProgramNotFound, ProgramArchived, CouponsNotForProgram, TooManyCoupons,
    InvalidCoupons with all faults.
    """
    program = PromotionProgram.objects.filter(pk=program_id).first()
    if program is None:
        raise ProgramNotFound(program=program_id)
    _refuse_program(program)
    asked = count if count is not None else len(codes or ())
    if asked > most:
        raise TooManyCoupons(asked=asked, most=most)
    is_payment = PRESETS[ProgramType(program.program_type)].is_payment
    faults = _count_faults(count, codes)
    faults += _code_faults(codes or ())
    if points is None:
        points = _usual_points(program, faults, is_payment=is_payment)
    else:
        fault = number_fault("/points", points, POSITIVE)
        faults += [fault] if fault else []
    # A coupon may have expired already: that is how those of another system are brought along.
    if is_payment and expires_at is not None and expires_at <= at:
        faults.append(Fault("/expires_at", "in_the_past", _("This lies in the past.")))
    if program.program_type == ProgramType.EWALLET and (partner_id is None or asked != 1):
        detail = _("An e-wallet is opened for one member: name the partner, and one code.")
        faults.append(Fault("/partner", "required", detail))
    if faults:
        raise InvalidCoupons(errors=as_errors(faults))
    return Batch(program_id, is_payment, program.loyalty_program_id, asked, points)


def _refuse_program(program: PromotionProgram) -> None:
    if program.state == "archived":
        raise ProgramArchived(program=program.pk)
    if not takes_coupons(program.program_type, program.trigger, program.applies_on):
        raise CouponsNotForProgram(program=program.pk, program_type=program.program_type)


def check_prefix(prefix: str) -> str:
    """Return what stands in front of generated codes. Raises: InvalidCoupons."""
    kept = prefix.strip()
    unfit = len(kept) > MAX_PREFIX or not kept.isprintable() or not core_codes.normalise(kept)
    if kept and unfit:
        detail = _("At most %(most)s characters, not only spaces and dashes.")
        fault = Fault("/prefix", "invalid", detail % {"most": MAX_PREFIX})
        raise InvalidCoupons(errors=as_errors([fault]))
    return kept


def takes_coupons(program_type: str, trigger: str, applies_on: str) -> bool:
    """Tell whether coupons or cards of such a program could ever be used."""
    if PRESETS[ProgramType(program_type)].is_payment:
        return True
    # Its points live on members' cards, or for the order that makes them: no code can hold any.
    by_itself = trigger == Trigger.AUTO and applies_on == AppliesOn.CURRENT
    return not (program_type == ProgramType.LOYALTY or by_itself)


def _usual_points(program: PromotionProgram, faults: list[Fault], *, is_payment: bool) -> Decimal:
    """Return what the cheapest reward costs, so that a coupon is worth at least one."""
    if is_payment:
        faults.append(Fault("/points", "required", _("Say what the card is worth.")))
        return Decimal(0)
    costs = list(program.rewards.values_list("required_points", flat=True))
    return min(costs, default=Decimal(1))


def _count_faults(count: int | None, codes: Sequence[str] | None) -> list[Fault]:
    if (count is None) == (codes is None):
        return [Fault("", "one_of_two", _("Give either count or codes."))]
    if count is not None and count < 1:
        return [Fault("/count", "out_of_range", _("Issue at least one."))]
    if codes is not None and not codes:
        return [Fault("/codes", "required", _("Give at least one code."))]
    return []


def _code_faults(codes: Sequence[str]) -> list[Fault]:
    faults, seen = [], set[str]()
    for index, code in enumerate(codes):
        key = core_codes.normalise(code)
        # Upper case can be longer than what was typed.
        if not key or max(len(code.strip()), len(key)) > MAX_CODE or not code.isprintable():
            detail = _("A code has 1 to 64 characters, not only spaces and dashes.")
            faults.append(Fault(f"/codes/{index}", "invalid", detail))
        elif key in seen:
            detail = _("“%(code)s” is given twice; case, spaces and dashes do not count.")
            faults.append(Fault(f"/codes/{index}", "duplicate", detail % {"code": code}))
        seen.add(key)
    return faults
