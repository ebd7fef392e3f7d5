"""The live process: WebSockets with a session, from our own pages, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.security.websocket import AllowedHostsOriginValidator
from django.test import override_settings

from config.asgi import application

pytestmark = pytest.mark.django_db


def connect(application: Any, path: str, origin: str) -> dict[str, Any]:
    """Return what a browser is answered that asks for a WebSocket."""
    scope = {"type": "websocket", "path": path, "query_string": b"", "subprotocols": []}
    headers = [(b"origin", origin.encode()), (b"host", b"localhost:8001")]

    async def ask() -> dict[str, Any]:
        browser = ApplicationCommunicator(application, {**scope, "headers": headers})
        await browser.send_input({"type": "websocket.connect"})
        answer: dict[str, Any] = await browser.receive_output(5)
        await browser.send_input({"type": "websocket.disconnect", "code": 1000})
        await browser.wait(5)
        return answer

    return asyncio.run(ask())


@override_settings(ALLOWED_HOSTS=["shop.example"])
def test_another_sites_page_is_refused_before_anything_else() -> None:
    reached: list[str] = []

    async def room(scope: dict[str, Any], receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        await send({"type": "websocket.accept"})

    guarded = AllowedHostsOriginValidator(room)
    assert connect(guarded, "/ws/", "https://evil.example")["type"] == "websocket.close"
    assert reached == []
    assert connect(guarded, "/ws/", "https://shop.example")["type"] == "websocket.accept"


def test_an_address_that_leads_nowhere_is_refused() -> None:
    answer = connect(application, "/ws/nowhere/", "http://localhost")
    assert answer == {"type": "websocket.close", "code": 4404}


@pytest.mark.parametrize(
    ("path", "status"), [("/health/live", 200), ("/admin/", 404), ("/api/v1/whoami", 404)]
)
def test_it_answers_for_its_health_and_serves_no_pages(path: str, status: int) -> None:
    async def ask() -> dict[str, Any]:
        asker = ApplicationCommunicator(application, {"type": "http", "path": path, "headers": []})
        await asker.send_input({"type": "http.request"})
        answer: dict[str, Any] = await asker.receive_output(5)
        return answer

    assert asyncio.run(ask())["status"] == status
