"""Processes that each do one thing to the ledger, over and over, when they are told to."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeVar

from benchmarks.ledger_book import HOT

Act = Callable[[int, int], object]
T = TypeVar("T")
MOST_POINTS = 100
_WARM_UP = 50  # acts, so that connections, caches and plans are there


@dataclass(frozen=True, slots=True)
class Measured:
    """What processes did together: acts a second, and how long an act took, in milliseconds."""

    rate: float
    p50: float
    p95: float


class Workers:
    """Some processes of one kind, each with a connection of its own, on one database."""

    def __init__(
        self, kind: Callable[[], Act], database_url: str, cards: int, processes: int
    ) -> None:
        """Start them; they connect, warm up and wait."""
        context = multiprocessing.get_context("spawn")
        self.pipes: list[Connection] = []
        self.processes: list[BaseProcess] = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_work, args=(theirs, kind, database_url, cards), daemon=True
            )
            process.start()
            theirs.close()
            self.pipes.append(ours)
            self.processes.append(process)
        for pipe in self.pipes:
            pipe.recv()

    def run(self, seconds: float, *, processes: int = 1, hot: bool = False) -> Measured:
        """Let so many of them act for so long, on random cards or all on the same one."""
        for pipe in self.pipes[:processes]:
            pipe.send((seconds, hot))
        taken = [pipe.recv() for pipe in self.pipes[:processes]]
        spans = sorted(itertools.chain.from_iterable(taken))
        return Measured(
            rate=sum(len(one) / sum(one) for one in taken),
            p50=spans[len(spans) // 2] * 1000,
            p95=spans[int(len(spans) * 0.95)] * 1000,
        )

    def stop(self) -> None:
        """End them."""
        for pipe in self.pipes:
            pipe.close()  # which ends what they wait for
        for process in self.processes:
            process.join(10)


def _work(pipe: Connection, kind: Callable[[], Act], database_url: str, cards: int) -> None:
    os.environ["DATABASE_URL"] = database_url
    act = kind()
    chance = random.Random(os.urandom(8))  # never the same cards again, or they run dry

    def once(hot: bool) -> float:
        card = HOT if hot else chance.randint(2, cards)
        points = chance.randint(1, MOST_POINTS)
        start = time.perf_counter()
        act(card, points)
        return time.perf_counter() - start

    for turn in range(_WARM_UP):
        once(hot=turn % 2 == 0)
    pipe.send(None)
    try:
        while True:
            seconds, hot = pipe.recv()
            until = time.perf_counter() + seconds
            spans = []
            while time.perf_counter() < until:
                spans.append(once(hot))
            pipe.send(spans)
    except EOFError:
        return


def floor_redeem() -> Act:
    """Redeem by one call of the floor's function, through psycopg."""
    from benchmarks.ledger_floor import one_call

    return one_call("floor_redeem")


def floor_earn() -> Act:
    """Earn by one call of the floor's function, through psycopg."""
    from benchmarks.ledger_floor import one_call

    return one_call("floor_earn")


def orm_redeem() -> Act:
    """Redeem with a plain ORM."""
    _django()
    from benchmarks import ledger_floor

    return ledger_floor.orm_redeem()


def orm_earn() -> Act:
    """Earn with a plain ORM."""
    _django()
    from benchmarks import ledger_floor

    return ledger_floor.orm_earn()


def redeem() -> Act:
    """Redeem through the product's service."""
    _django()
    from django.utils import timezone

    from loyalty.services.redeem_points import redeem_points

    keys = _keys()

    def act(card: int, points: int) -> object:
        return redeem_points(
            card_id=card,
            points=Decimal(points),
            origin="bench",
            idempotency_key=next(keys),
            at=timezone.now(),
        )

    return act


def earn() -> Act:
    """Earn through the product's service."""
    _django()
    from django.utils import timezone

    from loyalty.services.earn_points import earn_points

    keys = _keys()

    def act(card: int, points: int) -> object:
        return earn_points(
            card_id=card,
            points=Decimal(points),
            origin="bench",
            idempotency_key=next(keys),
            at=timezone.now(),
        )

    return act


def redeem_unlogged() -> Act:
    """Redeem through the service where events are not recorded: what the log costs."""
    os.environ["DATABASE_URL"] += "?options=-csearch_path%3Dwithout_events,public"
    return redeem()


def _keys() -> itertools.chain[str]:
    start = f"bench:{os.getpid()}:{time.time_ns()}:"
    return itertools.chain.from_iterable([f"{start}{n}"] for n in itertools.count())


def _django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()


def in_turn(
    rounds: int, shapes: Sequence[tuple[str, Callable[[], Measured]]]
) -> dict[str, list[Measured]]:
    """Measure all shapes once a round, so that what the machine does meanwhile hits all alike."""
    found: dict[str, list[Measured]] = {name: [] for name, _ in shapes}
    for _ in range(rounds):
        for name, measure in shapes:
            found[name].append(measure())
    return found
