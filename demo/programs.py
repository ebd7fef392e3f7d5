"""Making the programs of a demo, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from core.numbers import decimal_hook
from promotions import catalog_store
from promotions.catalog_store import Snapshot
from promotions.engine.definition import Program
from promotions.errors import ProgramRefTaken
from promotions.models import PromotionProgram
from promotions.programs.body import ProgramInput
from promotions.queries import read_products
from promotions.services.publish_programs import publish_programs
from promotions.services.save_program import save_program


def programs_in_force() -> Snapshot:
    """Return the catalog in force."""
    version, _none = read_products(())
    return catalog_store.snapshot(version)


def ensure_programs(bodies: Iterable[Mapping[str, Any]], *, at: datetime) -> dict[str, int]:
    """Make and publish the programs that are not there; return the ids of the new ones by ref.

    A program that is there is left as it is, whatever staff made of it since. Only a draft that
    nobody edited is one of ours that was never published: a run before was stopped on the way.
    """
    made: dict[str, int] = {}
    held = programs_in_force().program_ids_by_ref
    drafts = _own_drafts()
    for body in bodies:
        if body["ref"] in held:
            continue
        data = msgspec.convert(body, ProgramInput, dec_hook=decimal_hook)
        try:
            saved = save_program(program_id=None, data=data, edited_by=None, at=at)
        except ProgramRefTaken:
            if body["ref"] in drafts:
                made[body["ref"]] = drafts[body["ref"]]
            continue  # else paused, archived, or a draft of staff
        made[body["ref"]] = saved.program_id
    if made:
        publish_programs(program_ids=list(made.values()), published_by=None, at=at)
    return made


def _own_drafts() -> dict[str, int]:
    """Return the drafts that no user ever touched and that were never published, by reference."""
    rows = PromotionProgram.objects.filter(state="draft", current_version=None, ref__isnull=False)
    untouched = rows.exclude(changes__by__isnull=False)
    return {ref: key for ref, key in untouched.values_list("ref", "pk") if ref is not None}


def program_in_force(ref: str) -> Program | None:
    """Return the program with this reference, if it is in force."""
    snapshot = programs_in_force()
    program_id = snapshot.program_ids_by_ref.get(ref)
    return snapshot.catalog.programs[program_id] if program_id is not None else None
