"""Work shared out over processes, and progress told on a stream that is no terminal."""

from io import StringIO

import pytest

from core.progress import Bar, progress_of
from demo.workers import WorkerFailed, share_out
from tests.demo.work import count, fail


class Counted(Bar):
    def __init__(self) -> None:
        self.steps = 0

    def advance(self, steps: int = 1) -> None:
        self.steps += steps


@pytest.mark.parametrize("shards", [1, 3])
def test_every_share_is_done_once_and_reported(shards: int) -> None:
    bar = Counted()
    share_out(count, [1, 2, 3, 4, 5], shards=shards, bar=bar)
    assert bar.steps == 15


def test_a_worker_that_fails_stops_the_work_with_its_reason() -> None:
    with pytest.raises(WorkerFailed, match="out of paper"):
        share_out(fail, "out of paper", shards=2, bar=Counted())


def test_progress_without_a_terminal_ends_with_how_far_it_came() -> None:
    out = StringIO()
    with progress_of("Orders", total=40, done=10, out=out) as bar:
        bar.advance(5)
    assert out.getvalue() == "  Orders: 15 of 40 (38%)\n"
