"""Work for workers; a module of its own, so that another process can import it."""

from collections.abc import Callable


def count(shard: int, shards: int, numbers: list[int], report: Callable[[int], None]) -> None:
    for place, number in enumerate(numbers):
        if place % shards == shard:
            report(number)


def fail(shard: int, shards: int, words: str, report: Callable[[int], None]) -> None:
    report(1)
    if shard == shards - 1:
        raise ValueError(words)
