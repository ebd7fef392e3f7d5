"""Run the consumers of the event log until stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from core.errors import PunchcardError
from events.domain.consumer import Consumer
from events.registry import consumer_of, consumers
from events.services.place_consumers import place_consumers
from events.work.loop import work

STOP_SECONDS = 15.0
WATCH_SECONDS = 0.2
_signals: list[int] = []


class Command(BaseCommand):
    """Hands the logged events to the consumers. Any number of these may run, on any machines."""

    help = "Run the consumers of the event log until stopped (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add how many workers, and for whom."""
        parser.add_argument("--workers", type=int, default=1, help="worker processes (1)")
        parser.add_argument(
            "--only", action="append", metavar="NAME", help="only this consumer; may be repeated"
        )

    def handle(self, *args: Any, workers: int, only: list[str] | None, **options: Any) -> None:
        """Place new consumers, then work. Raises: CommandError."""
        if not 1 <= workers <= 64:
            raise CommandError("--workers is a number from 1 to 64.")
        try:
            chosen = [consumer_of(name) for name in only] if only else [*consumers().values()]
            place_consumers(consumers=chosen)
        except PunchcardError as error:
            raise CommandError(str(error)) from error
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda received, _frame: _signals.append(received))
        names = ", ".join(one.name for one in chosen)
        self.stdout.write(f"Consuming with {workers} worker(s): {names}")
        self.stdout.flush()
        if workers == 1:
            work(chosen, workers=1, stopped=lambda: bool(_signals))
        else:
            _run_pool(chosen, workers)


def _run_pool(chosen: Sequence[Consumer], workers: int) -> None:
    """Run worker processes until stopped. Raises: CommandError when one ends by itself."""
    connections.close_all()  # a connection must not be shared with a forked process
    fork = multiprocessing.get_context("fork")
    pool = [
        fork.Process(target=_run_worker, args=(chosen, workers, os.getpid()), name=f"worker {n}")
        for n in range(1, workers + 1)
    ]
    for process in pool:
        process.start()
    try:
        while not _signals:
            time.sleep(WATCH_SECONDS)
            dead = [process for process in pool if not process.is_alive()]
            if dead:
                told = ", ".join(f"{one.name} (exit status {one.exitcode})" for one in dead)
                raise CommandError(f"Ended by itself: {told}; the others are stopped.")
    finally:
        for process in pool:
            process.terminate()
        for process in pool:
            process.join(STOP_SECONDS)
            process.kill()


def _run_worker(chosen: Sequence[Consumer], workers: int, parent: int) -> None:
    """Work until stopped, or until the parent is gone."""
    work(
        chosen,
        workers=workers,
        stopped=lambda: bool(_signals) or os.getppid() != parent,
    )
