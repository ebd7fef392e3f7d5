"""A draft as publishing would make it: complete, free of contradictions, in a currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from promotions.engine.definition import Program
from promotions.errors import ProgramIncomplete
from promotions.programs.checks import contradictions, gaps
from promotions.programs.currencies import settle_currency
from promotions.programs.faults import as_errors


def complete(program: Program, stores: Mapping[int, str]) -> Program:
    """Return the program with its currency settled; `stores`: currencies by point of sale.

    Raises: ProgramIncomplete, with everything that is missing or contradicts.
    """
    settled = settle_currency(program, stores)
    faults = [*contradictions(program), *gaps(program), *settled.faults]
    if faults:
        raise ProgramIncomplete(program=program.id, ref=program.ref, missing=as_errors(faults))
    return replace(program, currency=settled.currency)


def as_told(program: Program, stores: Mapping[int, str]) -> Program:
    """Return a draft with its currency as publishing would settle it, to show beside a version.

    Nothing is refused.
    """
    return replace(program, currency=settle_currency(program, stores).currency)
