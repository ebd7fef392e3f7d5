"""A row on its way: read and understood, then loaded, or refused with the reasons."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from core.errors import PunchcardError
from core.sentences import Sentence, source_of
from imports.loading.cleaning import clean
from imports.models import ImportedRow

_PLACE = re.compile(r"^/(\d+/)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a row. `code` has its words in `imports.wording`.

    `detail`: the English words of what refused it here, where that was not the import itself, with
    the names of facts in place of them. `mended`: the row is taken all the same, with that field as
    good as it can be.
    """

    field: str
    code: str
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    detail: str = ""
    mended: bool = False

    def stored(self) -> dict[str, Any]:
        """Return the fault as the row keeps it."""
        return {
            "field": self.field,
            "code": self.code,
            # What another system wrote may hold what a table cannot.
            "facts": {name: clean(value, 300) for name, value in self.facts.items()},
            "detail": self.detail,
            "mended": self.mended,
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row as it shall be here. `body` None: it is refused for its faults, or left out.

    `says`: what its digest is made of, where that is not the body. `about`: what is kept of it
    for the rows that refer to it.
    """

    key: str
    body: Any = None
    faults: tuple[Fault, ...] = ()
    left_out: bool = False
    says: object = None
    about: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return what tells whether a row says something else than when it was loaded."""
        told = (self.body if self.says is None else self.says, self.about)
        return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a row became. `made`: it is new here. `held`: see ImportedRow."""

    ref: str
    target_id: int | None
    made: bool
    held: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


Known = Mapping[str, ImportedRow]


class Loader(Protocol):
    """How rows of one table are loaded, by services alone."""

    def groups(self, rows: Sequence[Prepared], before: Known) -> list[list[Prepared]]:
        """Return the rows that are loaded together; a group that is refused is tried singly."""

    def load(self, group: Sequence[Prepared], before: Known, at: datetime) -> list[Loaded]:
        """Load a group, whole or not at all. Raises: PunchcardError."""


class Single:
    """A loader that loads one row at a time."""

    def __init__(self, load: Callable[[Prepared, ImportedRow | None, datetime], Loaded]) -> None:
        self._load = load

    def groups(self, rows: Sequence[Prepared], before: Known) -> list[list[Prepared]]:
        """Return each row alone."""
        return [[one] for one in rows]

    def load(self, group: Sequence[Prepared], before: Known, at: datetime) -> list[Loaded]:
        """Load each row. Raises: PunchcardError."""
        return [self._load(one, before.get(one.key), at) for one in group]


def refused(key: str, *faults: Fault) -> Prepared:
    """Return a row that cannot be taken."""
    return Prepared(key, faults=faults)


def faults_of(error: PunchcardError) -> tuple[Fault, ...]:
    """Return what a service refused, as faults of the row."""
    listed = error.facts.get("errors")
    if isinstance(listed, list) and listed:
        return tuple(
            # Services that take a list name the place in it, which is not the row's.
            _fault_of(_PLACE.sub("", str(one["pointer"])), str(one["code"]), one["detail"], {})
            for one in listed
        )
    facts = dict(error.facts)
    return (_fault_of(str(facts.pop("field", "")), error.code, error.detail, facts),)


def _fault_of(field: str, code: str, detail: str, facts: Mapping[str, object]) -> Fault:
    """Return a fault that can be told in any language later."""
    filled_in = detail.facts if isinstance(detail, Sentence) else {}
    told = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in {**facts, **filled_in}.items()
    }
    return Fault(field, code, told, source_of(detail))
