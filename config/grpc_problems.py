"""From our errors to gRPC: the only place where a refusal becomes a status code and its details.

What config/problems.py is for HTTP. The details are those of google.rpc: ErrorInfo with the code
and the facts, BadRequest with the fields that are wrong, RetryInfo where trying again helps. The
code stands in the trailing metadata `error-code` as well, for clients without these messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import grpc
import orjson
from django.utils.translation import gettext
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from access import errors as access_errors
from config.problems import InternalError
from core.errors import (
    Busy,
    Conflict,
    Invalid,
    Missing,
    NotAllowed,
    PunchcardError,
    Refused,
)
from promotions.orders.errors import QuoteChanged

DOMAIN = "punchcard"
CODE_TRAILER = "error-code"
DETAILS_TRAILER = "grpc-status-details-bin"
LEFT_OUT = "facts_left_out"
# Clients take 8 KB of metadata in all unless told otherwise.
MOST_BYTES_OF_FACTS = 3_000
MOST_FIELDS = 20

# The nearest class in an error's ancestry decides.
STATUS_CODES: Mapping[type[PunchcardError], grpc.StatusCode] = {
    Invalid: grpc.StatusCode.INVALID_ARGUMENT,
    NotAllowed: grpc.StatusCode.PERMISSION_DENIED,
    Missing: grpc.StatusCode.NOT_FOUND,
    Conflict: grpc.StatusCode.ALREADY_EXISTS,
    QuoteChanged: grpc.StatusCode.ABORTED,
    Refused: grpc.StatusCode.FAILED_PRECONDITION,
    Busy: grpc.StatusCode.UNAVAILABLE,
    access_errors.NotAuthenticated: grpc.StatusCode.UNAUTHENTICATED,
    access_errors.RateExceeded: grpc.StatusCode.RESOURCE_EXHAUSTED,
    InternalError: grpc.StatusCode.INTERNAL,
}


def status_code_of(kind: type[PunchcardError]) -> grpc.StatusCode:
    """Return the status code of a kind of error."""
    known = (STATUS_CODES[base] for base in kind.__mro__ if base in STATUS_CODES)
    return next(known, grpc.StatusCode.INTERNAL)


def trailers_of(error: PunchcardError) -> dict[str, str | bytes]:
    """Return what is sent behind a refusal: its code, and its details as google.rpc.Status."""
    number: int = status_code_of(type(error)).value[0]
    details = [_packed(one) for one in _details(error)]
    status = status_pb2.Status(code=number, message=gettext(error.detail), details=details)
    return {CODE_TRAILER: error.code, DETAILS_TRAILER: status.SerializeToString()}


def _details(error: PunchcardError) -> Iterator[Message]:
    facts = dict(error.facts)
    errors = facts.pop("errors", None)
    yield error_details_pb2.ErrorInfo(
        reason=error.code.upper(), domain=DOMAIN, metadata=_bounded(facts)
    )
    wrong = errors if isinstance(errors, list) else []
    named = facts.get("parameter", facts.get("field"))
    if not wrong and isinstance(error, Invalid) and isinstance(named, str):
        wrong = [{"pointer": named, "code": error.code, "detail": gettext(error.detail)}]
    if wrong:
        fields = [
            error_details_pb2.BadRequest.FieldViolation(
                field=_path(one["pointer"]), reason=one["code"].upper(), description=one["detail"]
            )
            for one in wrong[:MOST_FIELDS]
        ]
        yield error_details_pb2.BadRequest(field_violations=fields)
    if isinstance(error, Busy):
        wait = facts.get("retry_after_seconds", error.retry_after_seconds)
        delay = duration_pb2.Duration()
        delay.FromTimedelta(timedelta(seconds=int(str(wait))))
        yield error_details_pb2.RetryInfo(retry_delay=delay)


def _bounded(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return facts as texts, JSON where they are more than one; what is too long is only named.

    A changed quote's facts hold the whole new decision, more than a client takes as metadata.
    """
    texts, left_out, length = {}, [], 0
    for name, fact in sorted(facts.items(), key=lambda one: len(str(one[1]))):
        text = fact if isinstance(fact, str) else _json(fact)
        length += len(name) + len(text.encode())
        if length > MOST_BYTES_OF_FACTS:
            left_out.append(name)
        else:
            texts[name] = text
    return texts | ({LEFT_OUT: ",".join(sorted(left_out))} if left_out else {})


def _json(fact: object) -> str:
    if fact is None or isinstance(fact, (bool, int, list, tuple, dict, set, frozenset)):
        held = sorted(fact) if isinstance(fact, (set, frozenset)) else fact
        try:
            return orjson.dumps(held, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:  # an integer of more than 64 bits: facts repeat what was sent
            return str(fact)
    return str(fact)


def _path(pointer: str) -> str:
    """Return a JSON pointer as the path of a field: `/lines/0/qty` is `lines[0].qty`."""
    path = ""
    for escaped in pointer.strip("/").split("/"):
        part = escaped.replace("~1", "/").replace("~0", "~")
        path += f"[{part}]" if part.isdecimal() else f".{part}" if path else part
    return path


def _packed(message: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed
