"""Which changes mypy refuses: `make check` would not let them through."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.mutation.changes import TREE

_CONFIG = "tests/mutation/mypy.ini"
# Said of a copy of a function because it is one, or of what follows from another mistake.
_NOT_OF_THE_CHANGE = {"no-redef", "has-type", "import-not-found"}


def refused_by_types(changes: Collection[str]) -> set[str]:
    """Return the changes with a mistake that mypy sees; what it said is kept beside the tree."""
    sources = sorted((TREE / "promotions" / "engine").rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    kept = TREE / f"types-{digest[:16]}.json"
    if not kept.exists():
        kept.write_text(json.dumps(sorted(_ask(sources) & set(changes))))
    return set(json.loads(kept.read_text()))


def _ask(sources: Collection[Path]) -> set[str]:
    command = [sys.executable, "-m", "mypy", "--config-file", _CONFIG, "--output", "json"]
    done = subprocess.run(
        [*command, "promotions/engine"], cwd=TREE, capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stdout + done.stderr)
    errors = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    spans = {str(path.relative_to(TREE)): sorted(_spans(path)) for path in sources}
    refused = set()
    for error in errors:
        if error["severity"] != "error" or error["code"] in _NOT_OF_THE_CHANGE:
            continue
        of_file = spans[error["file"]]
        place = bisect_right(of_file, (error["line"], sys.maxsize, "")) - 1
        if place >= 0 and of_file[place][1] >= error["line"]:
            module = error["file"].removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            refused.add(f"{module}.{of_file[place][2]}")
    return refused


def _spans(path: Path) -> Iterator[tuple[int, int, str]]:
    """Yield first line, last line and name of each changed function of a file."""
    index = path.with_name(f"{path.name}.spans")
    if index.exists():
        for name, (first, last) in json.loads(index.read_text())["spans"].items():
            if "__mutmut_" in name and not name.endswith("_orig"):
                yield first, last, name
