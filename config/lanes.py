"""Two lanes through the middleware: pages take all of it, calls with a token what concerns them.

Sessions, messages, a page's security headers and its language mean nothing to a till, and cost
more than authenticating it. A call is one under /api/v1/ that brings an Authorization header;
such a call never has a session, so nothing that guards sessions (CSRF) is skipped for one.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseMiddleware

API = "/api/v1/"
# What MiddlewareMixin says it may return; the server calls us without asyncio.
Answer = HttpResponseBase | Awaitable[HttpResponseBase]

if TYPE_CHECKING:
    _Base = MiddlewareMixin
else:
    _Base = object


def is_token_call(request: HttpRequest) -> bool:
    """Tell whether the request is a call of the API with a token."""
    return "HTTP_AUTHORIZATION" in request.META and request.path_info.startswith(API)


class _ForPages(_Base):
    """Steps aside for calls with a token."""

    def __call__(self, request: HttpRequest) -> Answer:
        """Pass a call on untouched; treat a page as ever."""
        if is_token_call(request):
            return self.get_response(request)
        return super().__call__(request)


class StaticFiles(_ForPages, WhiteNoiseMiddleware):  # type: ignore[misc]
    """Static files."""


class ContentSecurityPolicy(_ForPages, CSPMiddleware):
    """The content security policy of pages."""


class Sessions(_ForPages, SessionMiddleware):
    """Sessions."""


class Users(_ForPages, AuthenticationMiddleware):
    """The user of the session."""


class Csrf(_ForPages, CsrfViewMiddleware):
    """The guard of forms; API views enforce it themselves for sessions."""


class Messages(_ForPages, MessageMiddleware):
    """Messages on the next page."""


class Frames(_ForPages, XFrameOptionsMiddleware):
    """No page of ours inside another's frame."""


class Language(LocaleMiddleware):
    """The language of texts; a call that asks for none gets the default at once."""

    def __call__(self, request: HttpRequest) -> Answer:
        """Activate a language: the thread's last request may have left another."""
        if is_token_call(request) and "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(settings.LANGUAGE_CODE)
            return self.get_response(request)
        return super().__call__(request)
