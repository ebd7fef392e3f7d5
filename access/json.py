"""JSON in and out: orjson, decimals as strings, and the rules every body must keep."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from access.errors import BodyTooLarge, MalformedJson, UnsupportedMediaType

JSON = "application/json"


def dump(data: object) -> bytes:
    """Return the data as JSON; decimals become strings, instants ISO 8601.

    Raises: TypeError for a kind of value that has no JSON form.
    """
    return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> object:
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def answer(
    data: object, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a JSON answer; cheaper than DRF's Response, which renders like a template."""
    return HttpResponse(dump(data), status=status, content_type=JSON, headers=headers)


def read_body(request: Request | HttpRequest) -> bytes:
    """Return the bytes of a JSON body, b"" if there is none.

    Raises: UnsupportedMediaType, BodyTooLarge.
    """
    meta = request.META
    length = meta.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise BodyTooLarge(limit_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    body: bytes = request.body
    if body:
        kind = meta.get("CONTENT_TYPE", "")
        if kind != JSON and kind.partition(";")[0].strip().lower() != JSON:
            raise UnsupportedMediaType(content_type=kind[:100])
    return body


class JSONRenderer(BaseRenderer):
    """DRF's way to the same bytes."""

    media_type = JSON
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the data as JSON, b"" for None."""
        return b"" if data is None else dump(data)


class JSONParser(BaseParser):
    """Reads `request.data`; anything but a JSON body of bearable size is refused."""

    # Every media type reaches `read_body`, which refuses all but JSON with the facts.
    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the data of the body; an empty body is an empty object.

        Raises: UnsupportedMediaType, BodyTooLarge, MalformedJson.
        """
        request: Request = (parser_context or {})["request"]
        body = read_body(request._request)
        if not body:
            return {}
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise MalformedJson(line=error.lineno, column=error.colno) from None
