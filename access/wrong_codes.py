"""How many wrong codes a till and a customer may enter: guessing is made hopeless, typing is not.

Counted in Redis over a fixed window, per POS and per partner. Once either count has reached its
limit every code is refused, right ones too, or guessing could go on. With Redis down nothing is
refused.

A process that was told within the last second that nobody is near the limit does not ask again
before it counts a wrong code. Wrong codes themselves are always counted in Redis, so what can slip
through is a right one that somebody guesses within a second of another process's reaching half of
the limit and all of it.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from redis import Redis

from access import redis_gate
from access.errors import TooManyWrongCodes

CALM_SECONDS = 1.0
MAX_CALM = 10_000

# Until when (monotonic seconds) a count that was far from its limit need not be asked for again.
_calm: dict[str, float] = {}


def check(pos_ref: str | None, partner_ref: str | None) -> None:
    """Refuse codes from a POS or a partner that entered too many wrong ones.

    One round trip to Redis, or none. Raises: TooManyWrongCodes.
    """
    count(pos_ref, partner_ref, wrong=0)


def count(pos_ref: str | None, partner_ref: str | None, *, wrong: int) -> None:
    """Add `wrong` codes to the counts, and refuse if a limit was reached before them.

    One round trip to Redis, or none, so whoever knows how many codes were wrong before anything was
    answered or written needs no `check`. Raises: TooManyWrongCodes.
    """
    if _add(pos_ref, partner_ref, wrong):
        window: int = settings.WRONG_CODES_WINDOW_SECONDS
        raise TooManyWrongCodes(retry_after_seconds=window - int(time.time() % window))


def note(pos_ref: str | None, partner_ref: str | None, *, wrong: int) -> None:
    """Add `wrong` codes to the counts and refuse nothing: for what was written already."""
    if wrong:
        _add(pos_ref, partner_ref, wrong)


def _add(pos_ref: str | None, partner_ref: str | None, wrong: int) -> bool:
    """Add to the counts of this window and tell whether a limit was reached before."""
    window: int = settings.WRONG_CODES_WINDOW_SECONDS
    number = int(time.time() // window)
    counted = (
        ("pos", pos_ref, settings.WRONG_CODES_PER_POS),
        ("partner", partner_ref, settings.WRONG_CODES_PER_PARTNER),
    )
    limits = [
        (f"{redis_gate.PREFIX}wrong-codes:{kind}:{ref}:{number}", limit)
        for kind, ref, limit in counted
        if ref is not None and limit
    ]

    if not limits or (not wrong and _all_calm(limits)):
        return False

    def add(redis: Redis) -> list[int]:
        if not wrong:  # nearly always; a pipeline would cost twice as much
            told: Any = redis.mget([key for key, _limit in limits])
            return [int(one or 0) for one in told]
        pipe = redis.pipeline(transaction=False)
        for key, _limit in limits:
            pipe.incrby(key, wrong)
            pipe.expire(key, 2 * window)
        return [int(one or 0) for one in pipe.execute()[::2]]

    totals = redis_gate.ask(add)
    if totals is None:
        return False
    _remember_calm(limits, totals)
    return any(total - wrong >= limit for total, (_key, limit) in zip(totals, limits, strict=True))


def _all_calm(limits: list[tuple[str, int]]) -> bool:
    """Tell whether each count was told to be far from its limit a moment ago."""
    now = time.monotonic()
    return all(_calm.get(key, 0.0) > now for key, _limit in limits)


def _remember_calm(limits: list[tuple[str, int]], totals: list[int]) -> None:
    """Keep which of the counts are under half of their limit, and forget the others."""
    if len(_calm) >= MAX_CALM:
        _calm.clear()
    until = time.monotonic() + CALM_SECONDS
    for (key, limit), total in zip(limits, totals, strict=True):
        if 2 * total < limit:
            _calm[key] = until
        else:
            _calm.pop(key, None)
