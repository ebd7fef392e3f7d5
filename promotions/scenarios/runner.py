"""Running scenarios: each in a store of its own, all of it rolled back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from access.caller import Role
from access.services.create_token import create_token
from promotions import catalog_store
from promotions.scenarios.conventions import choices_of
from promotions.scenarios.expectations import Mismatch, compare
from promotions.scenarios.rest import ApiRefusal, Rest
from promotions.scenarios.schema import InvalidScenario, Scenario, read_scenario
from promotions.scenarios.store import Store

RUNNER = "scenario-runner"


class Status(StrEnum):
    """What became of a scenario."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    BY_CHOICE = "different by choice"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario's result; `why` says what Punchcard does otherwise, where that is by choice."""

    path: Path
    id: str
    title: str
    status: Status
    mismatches: tuple[Mismatch, ...] = ()
    why: tuple[str, ...] = field(default=())


@contextmanager
def rolled_back(*, with_published: bool) -> Iterator[Rest]:
    """Give an API to play with; whatever was done through it is undone at the end.

    Unless `with_published`, the shop's own programs are paused inside: the files alone decide.
    Publishing elsewhere waits meanwhile; quotes and commits do not.
    """
    try:
        with transaction.atomic():
            token = create_token(username=RUNNER, role=Role.ADMIN)
            rest = Rest(token.key)
            with _hushed():
                if not with_published:
                    _pause_published(rest)
                yield rest
            transaction.set_rollback(True)
    finally:
        catalog_store.forget()


def run_file(rest: Rest, path: Path, *, now: datetime | None = None) -> Outcome:
    """Play one scenario file and return its result; what it wrote is rolled back.

    Raises: InvalidScenario.
    """
    scenario = read_scenario(path)
    try:
        with transaction.atomic():
            mismatches = _play(rest, scenario, now or timezone.now())
            transaction.set_rollback(True)
    except ApiRefusal as refusal:
        mismatches = [Mismatch(0, "setting up", "no refusal", str(refusal))]
    finally:
        catalog_store.forget()
    return _judge(path, scenario, mismatches)


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the scenario files in these files and folders.

    Raises: InvalidScenario if a path is not there, or nothing is found.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob("*.json"))
        elif path.is_file():
            found.append(path)
        else:
            raise InvalidScenario(f"There is no {path}.")
    if not found:
        raise InvalidScenario(f"No scenario (*.json) in {', '.join(map(str, paths))}.")
    return found


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep expected refusals out of the log."""
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _play(rest: Rest, scenario: Scenario, now: datetime) -> list[Mismatch]:
    store = Store(rest, scenario, now)
    found: list[Mismatch] = []
    for place, step in enumerate(scenario.steps):
        found += compare(place + 1, step.expect, store.play(place))
    return found


def _judge(path: Path, scenario: Scenario, mismatches: Sequence[Mismatch]) -> Outcome:
    status = Status.PASS
    why: tuple[str, ...] = ()
    if mismatches:
        why = tuple(str(reason) for reason in choices_of(scenario))
        status = Status.BY_CHOICE if why else Status.FAIL
    return Outcome(path, scenario.id, scenario.title, status, tuple(mismatches), why)


def _pause_published(rest: Rest) -> None:
    """Pause what the shop has published, inside the transaction."""
    while published := rest.get("programs", state="published", page_size=500)["results"]:
        for program in published:
            rest.post(f"programs/{program['id']}/pause")
