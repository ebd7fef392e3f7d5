"""What is wrong with something that was sent, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from core.sentences import sentence as _

MONEY_DIGITS = 14
POINT_DIGITS = 14
QTY_DIGITS = 10
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `pointer`: JSON pointer (RFC 6901) into the body; `detail`: a sentence."""

    pointer: str
    code: str
    detail: str


def as_errors(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Return faults as the API lists them."""
    return [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults]


class Range(NamedTuple):
    """What a number may be: above or from `least`, to `most`, with so many whole digits."""

    whole_digits: int = MONEY_DIGITS
    least: Decimal = Decimal(0)
    open: bool = True
    most: Decimal | None = None


POSITIVE = Range()
NOT_NEGATIVE = Range(open=False)
POSITIVE_QTY = Range(QTY_DIGITS)
QTY_NOT_NEGATIVE = Range(QTY_DIGITS, open=False)
PERCENT = Range(most=Decimal(100))


def number_fault(pointer: str, number: Decimal, allowed: Range) -> Fault | None:
    """Return what is wrong with a number, or None."""
    if not number.is_finite() or number.adjusted() >= allowed.whole_digits:
        return Fault(
            pointer,
            "out_of_range",
            _("At most %(digits)s digits before the point.") % {"digits": allowed.whole_digits},
        )
    if number != round(number, _DECIMALS):
        return Fault(pointer, "too_precise", _("At most 4 decimals."))
    if number < allowed.least or (allowed.open and number == allowed.least):
        detail = _("Must be above %(least)s.") if allowed.open else _("Must be at least %(least)s.")
        return Fault(pointer, "out_of_range", detail % {"least": allowed.least})
    if allowed.most is not None and number > allowed.most:
        return Fault(
            pointer, "out_of_range", _("Must be at most %(most)s.") % {"most": allowed.most}
        )
    return None
