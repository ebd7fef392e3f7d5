"""Taking a program out of force for a while."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.db import lock_rows
from promotions.catalog_version import next_catalog_version
from promotions.errors import ProgramArchived, ProgramNotFound, ProgramNotPublished
from promotions.models import PromotionProgram
from promotions.programs.force import record_paused, take_out_of_force
from promotions.programs.history import note_change


@dataclass(frozen=True, slots=True)
class PausedProgram:
    """A program that is out of force until it is published again."""

    program_id: int
    state: str
    changed: bool


def pause_program(*, program_id: int, at: datetime, paused_by: int | None = None) -> PausedProgram:
    """Take a published program out of force at once; publishing it again resumes it.

    Raises: ProgramNotFound, ProgramArchived, ProgramNotPublished for a draft.
    Writes: programversion, publishedcode, catalogstate, promotionprogram, event ProgramPaused.
    Safe under: replay, pausing again changes nothing; concurrency, by the program's row lock.
    """
    with transaction.atomic():
        locked = lock_rows(PromotionProgram.objects.filter(pk=program_id))
        if not locked:
            raise ProgramNotFound(program=program_id)
        row = locked[0]
        if row.state == "archived":
            raise ProgramArchived(program=program_id)
        if row.state in ("draft", "review"):
            raise ProgramNotPublished(program=program_id)
        if row.state == "paused":
            return PausedProgram(program_id, row.state, changed=False)
        take_out_of_force([program_id], next_catalog_version())
        row.state, row.current_version = "paused", None
        row.save(update_fields=["state", "current_version"])
        record_paused([program_id], at=at)
        note_change(program_id, "paused", by=paused_by, at=at)
    return PausedProgram(program_id, row.state, changed=True)
