"""Finding programs that never apply, always apply together, or take off too much together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from promotions import catalog_store
from promotions.catalog_store import Snapshot
from promotions.conflicts.baskets import filters_of
from promotions.conflicts.findings import Finding, Inspection
from promotions.conflicts.shelf import read_shelf
from promotions.definitions import read_definitions
from promotions.engine.definition import Program
from promotions.errors import ProgramNotFound
from promotions.orders.trial import changed_by
from promotions.programs.completing import complete
from promotions.programs.currencies import read_store_currencies
from promotions.queries import read_coupons_and_usage, read_products

#: Looking at one program takes the engine ten baskets: a few hundred answer within a second.
MOST_PROGRAMS = 300


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was found. `looked_at` of `in_force` programs, the newest first; all, by id."""

    findings: tuple[Finding, ...]
    looked_at: int
    in_force: int
    programs: Mapping[int, Program]
    store_names: Mapping[int, str]


def find_conflicts(
    *, at: datetime, most_share: Decimal, program_id: int | None = None
) -> Conflicts:
    """Look for conflicts among the programs in force; `most_share` in percent of a basket.

    `program_id`: look only at this program, its draft as if it were in force.
    Raises: ProgramNotFound, ProgramIncomplete.
    Writes: nothing.
    Safe under: anything; it reads the catalog in force.
    """
    version, _none = read_products(())
    snapshot = catalog_store.snapshot(version)
    if program_id is not None:
        snapshot = changed_by(_draft(program_id), alone=False)(snapshot)
    programs = snapshot.catalog.programs
    kept = [one for one in programs.values() if not one.is_payment]
    wanted = [one for one in kept if program_id is None or one.id == program_id]
    wanted.sort(key=lambda one: -one.id)
    chosen = wanted[:MOST_PROGRAMS]
    inspection = _inspection(snapshot, chosen, at)
    findings = tuple(
        finding for one in chosen for finding in inspection.look_at(one, most_share=most_share)
    )
    return Conflicts(
        findings=findings,
        looked_at=len(chosen),
        in_force=len(wanted),
        programs=programs,
        store_names={key: store.name for key, store in snapshot.stores_by_id.items()},
    )


def _draft(program_id: int) -> Program:
    """Return the draft as published. Raises: ProgramNotFound, ProgramIncomplete."""
    found = read_definitions([program_id]).get(program_id)
    if found is None:
        raise ProgramNotFound(program=program_id)
    return complete(found, read_store_currencies())


def _inspection(snapshot: Snapshot, chosen: list[Program], at: datetime) -> Inspection:
    stores = [snapshot.stores_by_id[key].facts for key in sorted(snapshot.stores_by_id)]
    shelf = read_shelf(wanted for one in chosen for wanted in filters_of(one))
    limited = snapshot.catalog.limited_program_ids
    used = read_coupons_and_usage(code_keys=(), limited=limited, partner_id=None).usage
    return Inspection(snapshot.catalog, stores, shelf, used, at)
