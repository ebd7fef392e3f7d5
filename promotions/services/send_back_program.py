"""Sending a draft back to who made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.db import lock_rows
from promotions.errors import ProgramNotFound
from promotions.models import PromotionProgram
from promotions.programs.history import note_change
from promotions.programs.review import take_back_from_review


@dataclass(frozen=True, slots=True)
class ProgramSentBack:
    """A program whose draft is no longer under review."""

    program_id: int
    state: str
    changed: bool


def send_back_program(
    *, program_id: int, sent_back_by: int | None, note: str = "", at: datetime
) -> ProgramSentBack:
    """End the review of a draft without publishing it; `note` (400 characters) says why.

    Raises: ProgramNotFound.
    Writes: promotionprogram, history.
    Safe under: replay, a draft that is not under review stays as it is; concurrency, by row lock.
    """
    with transaction.atomic():
        locked = lock_rows(PromotionProgram.objects.filter(pk=program_id))
        if not locked:
            raise ProgramNotFound(program=program_id)
        row = locked[0]
        if row.submitted_at is None:
            return ProgramSentBack(program_id, row.state, changed=False)
        take_back_from_review(row)
        row.save(update_fields=["submitted_at", "submitted_by", "state"])
        note_change(program_id, "sent_back", by=sent_back_by, at=at, note=note[:400])
    return ProgramSentBack(program_id, row.state, changed=True)
