"""Putting many programs in force at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from core import codec
from core.db import lock_rows
from events.log import Happening, record
from loyalty.terms_in_force import hold_terms
from promotions.catalog_version import next_catalog_version
from promotions.definitions import read_definitions
from promotions.engine.definition import Program
from promotions.errors import ProgramArchived, ProgramNotFound, SecondPersonNeeded
from promotions.models import ProgramUsage, ProgramVersion, PromotionProgram
from promotions.programs.completing import complete
from promotions.programs.currencies import read_store_currencies
from promotions.programs.force import record_paused, take_out_of_force
from promotions.programs.history import editors_since_published, note_published
from promotions.programs.published_codes import replace_codes

_BATCH = 2_000
_IDS = """
SELECT nextval(pg_get_serial_sequence('promotions_programversion', 'id'))
FROM generate_series(1, %s)
"""
_MARK_PUBLISHED = """
UPDATE promotions_promotionprogram p
SET state = 'published', current_version_id = v.id, submitted_at = NULL, submitted_by_id = NULL
FROM promotions_programversion v
WHERE v.program_id = p.id AND v.catalog_to IS NULL AND p.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class ProgramPublished:
    """What is in force now. `version_id`, `number` None: the program is switched off.

    `changed` False: this very definition was in force already, and no version was made.
    """

    program_id: int
    state: str
    version_id: int | None
    number: int | None
    changed: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A locked program with the definition to publish, and the version in force."""

    row: PromotionProgram
    program: Program
    version: ProgramVersion | None

    @property
    def is_going(self) -> bool:
        """Tell whether a new version is to be made."""
        if self.version is None or not self.row.active:
            return self.row.active
        as_it_would_be = replace(self.program, version_id=self.version.pk)
        return bool(self.version.definition != codec.encode(as_it_would_be))

    @property
    def is_stopping(self) -> bool:
        """Tell whether it was switched off while in force."""
        return self.version is not None and not self.row.active


def publish_programs(
    *, program_ids: Collection[int], published_by: int | None, at: datetime
) -> list[ProgramPublished]:
    """Put the drafts of programs in force as new versions, all or none; a paused one resumes.

    One catalog version for all; none if nothing changes. A program that is not `active` is
    taken out of force instead. Answers in the order of ids.
    Raises: ProgramNotFound, ProgramArchived, ProgramIncomplete, CodeTaken, SecondPersonNeeded.
    Writes: programversion, publishedcode, catalogstate, programusage, history; events.
    Safe under: concurrency, by the row locks of the programs, of their kinds of points and then of
    the catalog counter.
    """
    with transaction.atomic():
        candidates = _candidates(program_ids)
        going = [one for one in candidates if one.is_going]
        stopping = [one.row.pk for one in candidates if one.is_stopping]
        made: dict[int, ProgramVersion] = {}
        _refuse_own_edits(going, published_by)
        if going or stopping:
            catalog = next_catalog_version()
            take_out_of_force([*stopping, *(one.row.pk for one in going)], catalog)
            made = _put_in_force(going, catalog, published_by, at)
        note_published(made.values())
        _keep_paused([one.row for one in candidates if not one.row.active])
        _record(made.values(), stopping, at)
    return [_answer(one, made.get(one.row.pk)) for one in candidates]


def _candidates(program_ids: Collection[int]) -> list[_Candidate]:
    """Lock the programs and return what each would publish; refuse if one cannot."""
    wanted = sorted(set(program_ids))
    rows = lock_rows(PromotionProgram.objects.filter(pk__in=wanted))
    if len(rows) < len(wanted):
        found = {row.pk for row in rows}
        raise ProgramNotFound(program=next(key for key in wanted if key not in found))
    kinds = {row.loyalty_program_id for row in rows if row.loyalty_program_id is not None}
    if kinds:
        hold_terms(kinds)
    # Read by a statement of its own: one that waited for the locks is older than what it got.
    in_force = ProgramVersion.objects.filter(program_id__in=wanted, catalog_to__isnull=True)
    versions = {version.program_id: version for version in in_force}
    drafts = read_definitions(wanted)
    stores = read_store_currencies()
    candidates = []
    for row in rows:
        if row.state == "archived":
            raise ProgramArchived(program=row.pk, ref=row.ref)
        program = complete(drafts[row.pk], stores)
        candidates.append(_Candidate(row, program, versions.get(row.pk)))
    return candidates


def _refuse_own_edits(going: Sequence[_Candidate], published_by: int | None) -> None:
    """Refuse that who edited a draft puts it in force, where the shop wants a second person."""
    if not settings.TWO_PERSON_RULE or published_by is None:
        return
    editors = editors_since_published([one.row.pk for one in going])
    for one in going:
        if published_by in editors.get(one.row.pk, ()):
            raise SecondPersonNeeded(program=one.row.pk, ref=one.row.ref)


def _put_in_force(
    going: Sequence[_Candidate], catalog: int, published_by: int | None, at: datetime
) -> dict[int, ProgramVersion]:
    """Insert the versions with their codes and counters; return them by program."""
    if not going:
        return {}
    replace_codes([one.program for one in going], at=at)
    keys = [one.row.pk for one in going]
    numbers: dict[int, int] = dict(
        ProgramVersion.objects.filter(program_id__in=keys)
        .order_by()
        .values_list("program_id")
        .annotate(Max("number"))
    )
    versions = [
        ProgramVersion(
            id=version_id,
            program_id=one.row.pk,
            number=numbers.get(one.row.pk, 0) + 1,
            definition=codec.encode(replace(one.program, version_id=version_id)),
            catalog_from=catalog,
            published_at=at,
            published_by_id=published_by,
        )
        for one, version_id in zip(going, _new_ids(len(going)), strict=True)
    ]
    ProgramVersion.objects.bulk_create(versions, batch_size=_BATCH)
    with connection.cursor() as cursor:
        cursor.execute(_MARK_PUBLISHED, (keys,))
    # Counters are kept when a limit is lifted, so that one set again goes on counting.
    ProgramUsage.objects.bulk_create(
        (ProgramUsage(program_id=one.row.pk) for one in going if _is_counted(one.program)),
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    return {version.program_id: version for version in versions}


def _new_ids(count: int) -> list[int]:
    """Return ids for new versions: a definition holds its own version's id."""
    with connection.cursor() as cursor:
        cursor.execute(_IDS, (count,))
        return [row[0] for row in cursor.fetchall()]


def _is_counted(program: Program) -> bool:
    return program.limit_usage is not None or program.budget is not None


def _keep_paused(rows: Sequence[PromotionProgram]) -> None:
    """Mark switched-off programs as paused."""
    if rows:
        PromotionProgram.objects.filter(pk__in=[row.pk for row in rows]).update(
            state="paused", current_version=None, submitted_at=None, submitted_by=None
        )


def _record(made: Iterable[ProgramVersion], stopped: Sequence[int], at: datetime) -> None:
    """Append an event for every program that changed."""
    record(
        (
            Happening(
                "ProgramPublished",
                f"program:{version.program_id}",
                {
                    "program_id": version.program_id,
                    "version_id": version.pk,
                    "number": version.number,
                    "catalog_version": version.catalog_from,
                },
            )
            for version in made
        ),
        at=at,
    )
    record_paused(stopped, at=at)


def _answer(one: _Candidate, made: ProgramVersion | None) -> ProgramPublished:
    if not one.row.active:
        return ProgramPublished(one.row.pk, "paused", None, None, changed=one.row.state != "paused")
    version = made or one.version
    assert version is not None  # in force already, or made just now
    return ProgramPublished(
        one.row.pk, "published", version.pk, version.number, changed=made is not None
    )
