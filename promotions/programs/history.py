"""The history of programs: written by the services that change them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from core import codec
from promotions.comparison import Difference, compare_programs
from promotions.engine.definition import Program
from promotions.models import ProgramChange, ProgramVersion
from promotions.models.change import EDITS, SETTLED
from promotions.programs.completing import as_told
from promotions.programs.currencies import read_store_currencies


def note_change(
    program_id: int,
    action: str,
    *,
    by: int | None,
    at: datetime,
    draft: Program | None = None,
    version_id: int | None = None,
    note: str = "",
) -> None:
    """Add a row to a program's history, in the caller's transaction. `draft`: after the change."""
    ProgramChange.objects.create(
        program_id=program_id,
        action=action,
        by_id=by,
        at=at,
        definition=None if draft is None else codec.encode(draft),
        version_id=version_id,
        note=note,
    )


def note_published(versions: Iterable[ProgramVersion]) -> None:
    """Add the publications to the history; the versions themselves hold what was published."""
    ProgramChange.objects.bulk_create(
        (
            ProgramChange(
                program_id=version.program_id,
                action="published",
                by_id=version.published_by_id,
                at=version.published_at,
                version_id=version.pk,
            )
            for version in versions
        ),
        batch_size=2_000,
    )


def editors_since_published(program_ids: Collection[int]) -> Mapping[int, set[int]]:
    """Return who edited each draft since it was last published or rolled back; two statements."""
    rows = ProgramChange.objects.filter(program_id__in=program_ids).order_by("id")
    settled: dict[int, int] = dict(
        rows.filter(action__in=SETTLED).values_list("program_id", "id")  # the last one stays
    )
    editors: dict[int, set[int]] = {}
    edits = rows.filter(action__in=EDITS, by__isnull=False)
    for key, program_id, user_id in edits.values_list("id", "program_id", "by_id"):
        if key > settled.get(program_id, 0):
            editors.setdefault(program_id, set()).add(user_id)
    return editors


def differences_of(change: ProgramChange) -> tuple[Difference, ...]:
    """Return what an edit changed, against the draft before it; nothing for other actions."""
    if change.definition is None:
        return ()
    earlier = ProgramChange.objects.filter(program_id=change.program_id, pk__lt=change.pk)
    last = earlier.filter(Q(definition__isnull=False) | Q(action="rolled_back")).first()
    if last is None:
        return ()
    stored = last.definition
    if stored is None:
        assert last.version is not None  # it went back to this one
        stored = last.version.definition
    stores = read_store_currencies()
    before, after = (
        as_told(codec.decode(Program, one), stores) for one in (stored, change.definition)
    )
    return compare_programs(before, after).differences
