"""`python -m tests.mutation`: break the engine in one place at a time and see who notices.

mutmut makes the changes, mypy looks at all of them first, then the tests run against the rest.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from tests.mutation.changes import TREE, make_changes
from tests.mutation.forked import FOUND, PLAN
from tests.mutation.typed import refused_by_types

UNIT = "tests/promotions/engine"
PROPERTIES = ["tests/properties/test_engine.py", "tests/properties/test_engine_best.py"]
# It says what an evaluation leaves in memory, at the price of all others together.
_SLOW = f"{UNIT}/test_no_garbage.py"
FOUND_FILE = TREE / "found.jsonl"
_SOURCES_FILE = TREE / "sources.json"
# What is written of a change that nothing noticed.
_NOTHING = {"", "no test"}


def main() -> None:
    """Try the changes that are asked for, and say what came of all that were ever tried."""
    options = _options()
    if options.anew:
        shutil.rmtree(TREE, ignore_errors=True)
    changes = make_changes(options.jobs)
    _forget_changed_modules()
    known = _found()
    chosen = [one for one in changes if _asked(one, options.names)]
    if options.sample:
        chosen = random.Random(options.seed).sample(chosen, min(options.sample, len(chosen)))
    todo = [one for one in chosen if one not in known or (options.survivors and not known[one])]
    if todo and not options.report:
        random.Random(options.seed).shuffle(todo)  # what is tried first is a sample of all
        try:
            _run(todo, options.jobs, properties=options.properties)
        except KeyboardInterrupt:
            print("Stopped. Of what was tried so far:")
        known |= _found()
    _report([one for one in chosen if one in known], known, refused_by_types(changes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("names", nargs="*", help="modules or changes, such as rules rewards.steps")
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, at random")
    parser.add_argument("--seed", type=int, default=1, help="which N (1)")
    parser.add_argument("--survivors", action="store_true", help="also what was not noticed before")
    parser.add_argument(
        "--properties", action="store_true", help="with the properties on random shops: slow"
    )
    parser.add_argument("--report", action="store_true", help="only what was found before")
    parser.add_argument("--anew", action="store_true", help="forget what was found before")
    parser.add_argument("--jobs", type=int, default=1, help="processes (1)")
    return parser.parse_args()


def _asked(change: str, names: Collection[str]) -> bool:
    module = _module(change)
    return not names or any(module == name or fnmatch.fnmatch(change, name) for name in names)


def _module(change: str) -> str:
    return change.removeprefix("promotions.engine.").rpartition(".")[0]


def _forget_changed_modules() -> None:
    """Drop what was found for modules edited since: their changes are others of the same names."""
    engine = Path("promotions/engine")
    now = {
        ".".join(path.relative_to(engine).with_suffix("").parts): sha256(
            path.read_bytes()
        ).hexdigest()
        for path in engine.rglob("*.py")
    }
    before = json.loads(_SOURCES_FILE.read_text()) if _SOURCES_FILE.exists() else {}
    known = _found()
    kept = {
        one: by
        for one, by in known.items()
        if _module(one) in before and before[_module(one)] == now.get(_module(one))
    }
    if len(kept) < len(known):
        lines = [f"{json.dumps(entry)}\n" for entry in kept.items()]
        FOUND_FILE.write_text("".join(lines))
    _SOURCES_FILE.write_text(json.dumps(now))


def _found() -> dict[str, str]:
    """Return what noticed each change that was tried; an empty text if nothing did."""
    if not FOUND_FILE.exists():
        return {}
    return dict(json.loads(line) for line in FOUND_FILE.read_text().splitlines())


def _run(todo: list[str], jobs: int, *, properties: bool) -> None:
    plan = TREE / "plan.json"
    plan.write_text(json.dumps({"mutants": todo, "jobs": jobs}))
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", "tests/mutants.ini", "--rootdir=."),
            *("-q", "--assert=plain", "--tb=no", "-p", "tests.mutation.forked"),
            *("--capture=no", "-p", "no:terminalreporter"),
            *(UNIT, "--deselect", _SLOW),
            *(PROPERTIES if properties else ()),
        ],
        cwd=TREE,
        env=os.environ | {PLAN: plan.name, FOUND: FOUND_FILE.name, "PYTHONPATH": "."},
        check=True,
    )


def _report(chosen: list[str], known: dict[str, str], refused: Collection[str]) -> None:
    """Print a row for each module, and write down the changes that no test noticed."""
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    for one in chosen:
        for row in (_module(one), "all"):
            by_module[row]["changes"] += 1
            if known[one] in _NOTHING:
                by_module[row]["left"] += 1
                by_module[row]["refused"] += one in refused
    print("module                    changes   left  noticed  of those left mypy refuses")
    for module, count in sorted(by_module.items(), key=lambda row: (row[0] == "all", row[0])):
        noticed = 1 - count["left"] / count["changes"]
        print(f"{module:26}{count['changes']:7}{count['left']:7}{noticed:9.1%}{count['refused']:9}")
    left = [one for one in chosen if known[one] in _NOTHING]
    lines = [f"{one}{'  (mypy refuses it)' if one in refused else ''}\n" for one in left]
    (TREE / "survivors.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
