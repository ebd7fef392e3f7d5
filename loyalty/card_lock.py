"""An optional queue in Redis before the row lock of a card that many use at once.

The row lock alone is what correctness rests on. This keeps those who wait for it from holding a
connection of PostgreSQL each. Who cannot get it, because Redis is down or the holder takes its
time, goes on to the row lock all the same.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import connection

from access import redis_gate

T = TypeVar("T")
HOLDS_SECONDS = 30  # then it is free again, though its holder was killed
WAITS_SECONDS = 2.0
_EVERY_SECONDS = 0.005
# Gives back what is still ours: after 30 seconds it may be somebody else's.
_FREE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def in_turn(card_id: int, work: Callable[[], T]) -> T:
    """Return what `work` returns, holding `lock:card:{id}` if the setting `CARD_LOCK` is on.

    Not inside a transaction: there the row lock outlives the work, and this one would not.
    """
    if not settings.CARD_LOCK or connection.in_atomic_block:
        return work()
    key, token = f"{redis_gate.PREFIX}lock:card:{card_id}", secrets.token_hex(8)
    taken = _take(key, token)
    try:
        return work()
    finally:
        if taken:
            redis_gate.ask(lambda redis: redis.eval(_FREE, 1, key, token))


def _take(key: str, token: str) -> bool:
    until = time.monotonic() + WAITS_SECONDS
    while time.monotonic() < until:
        # None: Redis does not answer; False: somebody holds it.
        taken = redis_gate.ask(lambda redis: bool(redis.set(key, token, nx=True, ex=HOLDS_SECONDS)))
        if taken is not False:
            return bool(taken)
        time.sleep(_EVERY_SECONDS)
    return False
