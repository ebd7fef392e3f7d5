"""Calls over gRPC as the apps' doors see them: who calls and with what, and what goes back.

An app's `rpc.py` names its methods in a constant `METHODS: tuple[RpcMethod, ...]`; the server
(config/grpc_server.py) lets callers in as access/views.py does, and hands the request on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from google.protobuf.descriptor import FieldDescriptor, ServiceDescriptor
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message

from access.caller import Caller, Role
from access.idempotency import HEADER, REPLAY_HEADER, check_key

M = TypeVar("M", bound=Message)
REFERENCE = "punchcard.v1.Reference"


@dataclass(slots=True)
class RpcCall:
    """One call of a known caller. `metadata`: in small letters; `trailers`: sent behind the answer.

    `method` is the name on the wire, `/punchcard.v1.OrderService/Commit`.
    """

    caller: Caller
    method: str
    metadata: Mapping[str, str]
    trailers: dict[str, str] = field(default_factory=dict)

    def idempotency_key(self) -> str | None:
        """Return the key, None if there is none. Raises: InvalidIdempotencyKey."""
        return check_key(self.metadata.get(HEADER.lower()))

    def say_replayed(self) -> None:
        """Tell that the answer is the first one again."""
        self.trailers[REPLAY_HEADER.lower()] = "true"


@dataclass(frozen=True, slots=True)
class RpcMethod:
    """A method of a service: who may call it, and what answers.

    `bounded`: it reads, perhaps for long, and is broken off at the caller's deadline.
    """

    service: ServiceDescriptor
    name: str
    roles: frozenset[Role]
    answer: Callable[[RpcCall, Any], Message]
    bounded: bool = False

    @property
    def path(self) -> str:
        """Its name on the wire."""
        return f"/{self.service.full_name}/{self.name}"


def rpc_method(
    service: ServiceDescriptor,
    name: str,
    roles: Iterable[Role],
    answer: Callable[[RpcCall, Any], Message],
    *,
    bounded: bool = False,
) -> RpcMethod:
    """Return a method that callers of these roles, and admins, may call."""
    return RpcMethod(service, name, frozenset({*roles, Role.ADMIN}), answer, bounded)


def as_body(message: Message) -> dict[str, Any]:
    """Return what is set in a message as the JSON body of the same request over REST has it.

    An empty text that need not be there counts as left out, so that it is missed, not misread.
    """
    return {one.name: _plain(one, held) for one, held in message.ListFields()}


def _plain(one: FieldDescriptor, held: Any) -> Any:
    if one.message_type is None:
        return list(held) if one.is_repeated else held
    if one.is_repeated:
        return [as_body(part) for part in held]
    if one.message_type.full_name == REFERENCE:
        by = held.WhichOneof("by")
        return getattr(held, by) if by else None
    return as_body(held)


def message_of(kind: type[M], data: Mapping[str, Any]) -> M:
    """Return JSON data as a message. What the message has no field for is left out: an answer
    that was stored may be another version's.
    """
    try:
        return kind(**data)
    except ValueError:
        return ParseDict(dict(data), kind(), ignore_unknown_fields=True)
