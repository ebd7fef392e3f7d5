"""What a token stands for, without asking the database on every request.

Two layers in front of the tables: this process, under a second, and Redis, a minute. Whoever
changes a token, its grant or its user calls `forget`, which puts a mark in place of the entry: a
reader that finds the mark asks the database, and one that read the database before the change
cannot put its old answer back, because it only fills an empty place. So a change holds within a
second everywhere; a change by raw SQL, or while Redis is down, within a minute.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from hmac import compare_digest

import orjson
from django.db import transaction
from redis import Redis

from access import redis_gate
from access.caller import Caller, Role
from access.models import Grant

# Less than the second that a revocation may take to hold, to leave room for the commit itself.
LOCAL_SECONDS = 0.9
REDIS_SECONDS = 60
# Longer than any fill can be under way: a fill older than LOCAL_SECONDS is given up.
MARK_MILLISECONDS = 5_000
MAX_LOCAL_ENTRIES = 10_000
_MARK = b"changed"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A live token: who it is, and until when (Unix time, None: no end)."""

    caller: Caller
    is_superuser: bool
    expires_at: float | None


_local: dict[str, tuple[float, TokenFacts | None]] = {}


def find(digest: str) -> TokenFacts | None:
    """Return what the token with this digest stands for; None if it opens nothing.

    Writes: nothing in the database; at most one query and two calls to Redis, usually none.
    """
    now = time.monotonic()
    held = _local.get(digest)
    if held is not None and now < held[0]:
        facts = held[1]
    else:
        facts = _find_elsewhere(digest, now)
        if len(_local) >= MAX_LOCAL_ENTRIES:
            _local.clear()
        _local[digest] = (now + LOCAL_SECONDS, facts)
    if facts is not None and facts.expires_at is not None and facts.expires_at <= time.time():
        return None
    return facts


def forget(*digests: str) -> None:
    """Make every process ask the database for these tokens, once the transaction has committed."""
    if not digests:
        return

    def mark(redis: Redis) -> bool:
        pipe = redis.pipeline(transaction=False)
        for digest in digests:
            pipe.set(_key(digest), _MARK, px=MARK_MILLISECONDS)
        pipe.execute()
        return True

    def after_commit() -> None:
        for digest in digests:
            _local.pop(digest, None)
        redis_gate.ask(mark)

    transaction.on_commit(after_commit, robust=True)


def _find_elsewhere(digest: str, started: float) -> TokenFacts | None:
    """Look in Redis, then in the tables; fill Redis if its place is empty."""
    held = redis_gate.ask(lambda redis: redis.get(_key(digest)) or b"")
    if held and held != _MARK:
        return _decode(held)
    facts = _read(digest)
    if held == b"" and facts is not None and time.monotonic() - started < LOCAL_SECONDS:
        entry = _encode(facts)
        redis_gate.ask(lambda redis: redis.set(_key(digest), entry, ex=REDIS_SECONDS, nx=True))
    return facts


def _read(digest: str) -> TokenFacts | None:
    """Read the token from the tables. A token without a grant, or of an inactive user, is none."""
    row = (
        Grant.objects.filter(token_id=digest, token__user__is_active=True)
        .values_list(
            "token_id",
            "token__expiry",
            "token__user_id",
            "token__user__username",
            "token__user__is_superuser",
            "role",
            "pos_ref",
        )
        .first()
    )
    # The row was found by the digest already; comparing again in constant time costs nothing
    # and keeps the rule in one place should the look-up ever become looser.
    if row is None or not compare_digest(row[0], digest):
        return None
    _digest, expiry, user_id, username, is_superuser, role, pos_ref = row
    caller = Caller(user_id, username, Role(role), pos_ref or None, _identity(digest))
    return TokenFacts(caller, is_superuser, expiry.timestamp() if expiry else None)


def _identity(digest: str) -> str:
    """Return what the token's calls are counted under: enough of its digest to be its own."""
    return digest[:32]


def _key(digest: str) -> str:
    return f"{redis_gate.PREFIX}token:{digest}"


def _encode(facts: TokenFacts) -> bytes:
    caller = facts.caller
    return orjson.dumps(
        [
            caller.user_id,
            caller.username,
            caller.role,
            caller.pos_ref,
            caller.identity,
            facts.is_superuser,
            facts.expires_at,
        ]
    )


def _decode(entry: bytes | str) -> TokenFacts:
    user_id, username, role, pos_ref, identity, is_superuser, expires_at = orjson.loads(entry)
    return TokenFacts(
        Caller(user_id, username, Role(role), pos_ref, identity), is_superuser, expires_at
    )
