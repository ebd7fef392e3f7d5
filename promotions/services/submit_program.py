"""Sending a draft for review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.db import lock_rows
from promotions.definitions import read_definitions
from promotions.errors import ProgramArchived, ProgramNotFound
from promotions.models import PromotionProgram
from promotions.programs.completing import complete
from promotions.programs.currencies import read_store_currencies
from promotions.programs.history import note_change


@dataclass(frozen=True, slots=True)
class ProgramSubmitted:
    """A program whose draft waits for somebody to look at it."""

    program_id: int
    state: str
    changed: bool


def submit_program(*, program_id: int, submitted_by: int | None, at: datetime) -> ProgramSubmitted:
    """Ask for a review of the draft: a new program is `review` then, one in force stays in force.

    Publishing it, sending it back or editing it ends the review.
    Raises: ProgramNotFound, ProgramArchived, ProgramIncomplete.
    Writes: promotionprogram, history.
    Safe under: replay, asking again changes nothing; concurrency, by the program's row lock.
    """
    with transaction.atomic():
        locked = lock_rows(PromotionProgram.objects.filter(pk=program_id))
        if not locked:
            raise ProgramNotFound(program=program_id)
        row = locked[0]
        if row.state == "archived":
            raise ProgramArchived(program=program_id, ref=row.ref)
        if row.submitted_at is not None:
            return ProgramSubmitted(program_id, row.state, changed=False)
        complete(read_definitions([program_id])[program_id], read_store_currencies())
        row.submitted_at, row.submitted_by_id = at, submitted_by
        if row.state == "draft":
            row.state = "review"
        row.save(update_fields=["submitted_at", "submitted_by", "state"])
        note_change(program_id, "submitted", by=submitted_by, at=at)
    return ProgramSubmitted(program_id, row.state, changed=True)
