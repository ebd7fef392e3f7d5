"""django-oscar in a venv of its own, under .local/oscar: made once, with pinned versions."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass

from config.local_services import BASE_DIR

FOLDER = BASE_DIR / ".local" / "oscar"
PINNED = ("django-oscar==4.2.1", "Django==5.2.19")


class OscarMissing(Exception):
    """It could not be installed or run; the words say why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One application of all offers: processor time in milliseconds, database queries."""

    ms: float
    queries: int
    version: str


def measure(*, lines: int, offers: int) -> Measured:
    """Return what Oscar needs for the benchmark's basket.

    Raises: OscarMissing if it cannot be installed, without network say, or does not run.
    """
    _install()
    python = str(FOLDER / "bin" / "python")
    command = [python, "-m", "benchmarks.oscar_offers", str(lines), str(offers)]
    run = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    if run.returncode:
        raise OscarMissing(f"django-oscar did not run: {run.stderr.strip().splitlines()[-1:]}")
    found = json.loads(run.stdout.splitlines()[-1])
    return Measured(found["ms"], found["queries"], found["oscar"])


def _install() -> None:
    stamp = FOLDER / "installed"
    wanted = " ".join(PINNED)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"    installing {wanted} into {FOLDER.relative_to(BASE_DIR)} ...", flush=True)
    venv.create(FOLDER, with_pip=True)
    python = str(FOLDER / "bin" / "python")
    command = [python, "-m", "pip", "install", "--quiet", *PINNED]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stderr.strip()[-300:], file=sys.stderr)
        raise OscarMissing("PyPI could not be reached, so django-oscar is not here")
    stamp.write_text(wanted)
