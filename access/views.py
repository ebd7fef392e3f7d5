"""The base of every endpoint: DRF's view without the parts that an API of JSON does not need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.authentication import SessionAuthentication, TokenAuthentication
from access.caller import Caller
from access.errors import MethodNotAllowed, NotAuthenticated
from access.json import JSON, JSONParser, JSONRenderer
from access.permissions import AdminOnly, RolePermission
from access.throttles import PerToken


class OnlyJson(BaseContentNegotiation):
    """Always the one parser and the one renderer, whatever `Accept` says."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Return the JSON parser, which refuses other media types itself."""
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the JSON renderer."""
        return renderers[0], JSON


# OPTIONS is left out: the OpenAPI document describes the API.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

# None of these holds anything about a request, so one of each serves them all.
_AUTHENTICATORS: list[Any] = [TokenAuthentication(), SessionAuthentication()]
_PARSERS: list[Any] = [JSONParser()]
_RENDERER = JSONRenderer()
_NEGOTIATOR = OnlyJson()


class ApiView(APIView):
    """Answers JSON to known callers: who calls, how often, which role, then the handler.

    A subclass sets `permission_classes = (allow(...),)` and writes `get`, `post`, … that return
    `access.json.answer(data, status)`. `self.caller` is who calls. Whatever is raised becomes
    `application/problem+json`. A handler reads its body from `request.data`, or as bytes with
    `access.json.read_body(request)`.
    """

    authentication_classes = (TokenAuthentication, SessionAuthentication)
    permission_classes: Sequence[type[RolePermission]] = (AdminOnly,)
    throttle_classes = (PerToken,)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyJson
    metadata_class = None

    @property
    def caller(self) -> Caller:
        """Who calls; a handler runs only for a caller with a role."""
        return cast(Caller, self.request.auth)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do what DRF's dispatch does, with its parts chosen once instead of on every request."""
        self.args, self.kwargs = args, kwargs
        self.headers: dict[str, str] = {"Cache-Control": "no-store"}
        # DRF lets a test put a user on the request; Request itself looks for it.
        self.request = wrapped = Request(request, _PARSERS, _AUTHENTICATORS, _NEGOTIATOR)
        wrapped.accepted_renderer, wrapped.accepted_media_type = _RENDERER, JSON
        response: HttpResponseBase
        try:
            response = self._answer(wrapped, args, kwargs)
        except Exception as error:  # noqa: BLE001 - every error becomes a problem document
            response = self.handle_exception(error)
        # DRF's annotation says Response; the method itself takes any of Django's.
        return self.finalize_response(wrapped, cast(Response, response), *args, **kwargs)

    def _answer(
        self, request: Request, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        """Let the request in and hand it to the method's handler."""
        if request.user is None:
            raise NotAuthenticated
        for throttle in self.throttle_classes:
            throttle().allow_request(request, self)
        method = request._request.method or ""
        handler = getattr(self, method.lower(), None) if method in _METHODS else None
        if handler is None:
            allowed = [name for name in self.allowed_methods if name in _METHODS]
            self.headers["Allow"] = ", ".join(allowed)
            raise MethodNotAllowed(method=method[:20], allowed=allowed)
        for permission in self.permission_classes:
            permission().has_permission(request, self)
        response: HttpResponseBase = handler(request, *args, **kwargs)
        return response
