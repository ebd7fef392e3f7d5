"""From our errors to HTTP: the only place where a refusal becomes a status and a problem document.

RFC 9457, `application/problem+json`: type, title, status, detail, code, facts, and errors when
the input is invalid.
"""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions

from access import errors as access_errors
from core.db import refusal_of
from core.errors import (
    Busy,
    Conflict,
    Invalid,
    Missing,
    NotAllowed,
    PunchcardError,
    Refused,
)

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/errors/"

# The nearest class in an error's ancestry decides.
STATUSES: Mapping[type[PunchcardError], int] = {
    Invalid: 400,
    NotAllowed: 403,
    Missing: 404,
    Conflict: 409,
    Refused: 422,
    Busy: 503,
    access_errors.NotAuthenticated: 401,
    access_errors.MethodNotAllowed: 405,
    access_errors.BodyTooLarge: 413,
    access_errors.UnsupportedMediaType: 415,
    access_errors.RateExceeded: 429,
}

logger = logging.getLogger(__name__)


class InternalError(PunchcardError):
    """Something went wrong on our side; it was logged, and it is worth telling us."""

    code = "internal_error"


class DatabaseBusy(Busy):
    """The database did not answer in time or broke the request off; try again."""

    code = "database_busy"


class BadRequest(Invalid):
    """The request is not one that this server understands."""

    code = "bad_request"


# What Django and DRF raise by themselves; the first that fits decides.
_MEANINGS: Mapping[type[Exception], type[PunchcardError]] = {
    Http404: Missing,
    exceptions.NotFound: Missing,
    PermissionDenied: NotAllowed,
    exceptions.PermissionDenied: NotAllowed,
    exceptions.AuthenticationFailed: access_errors.InvalidToken,
    exceptions.NotAuthenticated: access_errors.NotAuthenticated,
    exceptions.MethodNotAllowed: access_errors.MethodNotAllowed,
    exceptions.ParseError: access_errors.MalformedJson,
    exceptions.UnsupportedMediaType: access_errors.UnsupportedMediaType,
    RequestDataTooBig: access_errors.BodyTooLarge,
    SuspiciousOperation: BadRequest,
    exceptions.APIException: BadRequest,
}


def status_of(kind: type[PunchcardError]) -> int:
    """Return the HTTP status of a kind of error."""
    return next((STATUSES[base] for base in kind.__mro__ if base in STATUSES), 500)


def meaning_of(kind: type[PunchcardError]) -> str:
    """Return what a kind of error means, one English sentence: the first of its docstring."""
    return inspect.cleandoc(kind.__doc__ or "").splitlines()[0]


def handle(error: Exception, context: Mapping[str, Any] | None = None) -> HttpResponse:
    """Answer anything an API view raised; DRF's exception handler."""
    return problem(translate(error))


def translate(error: Exception) -> PunchcardError:
    """Return the error of ours that says what this one means; an unknown one is logged."""
    if isinstance(error, PunchcardError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Invalid(errors=list(_pointed(error.detail)))
    for kind, meaning in _MEANINGS.items():
        if isinstance(error, kind):
            return meaning()
    if isinstance(error, DatabaseError):
        return _translate_database(error)
    logger.error("unexpected %s", type(error).__name__, exc_info=error)
    return InternalError()


def _translate_database(error: DatabaseError) -> PunchcardError:
    """Return what a database error means to the caller; what should not happen is logged."""
    refusal = refusal_of(error)
    if refusal is not None:
        return refusal
    if isinstance(error, OperationalError):
        logger.warning("database: %s", error)
        return DatabaseBusy()
    logger.error("unexpected %s", type(error).__name__, exc_info=error)
    return InternalError()


def problem(error: PunchcardError) -> HttpResponse:
    """Return the problem document of an error."""
    status = status_of(type(error))
    facts = dict(error.facts)
    errors = facts.pop("errors", None)
    if errors is None and isinstance(error, Invalid) and isinstance(facts.get("field"), str):
        # A service knows the field by its name; in the body it stands under the same one.
        pointer = "/" + _escape(str(facts["field"]))
        errors = [{"pointer": pointer, "code": error.code, "detail": gettext(error.detail)}]
    body: dict[str, object] = {
        "type": TYPE_PREFIX + error.code,
        "title": gettext(meaning_of(type(error))),
        "status": status,
        "detail": gettext(error.detail),
        "code": error.code,
        "facts": facts,
    }
    if errors is not None:
        body["errors"] = errors
    response = HttpResponse(_encode(body), status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Token realm="api"'
    if isinstance(error, Busy):
        wait = facts.get("retry_after_seconds", error.retry_after_seconds)
        response["Retry-After"] = str(wait)
    return response


def _encode(body: Mapping[str, object]) -> bytes:
    """Return the JSON of a problem, whatever its facts are: a refusal must not become a crash."""
    try:
        return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # An integer of more than 64 bits, or half a character: facts repeat what was sent.
        return json.dumps(body, default=str, skipkeys=True).encode()


def _pointed(detail: object, pointer: str = "") -> Iterator[dict[str, str]]:
    """Yield DRF's nested validation messages flat, each with its JSON pointer (RFC 6901)."""
    if isinstance(detail, Mapping):
        for name, held in detail.items():
            # What concerns the object itself DRF keeps under this name.
            part = "" if name == "non_field_errors" else "/" + _escape(str(name))
            yield from _pointed(held, pointer + part)
    elif isinstance(detail, (list, tuple)):
        nested = any(isinstance(one, (Mapping, list, tuple)) for one in detail)
        for index, one in enumerate(detail):
            yield from _pointed(one, f"{pointer}/{index}" if nested else pointer)
    else:
        code = getattr(detail, "code", None) or "invalid"
        yield {"pointer": pointer, "code": code, "detail": str(detail)}


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@csrf_exempt  # it writes nothing, and a POST to a mistyped address should hear what is wrong
def address_not_found(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer an address under /api/ that leads nowhere."""
    return problem(access_errors.AddressNotFound(path=request.path[:200]))


_PLAIN_STATUSES: Mapping[int, type[PunchcardError]] = {
    400: BadRequest,
    403: NotAllowed,
    404: access_errors.AddressNotFound,
    405: access_errors.MethodNotAllowed,
    413: access_errors.BodyTooLarge,
}


class ApiProblems:
    """Middleware: what Django itself refuses under /api/ is a problem document, never a page.

    A wrong Host header, for example, is refused before any view is found.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the answer on, or replace an error page under /api/ by its problem."""
        response = self.get_response(request)
        if (
            response.status_code >= 400
            and request.path_info.startswith("/api/")
            and not response.headers.get("Content-Type", "").startswith("application/")
        ):
            return problem(_PLAIN_STATUSES.get(response.status_code, InternalError)())
        return response
