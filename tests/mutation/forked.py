"""A pytest plugin that tries one change of the engine after the other, each in a fork.

Tests are collected once. A fork that runs a handful of them until one fails takes a few hundredths
of a second; starting pytest anew for each change takes one to six seconds, and there are thousands.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from mutmut.mutation import trampoline

PLAN, FOUND = "MUTATION_PLAN", "MUTATION_FOUND"
_MEMORY = 3 << 30
# What mutmut's trampolines call; it exports neither by name.
_ASKS, _NOTES = "get_mutant_under_test", "record_trampoline_hit"

# The same few shops for every change, and no search for the smallest that fails: one is enough.
settings.register_profile(
    "mutation",
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutation")


@dataclass
class Plan:
    """The changes to try; which tests run each function, and how long they take."""

    mutants: list[str]
    jobs: int
    tests_of: dict[str, list[int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    noticed_by: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def tests(self, mutant: str) -> list[int]:
        """Return the tests of a change: first those that noticed one of the same function."""
        function = mutant.rpartition("__mutmut_")[0]
        first = list(dict.fromkeys(reversed(self.noticed_by[function])))
        rest = sorted(self.tests_of.get(function, ()), key=self.seconds.__getitem__)
        return [*first, *(one for one in rest if one not in set(first))]


class _Failures:
    def __init__(self) -> None:
        self.any = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.any = self.any or report.failed


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try every change of the plan, and write down which test noticed it."""
    plan = Plan(**json.loads(Path(os.environ[PLAN]).read_text()))
    failures = _Failures()
    session.config.pluginmanager.register(failures)
    _measure(session, plan, failures)
    _say(f"{len(session.items)} tests, {sum(plan.seconds):.1f} s of processor time")
    slow = sorted(range(len(plan.seconds)), key=plan.seconds.__getitem__)[-8:]
    _say("\n".join(f"{plan.seconds[i]:.2f} {session.items[i].nodeid}" for i in slow))
    gc.freeze()  # so that forks share what is there
    with Path(os.environ[FOUND]).open("a") as found:
        for number, (mutant, index, how) in enumerate(_try_all(session, plan, failures), 1):
            by = session.items[index].nodeid if index is not None else how
            if index is not None:
                plan.noticed_by[mutant.rpartition("__mutmut_")[0]].append(index)
            print(json.dumps([mutant, by]), file=found, flush=True)
            if number % 50 == 0:
                _say(f"{number} of {len(plan.mutants)}")
    return True


def _say(words: str) -> None:
    print(words, file=sys.__stderr__, flush=True)


def _run(item: pytest.Item, failures: _Failures) -> None:
    """Run a test; one without fixtures as a call, as the ceremony takes longer than most tests."""
    if isinstance(item, pytest.Function):
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if set(item.fixturenames) <= set(params):
            try:
                item.obj(**params)
            except BaseException:  # noqa: BLE001 - whatever a change leads to, it was noticed
                failures.any = True
            return
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _activate(name: str) -> None:
    # The trampolines ask this function for the change under test at each call.
    setattr(trampoline, _ASKS, lambda: name)


def _measure(session: pytest.Session, plan: Plan, failures: _Failures) -> None:
    """Run every test once without a change, in a fork so that no cache of it is kept.

    Raises: SystemExit if one fails.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        hits: set[str] = set()
        setattr(trampoline, _NOTES, lambda name, **_more: hits.add(name))
        tests_of: dict[str, list[int]] = defaultdict(list)
        seconds = []
        for index, item in enumerate(session.items):
            hits.clear()
            _activate("stats")
            _run(item, failures)
            for function in hits:
                tests_of[function].append(index)
            _activate("")
            began = time.process_time()
            _run(item, failures)
            seconds.append(time.process_time() - began)
            if failures.any:
                _say(f"fails without any change: {item.nodeid}")
                os._exit(1)
        with os.fdopen(writing, "w") as pipe:
            json.dump([tests_of, seconds], pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    if os.waitpid(child, 0)[1]:
        raise SystemExit("The tests fail without any change.")
    plan.tests_of, plan.seconds = json.loads(told)


def _try_all(
    session: pytest.Session, plan: Plan, failures: _Failures
) -> Iterator[tuple[str, int | None, str]]:
    """Yield each change with the test that noticed it, or with "", "time" or "no test"."""
    running: dict[int, tuple[str, list[int], int]] = {}
    waiting = iter(plan.mutants)
    while True:
        while len(running) < plan.jobs:
            mutant = next(waiting, None)
            if mutant is None:
                break
            tests = plan.tests(mutant)
            if not tests:
                yield mutant, None, "no test"
                continue
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reading)
                _try_one(mutant, tests, session, plan, failures, writing)
            os.close(writing)
            running[child] = (mutant, tests, reading)
        if not running:
            return
        child, status = os.wait()
        mutant, tests, reading = running.pop(child)
        with os.fdopen(reading) as pipe:
            told = pipe.read()
        if told:
            yield mutant, int(told), ""
        else:
            yield mutant, None, "" if status == 0 else "time"


def _try_one(
    mutant: str,
    tests: Sequence[int],
    session: pytest.Session,
    plan: Plan,
    failures: _Failures,
    writing: int,
) -> None:
    """Run the tests of a change until one fails, say which, and end the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    seconds = 3 + int(3 * sum(plan.seconds[one] for one in tests))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    _activate(mutant)
    for one in tests:
        _run(session.items[one], failures)
        if failures.any:
            os.write(writing, str(one).encode())
            os._exit(1)
    os._exit(0)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Fail loudly where nothing was collected."""
    if not items:
        raise SystemExit("No tests.")
