"""Taking over programs from a file that `export` wrote, or that a script made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import UnsetType

from promotions.errors import InvalidProgram
from promotions.models import PromotionProgram
from promotions.programs.body import ProgramInput
from promotions.programs.faults import Fault, as_errors
from promotions.services.save_program import save_program


@dataclass(frozen=True, slots=True)
class ProgramsImported:
    """Ids in the order of the file: of programs made, and of drafts changed."""

    made: tuple[int, ...]
    changed: tuple[int, ...]


def import_programs(
    *, programs: Sequence[ProgramInput], imported_by: int | None, at: datetime
) -> ProgramsImported:
    """Make or change drafts, found by their reference; nothing is published.

    Raises: InvalidProgram with the faults of every program (`/programs/3/name`), or what
    save_program refuses of the first that it refuses otherwise.
    Writes: what save_program writes, for all programs or for none.
    Safe under: replay, a file taken twice changes the same drafts; concurrency, by row locks.
    """
    made, changed, faults = list[int](), list[int](), list[Fault]()
    with transaction.atomic():
        known = _by_ref(programs)
        for place, one in enumerate(programs):
            key = None if isinstance(one.ref, UnsetType) else known.get(one.ref or "")
            try:
                saved = save_program(program_id=key, data=one, edited_by=imported_by, at=at)
            except InvalidProgram as error:
                faults += [_at(place, fault) for fault in error.facts["errors"]]  # type: ignore[attr-defined]
                continue
            (made if key is None else changed).append(saved.program_id)
        if faults:
            raise InvalidProgram(errors=as_errors(faults))
    return ProgramsImported(tuple(made), tuple(changed))


def _by_ref(programs: Sequence[ProgramInput]) -> dict[str, int]:
    """Return the ids of the programs that exist; refuse a reference that the file has twice."""
    refs = [one.ref for one in programs if not isinstance(one.ref, UnsetType) and one.ref]
    faults = [
        Fault(f"/programs/{place}/ref", "duplicate", _("The file has this reference twice."))
        for place, ref in enumerate(refs)
        if ref in refs[:place]
    ]
    if faults:
        raise InvalidProgram(errors=as_errors(faults))
    found = PromotionProgram.objects.filter(ref__in=refs).values_list("ref", "pk")
    return {ref: key for ref, key in found if ref is not None}


def _at(place: int, fault: dict[str, str]) -> Fault:
    return Fault(f"/programs/{place}{fault['pointer']}", fault["code"], fault["detail"])
