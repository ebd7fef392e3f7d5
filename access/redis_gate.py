"""The way to Redis for what must be fast and may be missed.

Callers here never depend on Redis: with Redis down they go on without it. A failure closes the
gate for a second, so that a dead server costs one attempt a second and process, not one a request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import RedisError

T = TypeVar("T")
CLOSED_SECONDS = 1.0
# Others may keep their own things in the same Redis.
PREFIX = "punchcard:"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Gate:
    closed_until: float = 0.0


_gate = _Gate()


def ask(work: Callable[[Redis], T]) -> T | None:
    """Return what `work` returns with a Redis client, or None if Redis does not answer."""
    if time.monotonic() < _gate.closed_until:
        return None
    try:
        return work(get_redis_connection("default"))
    except (RedisError, OSError) as error:
        _gate.closed_until = time.monotonic() + CLOSED_SECONDS
        logger.warning("redis does not answer: %s", error)
        return None
