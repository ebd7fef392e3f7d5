"""How many requests a token may make: a fixed window of a minute, counted in Redis.

A process takes requests from Redis in small leases (a hundredth of the limit, at most 50), so
most requests ask nobody. Never more than the limit is let through, over all processes; a process
may refuse up to a lease early. With Redis down every request is let through.
"""

from __future__ import annotations

import threading
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from redis import Redis
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from access import redis_gate
from access.caller import Caller
from access.errors import RateExceeded

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW_SECONDS = 60
MAX_LEASE = 50
MAX_HELD = 10_000


@dataclass(slots=True)
class _Lease:
    """What this process may still let through for one identity in one window."""

    window: int
    left: int
    elsewhere: int


_leases: dict[str, _Lease] = {}
_lock = threading.Lock()


class PerToken(BaseThrottle):
    """The limit of each token and session user; sets the `RateLimit-*` headers."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return True, or raise RateExceeded."""
        caller = request.auth
        if isinstance(caller, Caller):
            count_request(caller, view.headers)
        return True


def count_request(caller: Caller, headers: MutableMapping[str, str]) -> None:
    """Count one request of the caller and tell the limit in `headers`.

    Raises: RateExceeded.
    """
    limit: int = settings.RATES_PER_MINUTE[caller.role]
    if not limit:
        return
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    reset = WINDOW_SECONDS - int(now % WINDOW_SECONDS)
    lease = _leases.get(caller.identity)
    if lease is None or lease.window != window or lease.left == 0 < lease.elsewhere:
        taken = _take_lease(caller.identity, window, limit)
        if taken is None:
            return
        lease = taken
    with _lock:
        allowed = lease.left > 0
        lease.left -= allowed
    headers["RateLimit-Limit"] = str(limit)
    headers["RateLimit-Remaining"] = str(lease.left + lease.elsewhere)
    headers["RateLimit-Reset"] = str(reset)
    if not allowed:
        raise RateExceeded(limit_per_minute=limit, retry_after_seconds=reset)


def _take_lease(identity: str, window: int, limit: int) -> _Lease | None:
    """Take the next requests of the window from Redis; None if it does not answer."""
    size = min(max(1, limit // 100), MAX_LEASE)
    key = f"{redis_gate.PREFIX}rate:{identity}:{window}"

    def take(redis: Redis) -> int:
        pipe = redis.pipeline(transaction=False)
        pipe.incrby(key, size)
        pipe.expire(key, 2 * WINDOW_SECONDS)
        return int(pipe.execute()[0])

    total = redis_gate.ask(take)
    if total is None:
        return None
    granted = max(0, min(size, limit - (total - size)))
    lease = _Lease(window, granted, max(0, limit - total))
    if len(_leases) >= MAX_HELD:
        _leases.clear()
    _leases[identity] = lease
    return lease
