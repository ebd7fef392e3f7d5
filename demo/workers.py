"""The same work in several processes, each on its share, telling one parent how it goes."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from typing import Any

from core.progress import Bar

# work(shard, shards, argument, report): `report` takes the number of steps done since the last.
Work = Callable[[int, int, Any, Callable[[int], None]], None]
_POLL_SECONDS = 0.5
_STOP_SECONDS = 10.0


class WorkerFailed(Exception):
    """A worker ended with an error; the message is its traceback."""


@dataclass(frozen=True, slots=True)
class _Failure:
    trace: str


def worker_count() -> int:
    """Return how many processes to use: one for each processor, four at most."""
    return max(1, min(4, os.cpu_count() or 1))


def share_out(work: Work, argument: object, *, shards: int, bar: Bar) -> None:
    """Do all shards of the work; with one shard, in this process.

    `work` and `argument` must be picklable. On Ctrl-C the workers finish what they are at and
    KeyboardInterrupt is raised. Raises: WorkerFailed.
    """
    if shards == 1:
        work(0, 1, argument, bar.advance)
        return
    # Packed, so that a worker sets Django up before it imports what the work needs.
    packed = pickle.dumps((work, argument))
    context = multiprocessing.get_context("spawn")
    reports: Any = context.Queue()
    workers = [
        context.Process(target=_run, args=(packed, shard, shards, reports), daemon=True)
        for shard in range(shards)
    ]
    try:
        for worker in workers:
            worker.start()
        _follow(workers, reports, bar)
    finally:
        _stop(workers)


def _follow(workers: list[SpawnProcess], reports: Any, bar: Bar) -> None:
    """Pass reports to the bar until all workers have ended well. Raises: WorkerFailed."""
    while True:
        alive = any(worker.is_alive() for worker in workers)
        try:
            while True:
                report = reports.get(timeout=_POLL_SECONDS if alive else 0)
                if isinstance(report, _Failure):
                    raise WorkerFailed(report.trace)
                bar.advance(report)
        except queue.Empty:
            if not alive:
                break
    for worker in workers:
        if worker.exitcode:
            raise WorkerFailed(f"A worker ended with exit status {worker.exitcode}.")


def _stop(workers: list[SpawnProcess]) -> None:
    for worker in workers:
        if worker.is_alive():
            worker.terminate()
    for worker in workers:
        if worker.pid is not None:
            worker.join(_STOP_SECONDS)


def _run(packed: bytes, shard: int, shards: int, reports: Any) -> None:
    """Be one worker: Django set up anew, Ctrl-C left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import django

    django.setup()
    try:
        work, argument = pickle.loads(packed)  # noqa: S301 - from the parent
        work(shard, shards, argument, reports.put)
    except Exception:  # noqa: BLE001 - whatever it was, the parent says it
        reports.put(_Failure(traceback.format_exc()))
