"""What every gRPC call goes through: who calls, how often, which role, then the app's door.

As access/views.py does it for REST. A handler of ours gets the bytes of the request, so that a
request that cannot be read is refused like any other.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module

import grpc
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from access.authentication import find_token
from access.errors import NotAuthenticated, RoleNotAllowed
from access.rpc import RpcCall, RpcMethod
from access.throttles import count_request
from config.grpc_problems import status_code_of, trailers_of
from config.metrics import grpc_calls, grpc_seconds
from config.problems import BadRequest, translate

APPS = ("loyalty", "promotions", "reporting")
# Less than this is not worth beginning for.
LEAST_SECONDS = 0.005
LONGEST_MILLISECONDS = 3_600_000
Metadata = Mapping[str, str]


class TooLate(Exception):
    """The caller's deadline is over, or it hung up: nothing was begun."""


def methods() -> list[RpcMethod]:
    """Return the methods of all apps."""
    return [one for app in APPS for one in import_module(f"{app}.rpc").METHODS]


def handlers() -> list[grpc.GenericRpcHandler]:
    """Return what the server serves, a handler for each service."""
    services: dict[str, dict[str, grpc.RpcMethodHandler[bytes, bytes]]] = {}
    for method in methods():
        # Bytes in and bytes out: reading and writing belong to the call, errors included.
        answer = Handler(method)
        services.setdefault(method.service.full_name, {})[method.name] = (
            grpc.unary_unary_rpc_method_handler(answer)
        )
    return [grpc.method_handlers_generic_handler(name, held) for name, held in services.items()]


class Handler:
    """Answers the calls of one method."""

    def __init__(self, method: RpcMethod) -> None:
        self._method = method
        described = method.service.methods_by_name[method.name]
        self._kind: type[Message] = GetMessageClass(described.input_type)

    def __call__(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        """Return the answer's bytes, or abort with the status of the refusal."""
        started = time.perf_counter()
        metadata = _texts(context.invocation_metadata())
        trailers: dict[str, str | bytes] = {}
        code, said, answer = grpc.StatusCode.OK, "", b""
        close_old_connections()
        try:
            with translation.override(language_of(metadata)):
                try:
                    answer = self._answer(request, metadata, context, trailers)
                except TooLate:
                    code, said = grpc.StatusCode.DEADLINE_EXCEEDED, "The deadline is over."
                except Exception as error:  # noqa: BLE001 - every error becomes a status
                    meaning = translate(error)
                    code, said = status_code_of(type(meaning)), translation.gettext(meaning.detail)
                    trailers |= trailers_of(meaning)
        finally:
            close_old_connections()
        context.set_trailing_metadata(tuple(trailers.items()))
        grpc_calls.labels(self._method.path, code.name).inc()
        grpc_seconds.labels(self._method.path).observe(time.perf_counter() - started)
        if code is not grpc.StatusCode.OK:
            context.abort(code, said)
        return answer

    def _answer(
        self,
        request: bytes,
        metadata: Metadata,
        context: grpc.ServicerContext,
        trailers: dict[str, str | bytes],
    ) -> bytes:
        facts = find_token(metadata.get("authorization"))
        if facts is None:
            raise NotAuthenticated
        limits: dict[str, str] = {}
        try:
            count_request(facts.caller, limits)
        finally:
            trailers |= {name.lower(): value for name, value in limits.items()}
        if facts.caller.role not in self._method.roles:
            raise RoleNotAllowed(role=facts.caller.role, allowed=sorted(self._method.roles))
        try:
            asked = self._kind.FromString(request)
        except DecodeError:
            raise BadRequest from None
        call = RpcCall(facts.caller, self._method.path, metadata)
        with until_deadline(context, bounded=self._method.bounded):
            answer = self._method.answer(call, asked)
        trailers |= call.trailers
        return answer.SerializeToString()


def _texts(metadata: Iterable[tuple[str, str | bytes]]) -> Metadata:
    return {name: value for name, value in metadata if isinstance(value, str)}


@contextmanager
def until_deadline(context: grpc.ServicerContext, *, bounded: bool) -> Iterator[None]:
    """Begin nothing for a caller who is gone; `bounded`: nor let a statement outlive the deadline.

    Raises: TooLate.
    """
    left: float | None = context.time_remaining()
    if not context.is_active() or (left is not None and left < LEAST_SECONDS):
        raise TooLate
    if not bounded or left is None:
        yield
        return
    milliseconds = min(int(left * 1000), LONGEST_MILLISECONDS)
    with transaction.atomic(), connection.cursor() as cursor:
        # Within a transaction, as a pooler may give the next one to somebody else.
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
        yield


def language_of(metadata: Metadata) -> str:
    """Return the language that a caller asked for in `accept-language`, English if in none."""
    for wished, _weight in parse_accept_lang_header(metadata.get("accept-language", "").lower()):
        try:
            return translation.get_supported_language_variant(wished)
        except LookupError:
            continue
    return str(settings.LANGUAGE_CODE)
