"""One Idempotency-Key, one effect: a repeated POST gets the first answer again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from access.caller import Caller
from access.errors import IdempotencyKeyReused, InvalidIdempotencyKey
from access.json import JSON, answer, dump, read_body
from access.models import IdempotentRequest

HEADER = "Idempotency-Key"
REPLAY_HEADER = "Idempotent-Replay"
MAX_KEY_LENGTH = 200
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="The same key and body again: the first answer again, with "
    f"`{REPLAY_HEADER}: true`; another body: 409 `idempotency_key_reused`.",
)


def read_key(request: Request) -> str | None:
    """Return the request's Idempotency-Key, None if it has none.

    Raises: InvalidIdempotencyKey.
    """
    return check_key(request._request.META.get("HTTP_IDEMPOTENCY_KEY"))


def check_key(key: str | None) -> str | None:
    """Return a key as it is meant, None if there is none. Raises: InvalidIdempotencyKey."""
    if key is None:
        return None
    if len(key) >= 2 and key[0] == key[-1] == '"':
        # The IETF draft writes the key as a quoted string; most clients do not.
        key = key[1:-1]
    if not 0 < len(key) <= MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise InvalidIdempotencyKey(length=len(key))
    return key


def ledger_key(request: Request, caller: Caller) -> str:
    """Return the key under which the points ledger remembers this request for ever.

    Raises: InvalidIdempotencyKey.
    """
    return user_key(caller, read_key(request))


def user_key(caller: Caller, key: str | None) -> str:
    """Return the key as the ledger knows it: one user's keys never meet another's.

    A request without a key gets one of its own.
    """
    return f"{keys_of(caller)}{key or uuid.uuid4()}"


def keys_of(caller: Caller) -> str:
    """Return what all of the user's keys in the ledger begin with."""
    return f"{caller.user_id}:"


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that belongs to a key. `replayed`: it was given before, and this is that one."""

    status: int
    body: bytes
    replayed: bool


def answer_once(request: Request, status: int, make: Callable[[], object]) -> HttpResponse:
    """Answer a POST with what `make` returns, once for each Idempotency-Key of the user.

    `make` does the work and returns the JSON data of the answer. A refusal it raises leaves
    nothing behind, so that the request may be repeated. Without a key `make` just runs.
    Raises: InvalidIdempotencyKey, IdempotencyKeyReused, and what `make` raises.
    Writes, and safe under: as `make_once`.
    """
    key = read_key(request)
    if key is None:
        return answer(make(), status)
    user_id = cast(Caller, request.auth).user_id
    done = make_once(user_id=user_id, key=key, digest=_digest(request), status=status, make=make)
    headers = {REPLAY_HEADER: "true"} if done.replayed else None
    return HttpResponse(done.body, status=done.status, content_type=JSON, headers=headers)


def make_once(
    *, user_id: int, key: str, digest: str, status: int, make: Callable[[], object]
) -> Answered:
    """Return what `make` made for a key of the user, as JSON: now, or when it was made.

    `digest` tells what was asked, `status` is kept beside the answer.
    Raises: IdempotencyKeyReused, and what `make` raises.
    Writes: access_idempotentrequest, in one transaction with the effects of `make`.
    Safe under: concurrency, the second of two equal requests waits for the first
    (one_answer_per_idempotency_key).
    """
    with transaction.atomic():
        claimed = _claim(user_id, key, digest)
        if claimed is not None:
            body = dump(make())
            IdempotentRequest.objects.filter(pk=claimed).update(status=status, body=body.decode())
            return Answered(status, body, replayed=False)
    # The claim waited for whoever held the key and saw them commit, so the row is there.
    first = IdempotentRequest.objects.get(user_id=user_id, key=key)
    if first.request_digest != digest:
        raise IdempotencyKeyReused(idempotency_key=key)
    return Answered(first.status, first.body.encode(), replayed=True)


def _claim(user_id: int, key: str, digest: str) -> int | None:
    """Insert the key's row and return its id, or None if the key is taken.

    By hand, because the ORM cannot tell from an ignored conflict whether its row went in.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into access_idempotentrequest"
            " (user_id, key, request_digest, status, body, created_at)"
            " values (%s, %s, %s, 0, '', %s)"
            " on conflict on constraint one_answer_per_idempotency_key do nothing returning id",
            [user_id, key, digest, timezone.now()],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _digest(request: Request) -> str:
    """Return a digest of what was asked: method, address with query, body."""
    asked = f"{request._request.method} {request._request.get_full_path()}\n".encode()
    return hashlib.sha256(asked + read_body(request)).hexdigest()
