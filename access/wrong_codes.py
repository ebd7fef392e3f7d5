"""How many wrong codes a till and a customer may enter: guessing is made hopeless, typing is not.

Counted in Redis over a fixed window, per POS and per partner. Once either count has reached its
limit every code is refused, right ones too, or guessing could go on. With Redis down nothing is
refused.
"""

from __future__ import annotations

import time

from django.conf import settings
from redis import Redis

from access import redis_gate
from access.errors import TooManyWrongCodes


def check(pos_ref: str | None, partner_ref: str | None) -> None:
    """Refuse codes from a POS or a partner that entered too many wrong ones.

    One round trip to Redis. Raises: TooManyWrongCodes.
    """
    count(pos_ref, partner_ref, wrong=0)


def count(pos_ref: str | None, partner_ref: str | None, *, wrong: int) -> None:
    """Add `wrong` codes to the counts, and refuse if a limit was reached before them.

    One round trip to Redis, so a caller who knows how many codes were wrong before anything is
    answered needs no `check`. Raises: TooManyWrongCodes.
    """
    window: int = settings.WRONG_CODES_WINDOW_SECONDS
    limits = []
    now = time.time()
    number = int(now // window)
    if pos_ref is not None and settings.WRONG_CODES_PER_POS:
        limits.append((f"wrong-codes:pos:{pos_ref}:{number}", settings.WRONG_CODES_PER_POS))
    if partner_ref is not None and settings.WRONG_CODES_PER_PARTNER:
        limits.append(
            (f"wrong-codes:partner:{partner_ref}:{number}", settings.WRONG_CODES_PER_PARTNER)
        )
    if not limits:
        return

    def add(redis: Redis) -> list[int]:
        pipe = redis.pipeline(transaction=False)
        for key, _limit in limits:
            if wrong:
                pipe.incrby(key, wrong)
                pipe.expire(key, 2 * window)
            else:
                pipe.get(key)
        answers = pipe.execute()
        return [int(one or 0) for one in (answers[::2] if wrong else answers)]

    totals = redis_gate.ask(add)
    if totals is None:
        return
    if any(total - wrong >= limit for total, (_key, limit) in zip(totals, limits, strict=True)):
        raise TooManyWrongCodes(retry_after_seconds=window - int(now % window))
