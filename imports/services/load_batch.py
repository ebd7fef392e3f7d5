"""Loading a batch of rows that were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from core.errors import PunchcardError
from imports.loading.rows import Fault, Known, Loaded, Loader, Prepared, faults_of
from imports.models import ImportedRow
from imports.queries import known_rows
from imports.watermarks import Pass, reach

_KEPT = ("state", "digest", "ref", "target_id", "held", "faults", "changed_at")


@dataclass(frozen=True, slots=True)
class BatchLoaded:
    """What became of the rows; `faulty`: those with faults, by key, refused or mended."""

    made: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    left_out: int = 0
    faulty: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)


def load_batch(
    *,
    source: str,
    table: str,
    rows: Sequence[Prepared],
    loader: Loader,
    at: datetime,
    reached: tuple[Pass, int] | None = None,
) -> BatchLoaded:
    """Load the rows that say something new, and remember what became of each.

    A row that is refused stops no other. `reached`: how far the pass is with these rows.
    Raises: nothing for a row; OperationalError of the database.
    Writes: importedrow, importwatermark, and what the loader's services write, or nothing.
    Safe under: kills and repeats, as a row and what became of it are committed together.
    """
    with transaction.atomic():
        known = known_rows(source, table, {one.key for one in rows})
        states = _States(source, table, known, at)
        wanted = list[Prepared]()
        for one in rows:
            if one.body is None:
                states.refuse(one)
            elif states.says_the_same(one):
                states.leave(one)
            else:
                wanted.append(one)
        for group in loader.groups(wanted, known):
            _load(group, loader, known, states, at)
        states.save()
        if reached is not None:
            reach(*reached)
    return states.told()


def _load(
    group: list[Prepared], loader: Loader, known: Known, states: _States, at: datetime
) -> None:
    """Load a group; where it is refused, each of it alone, so that only the guilty ones are."""
    try:
        with transaction.atomic():
            loaded = loader.load(group, known, at)
    except PunchcardError as error:
        if len(group) > 1:
            for one in group:
                _load([one], loader, known, states, at)
            return
        states.refuse(Prepared(group[0].key, faults=faults_of(error)))
        return
    for one, result in zip(group, loaded, strict=True):
        states.keep(one, result)


class _States:
    """What is remembered of the rows of a batch; written at once, and only where it changed."""

    def __init__(self, source: str, table: str, known: Known, at: datetime) -> None:
        self._source, self._table, self._known, self._at = source, table, known, at
        self._rows: dict[str, ImportedRow] = {}
        self._faulty: dict[str, tuple[Fault, ...]] = {}
        self.unchanged = 0
        self._made = self._changed = self._refused = self._left_out = 0

    def says_the_same(self, one: Prepared) -> bool:
        """Tell whether the row was loaded as it is; what it said in between was refused."""
        before = self._known.get(one.key)
        return before is not None and bool(before.digest) and before.digest == one.digest

    def leave(self, one: Prepared) -> None:
        """Remember a row that is here as it is."""
        self.unchanged += 1
        if self._known[one.key].state != "loaded":
            self._note(one.key, state="loaded", faults=[fault.stored() for fault in one.faults])

    def refuse(self, one: Prepared) -> None:
        """Remember a row that is refused or left out; what it became earlier stays."""
        if one.left_out:
            self._left_out += 1
        else:
            self._refused += 1
            self._faulty[one.key] = one.faults
        state = "left_out" if one.left_out else "refused"
        self._note(one.key, state=state, faults=[fault.stored() for fault in one.faults])

    def keep(self, one: Prepared, result: Loaded) -> None:
        """Remember a row that was loaded."""
        if result.made:
            self._made += 1
        else:
            self._changed += 1
        if result.faults:
            self._faulty[one.key] = result.faults
        self._note(
            one.key,
            state="loaded",
            digest=one.digest,
            ref=result.ref,
            target_id=result.target_id,
            held=dict(result.held),
            faults=[fault.stored() for fault in result.faults],
        )

    def save(self) -> None:
        """Write what changed."""
        ImportedRow.objects.bulk_create(
            self._rows.values(),
            update_conflicts=True,
            unique_fields=["source", "table", "key"],
            update_fields=_KEPT,
        )

    def told(self) -> BatchLoaded:
        """Return the counts."""
        return BatchLoaded(
            self._made,
            self._changed,
            self.unchanged,
            self._refused,
            self._left_out,
            self._faulty,
        )

    def _note(self, key: str, **kept: Any) -> None:
        row = self._known.get(key) or ImportedRow(source=self._source, table=self._table, key=key)
        if all(getattr(row, name) == value for name, value in kept.items()):
            return
        for name, value in kept.items():
            setattr(row, name, value)
        row.changed_at = self._at
        self._rows[key] = row
