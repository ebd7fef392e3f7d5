"""The live process: WebSockets, served by granian. HTTP itself is served by config/wsgi.py.

A browser signs in over HTTP and brings its session along; its page's origin must be one of
ALLOWED_HOSTS, or another site could listen with a visitor's session.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application
from django.urls import re_path

from config.local_services import hold_if_local

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
hold_if_local()
get_asgi_application()  # sets Django up, which what follows needs

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from config.routing import routes  # noqa: E402

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def answer_health(
    scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send
) -> None:
    """Answer /health/live; to any other request there is no such address here."""
    is_known = scope["path"] == "/health/live"
    body = b'{"status":"ok"}' if is_known else b'{"status":"not_found"}'
    headers = [(b"content-type", b"application/json")]
    start = {"type": "http.response.start", "status": 200 if is_known else 404}
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse_unknown(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Refuse a WebSocket that leads nowhere."""
    await send({"type": "websocket.close", "code": 4404})


def _sockets() -> Any:
    """Return the routes of all apps, and the refusal of every other address behind them."""
    nowhere: Any = re_path(r"", refuse_unknown)  # type: ignore[arg-type]  # Django knows views alone
    return URLRouter([*routes(), nowhere])


application = ProtocolTypeRouter(
    {
        "http": answer_health,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(_sockets())),
    }
)
