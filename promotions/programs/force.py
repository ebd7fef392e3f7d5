"""Taking programs out of force."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from events.log import Happening, record
from promotions.models import ProgramVersion, PublishedCode


def take_out_of_force(program_ids: Collection[int], catalog: int) -> int:
    """Close the versions in force of these programs and free their codes; return how many.

    `catalog`: the new catalog version, from which on they count no more. The caller holds the
    catalog counter's lock.
    """
    PublishedCode.objects.filter(program_id__in=program_ids).delete()
    in_force = ProgramVersion.objects.filter(program_id__in=program_ids, catalog_to__isnull=True)
    return in_force.update(catalog_to=catalog)


def record_paused(program_ids: Iterable[int], *, at: datetime) -> None:
    """Append ProgramPaused for each program."""
    record(
        (Happening("ProgramPaused", f"program:{key}", {"program_id": key}) for key in program_ids),
        at=at,
    )
