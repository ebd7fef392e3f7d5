"""Putting a program away for good."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.db import lock_rows
from events.log import Happening, record
from promotions.catalog_version import next_catalog_version
from promotions.errors import ProgramNotFound
from promotions.models import PromotionProgram
from promotions.programs.force import take_out_of_force
from promotions.programs.history import note_change


@dataclass(frozen=True, slots=True)
class ArchivedProgram:
    """A program that can be read, and neither changed nor published any more."""

    program_id: int
    state: str
    changed: bool


def archive_program(
    *, program_id: int, at: datetime, archived_by: int | None = None
) -> ArchivedProgram:
    """Take a program out of force for good; its versions, orders and coupons stay readable.

    Raises: ProgramNotFound.
    Writes: promotionprogram, event ArchivedProgram; if it was in force also programversion,
    publishedcode, catalogstate.
    Safe under: replay, archiving again changes nothing; concurrency, by the program's row lock.
    """
    with transaction.atomic():
        locked = lock_rows(PromotionProgram.objects.filter(pk=program_id))
        if not locked:
            raise ProgramNotFound(program=program_id)
        row = locked[0]
        if row.state == "archived":
            return ArchivedProgram(program_id, row.state, changed=False)
        if row.state == "published":
            take_out_of_force([program_id], next_catalog_version())
        row.state, row.current_version = "archived", None
        row.save(update_fields=["state", "current_version"])
        happening = Happening(
            "ProgramArchived", f"program:{program_id}", {"program_id": program_id}
        )
        record([happening], at=at)
        note_change(program_id, "archived", by=archived_by, at=at)
    return ArchivedProgram(program_id, row.state, changed=True)
