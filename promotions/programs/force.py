"""What is in force, and taking programs out of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from core import codec
from events.log import Happening, record
from promotions.engine.definition import Program
from promotions.models import ProgramVersion, PublishedCode


def take_out_of_force(program_ids: Collection[int], catalog: int) -> int:
    """Close the versions in force of these programs and free their codes; return how many.

    `catalog`: the new catalog version, from which on they count no more. The caller holds the
    catalog counter's lock.
    """
    PublishedCode.objects.filter(program_id__in=program_ids).delete()
    in_force = ProgramVersion.objects.filter(program_id__in=program_ids, catalog_to__isnull=True)
    return in_force.update(catalog_to=catalog)


def finer_in_force(loyalty_program_id: int, point_decimals: int) -> list[str]:
    """Return the names of programs in force that count a kind of points with more decimals."""
    in_force = ProgramVersion.objects.filter(
        catalog_to__isnull=True, definition__loyalty_program_id=loyalty_program_id
    )
    definitions = in_force.order_by("program_id").values_list("definition", flat=True)
    programs = [codec.decode(Program, one) for one in definitions]
    return [one.name for one in programs if one.point_decimals > point_decimals]


def record_paused(program_ids: Iterable[int], *, at: datetime) -> None:
    """Append ProgramPaused for each program."""
    record(
        (Happening("ProgramPaused", f"program:{key}", {"program_id": key}) for key in program_ids),
        at=at,
    )
