"""Load on one address with wrk, and what it cost the processes that answered."""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("load.lua")
SAID = re.compile(
    r"load: (\d+) requests, (\d+) microseconds, (\d+) p50, (\d+) p95, (\d+) failed", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of request: its name and address, and the bodies to POST, or none to GET.

    `is_commit`: every body gets a ref of its own. `server`: the process that answers, whose
    children do the work.
    """

    name: str
    url: str
    token: str
    server: int
    bodies: Path | None = None
    is_commit: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. Latencies in ms, from wrk to wrk; `cpu`: ms of CPU a request, by process."""

    rate: float
    p50: float
    p95: float
    cpu: Mapping[str, float]


def measure(shape: Shape, seconds: int, *, postgres: int) -> Measured:
    """Load the address for some seconds. Raises: RuntimeError if a request was not answered well.

    `postgres`: the server's process, whose children work for us.
    """
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    command += ["-s", str(SCRIPT), shape.url, "--", shape.token]
    if shape.bodies is not None:
        command.append(str(shape.bodies))
    if shape.is_commit:
        command.append(secrets.token_hex(4))
    roots = {"web": shape.server, "PostgreSQL": postgres}
    before = {name: _cpu_ms(root) for name, root in roots.items()}
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = SAID.search(done.stdout)
    if found is None or found[5] != "0":
        raise RuntimeError(f"{shape.name}: {done.stdout}")
    requests, microseconds, p50, p95 = map(int, found.groups()[:4])
    return Measured(
        rate=requests * 1e6 / microseconds,
        p50=p50 / 1000,
        p95=p95 / 1000,
        cpu={name: _spent(before[name], _cpu_ms(root)) / requests for name, root in roots.items()},
    )


def _cpu_ms(root: int) -> dict[int, float]:
    """Return the CPU time, in ms, that a process and all its children have used, by process."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue  # it has ended
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    family = {root}
    while found := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= found
    return {pid: _cpu_of(pid) for pid in family}


def _cpu_of(pid: int) -> float:
    nanoseconds = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            nanoseconds += int(task.read_text().split()[0])
        except OSError:
            continue  # the thread has ended
    return nanoseconds / 1e6


def _spent(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    return sum(used - before.get(pid, 0) for pid, used in after.items())
