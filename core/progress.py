"""Progress of long work: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

# Seconds between two lines where there is no terminal to draw on.
_QUIET_SECONDS = 5.0


def stream_of(output: OutputWrapper) -> TextIO:
    """Return the stream a command writes to, without the line end it puts after each write."""
    return cast(TextIO, output._out)


class Bar:
    """How far one kind of work has come."""

    def advance(self, steps: int = 1) -> None:
        """Say that so many steps more are done."""
        raise NotImplementedError

    def expect(self, total: int) -> None:
        """Say how many steps there are, where that is known only once the work began."""
        raise NotImplementedError


class _Drawn(Bar):
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def advance(self, steps: int = 1) -> None:
        self._progress.advance(self._task, steps)

    def expect(self, total: int) -> None:
        self._progress.update(self._task, total=total)


class _Written(Bar):
    def __init__(self, console: Console, what: str, total: int, done: int) -> None:
        self._console, self._what, self._total, self._done = console, what, total, done
        self._told_at = time.monotonic()

    def advance(self, steps: int = 1) -> None:
        self._done += steps
        if time.monotonic() - self._told_at >= _QUIET_SECONDS:
            self.tell()

    def expect(self, total: int) -> None:
        self._total = total

    def tell(self) -> None:
        self._told_at = time.monotonic()
        share = self._done / self._total if self._total else 1
        self._console.print(f"  {self._what}: {self._done:,} of {self._total:,} ({share:.0%})")


@contextmanager
def progress_of(what: str, *, total: int, done: int = 0, out: TextIO) -> Iterator[Bar]:
    """Show how `total` steps of work go on; `done` of them were done before."""
    console = Console(file=out, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        written = _Written(console, what, total, done)
        yield written
        written.tell()
        return
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield _Drawn(progress, progress.add_task(what, total=total, completed=done))
