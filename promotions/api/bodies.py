"""Reading request bodies into typed plain data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec
from django.utils.translation import gettext as _
from msgspec import inspect
from rest_framework.request import Request

from access.errors import MalformedJson
from access.json import read_body
from core.errors import Invalid
from core.numbers import decimal_hook
from promotions.programs.body import PATTERNS

T = TypeVar("T")
_WHERE = re.compile(r" - at `\$?(?P<path>[^`]*)`$")
_FIELD = re.compile(r"^Object (?P<what>missing required|contains unknown) field `(?P<name>[^`]*)`")
_REGEX = re.compile(r"matching regex '(?P<pattern>.*)'$")


class InvalidBody(Invalid):
    """The body does not have the form it should have; see errors."""

    code = "invalid"


class Body(Generic[T]):
    """A kind of body: reads numbers exactly, and says where and why one cannot be read."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind, dec_hook=decimal_hook, float_hook=Decimal)

    def read(self, request: Request) -> T:
        """Return the request's body; an empty one counts as an empty object.

        Raises: InvalidBody with `errors`, MalformedJson, UnsupportedMediaType, BodyTooLarge.
        """
        try:
            return self._decoder.decode(read_body(request) or b"{}")
        except msgspec.ValidationError as error:
            raise InvalidBody(errors=[self._fault(str(error))]) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise MalformedJson from None

    def _fault(self, message: str) -> dict[str, str]:
        """Return what msgspec found, with its path as a JSON pointer (RFC 6901)."""
        where = _WHERE.search(message)
        path = re.findall(r"[^.\[\]]+", where["path"] if where else "")
        detail = _WHERE.sub("", message)
        code = "invalid"
        field = _FIELD.match(detail)
        if field:
            missing = field["what"] == "missing required"
            path.append(field["name"])
            code = "required" if missing else "unknown_field"
            detail = _("This is needed.") if missing else _("There is no such field.")
        elif detail.startswith("Invalid enum value"):
            allowed = ", ".join(_allowed(inspect.type_info(self._kind), path))
            detail = _("One of: %(allowed)s.") % {"allowed": allowed}
        else:
            regex = _REGEX.search(detail)
            if regex:
                pattern = regex["pattern"].replace("\\\\", "\\")
                detail = detail[: regex.start()] + PATTERNS.get(pattern, regex[0])
            detail += "."
        pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)
        return {"pointer": pointer, "code": code, "detail": detail}


def _allowed(kind: inspect.Type, path: Sequence[str]) -> list[str]:
    """Return the values of the enum at a path into a type."""
    if isinstance(kind, inspect.Metadata):
        return _allowed(kind.type, path)
    if isinstance(kind, inspect.UnionType):
        return [value for one in kind.types for value in _allowed(one, path)]
    if isinstance(kind, inspect.EnumType) and not path:
        return [str(one.value) for one in kind.cls]
    if isinstance(kind, (inspect.VarTupleType, inspect.ListType)) and path:
        return _allowed(kind.item_type, path[1:])
    if isinstance(kind, inspect.StructType) and path:
        for one in kind.fields:
            if one.encode_name == path[0]:
                return _allowed(one.type, path[1:])
    return []
