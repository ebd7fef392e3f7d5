"""One immutable catalog per version number, the last one kept in each process.

A quote learns the version in force with its product prices, in the statement it needs anyway,
and asks here for that version: what was published by any process is seen by the next quote of
every process, and no statement is spent on finding out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import orjson
from django.db import connection

from core import codec
from core.money import currency_digits
from loyalty import queries as loyalty_queries
from promotions.engine.cart import PosFacts
from promotions.engine.catalog import Catalog
from promotions.engine.definition import Program
from promotions.engine.terms import Rounding
from promotions.models import PosConfig

_IN_FORCE = """
SELECT s.version, v.id, v.definition
FROM promotions_catalogstate s
LEFT JOIN promotions_programversion v ON v.catalog_from <= s.version AND v.catalog_to IS NULL
"""
_CHANGED = """
SELECT s.version, v.program_id, v.definition, v.catalog_to IS NULL
FROM promotions_catalogstate s
LEFT JOIN promotions_programversion v ON v.catalog_from > %(known)s OR v.catalog_to > %(known)s
"""
_BETWEEN = """
SELECT program_id, definition,
       catalog_from <= %(version)s AND (catalog_to IS NULL OR catalog_to > %(version)s)
FROM promotions_programversion
WHERE (catalog_from > %(low)s AND catalog_from <= %(high)s)
   OR (catalog_to > %(low)s AND catalog_to <= %(high)s)
"""
_OF_VERSION = """
SELECT definition FROM promotions_programversion
WHERE catalog_from <= %(version)s AND (catalog_to IS NULL OR catalog_to > %(version)s)
"""


@dataclass(frozen=True, slots=True)
class Store:
    """A point of sale as quotes and returns need it."""

    facts: PosFacts
    name: str
    return_policy: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A catalog version with what is needed to read a request and to name things in an answer."""

    catalog: Catalog
    stores_by_ref: Mapping[str, Store]
    stores_by_id: Mapping[int, Store]
    points_refs: Mapping[int, str]
    program_ids_by_ref: Mapping[str, int]

    @property
    def version(self) -> int:
        """The catalog version number."""
        return self.catalog.version


_latest: Snapshot | None = None
# What offline tills sold is decided by versions of the last days, many orders by the same few.
_past: dict[int, Snapshot] = {}
_MOST_PAST = 4
_loading = threading.Lock()


def snapshot(version: int) -> Snapshot:
    """Return the snapshot in force, given the version that the caller has just read.

    Shape: shared, immutable. Loads only what changed since the last; one thread loads, the
    others of the process wait for it. The result may be later than `version`, never earlier.
    """
    global _latest  # noqa: PLW0603 - the one cache of the process
    held = _latest
    if held is not None and held.version == version:
        return held
    with _loading:
        held = _latest
        if held is None or held.version > version:
            # Held but later: the database went back under the process, or another thread was
            # faster. The first must be read anew, the second is rare enough to cost the same.
            held = _load()
        elif held.version < version:
            held = _update(held)
        _latest = held
        return held


def snapshot_of(version: int, *, present: Snapshot) -> Snapshot:
    """Return the programs of a past version with the stores of the present one.

    Shape: shared, immutable. The last few that were asked for are kept.
    """
    if version == present.version:
        return present
    with _loading:
        found = _past.pop(version, None) or _named(catalog_of(version))
        _past[version] = found
        while len(_past) > _MOST_PAST:
            del _past[next(iter(_past))]
    return replace(found, stores_by_ref=present.stores_by_ref, stores_by_id=present.stores_by_id)


def forget() -> None:
    """Drop the snapshots, after publishing in a transaction that was rolled back."""
    global _latest  # noqa: PLW0603
    _latest = None
    _past.clear()


def catalog_of(version: int) -> Catalog:
    """Return the catalog as it was at a past version, to decide an order again."""
    held = _latest
    if held is not None and held.version == version:
        return held.catalog
    with connection.cursor() as cursor:
        cursor.execute(_OF_VERSION, {"version": version})
        programs = [_decode(row[0]) for row in cursor.fetchall()]
    return Catalog.build(programs, version)


def catalog_moved_to(held: Catalog, version: int) -> Catalog:
    """Return the catalog of another version, made of what changed between the two."""
    low, high = sorted((held.version, version))
    with connection.cursor() as cursor:
        cursor.execute(_BETWEEN, {"low": low, "high": high, "version": version})
        rows = cursor.fetchall()
    added = [_decode(row[1]) for row in rows if row[2]]
    touched = {row[0] for row in rows}
    return held.changed(added, touched & held.programs.keys(), version)


def store_facts() -> dict[int, PosFacts]:
    """Return what the engine knows of every point of sale, by id."""
    return {pos.pk: _store(pos).facts for pos in PosConfig.objects.all()}


def _load() -> Snapshot:
    """Read everything in force; one statement, so that version and programs belong together."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE)
        rows = cursor.fetchall()
    programs = [_decode(row[2]) for row in rows if row[1] is not None]
    return _with_stores(Catalog.build(programs, rows[0][0] if rows else 0))


def _update(held: Snapshot) -> Snapshot:
    """Read what came and went since the snapshot held."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"known": held.version})
        rows = cursor.fetchall()
    version = rows[0][0]
    touched = {row[1] for row in rows if row[1] is not None}
    added = [_decode(row[2]) for row in rows if row[1] is not None and row[3]]
    return _with_stores(
        held.catalog.changed(added, touched & held.catalog.programs.keys(), version)
    )


def _with_stores(catalog: Catalog) -> Snapshot:
    stores = [_store(pos) for pos in PosConfig.objects.all()]
    return replace(
        _named(catalog),
        stores_by_ref={store.facts.ref: store for store in stores},
        stores_by_id={store.facts.id: store for store in stores},
    )


def _named(catalog: Catalog) -> Snapshot:
    """Return the catalog with the references of its programs and points; without stores."""
    return Snapshot(
        catalog=catalog,
        stores_by_ref={},
        stores_by_id={},
        points_refs=loyalty_queries.program_refs(_loyalty_program_ids(catalog.programs.values())),
        program_ids_by_ref={
            program.ref: key for key, program in catalog.programs.items() if program.ref
        },
    )


def _loyalty_program_ids(programs: Iterable[Program]) -> set[int]:
    return {one.loyalty_program_id for one in programs if one.loyalty_program_id is not None}


def _store(pos: PosConfig) -> Store:
    facts = PosFacts(
        id=pos.pk,
        ref=pos.ref,
        currency=pos.currency,
        digits=currency_digits(pos.currency),
        time_zone=pos.time_zone,
        discount_rounding=Rounding(pos.discount_rounding),
    )
    return Store(facts=facts, name=pos.name, return_policy=pos.return_policy)


def _decode(definition: str) -> Program:
    return codec.decode(Program, orjson.loads(definition))
