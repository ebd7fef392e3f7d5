"""The operations page is there, and soon, when Redis is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from redis.connection import Connection

from events.admin.servers import workers

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["nobody listens", "nobody answers"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a Redis should be."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = 1 if request.param == "nobody listens" else silent.getsockname()[1]
        yield f"redis://127.0.0.1:{port}/0"


def test_the_page_tells_that_redis_is_down_without_waiting_for_celery(
    address: str, settings: Any, client: Client, admin_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(**_: Any) -> None:
        pytest.fail("Celery was asked")

    monkeypatch.setattr(current_app.control, "ping", ask)
    client.force_login(admin_user)
    default = {**settings.CACHES["default"], "LOCATION": address}
    settings.CACHES = {**settings.CACHES, "default": default}
    page = client.get("/admin/operations/").content.decode()
    assert "cannot be asked without Redis" in page
    assert "0 wait" not in page  # how much waits in the queues is not known


def test_celery_is_asked_once(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_url", address)
    monkeypatch.setattr(current_app.conf, "broker_write_url", address)
    tries: list[object] = []
    connect = Connection._connect

    def count(self: Connection) -> Any:
        tries.append(self)
        return connect(self)

    monkeypatch.setattr(Connection, "_connect", count)
    found = workers()
    assert len(tries) == 1  # by itself it would be three, over six seconds
    assert (found.up, found.told in {"OperationalError", "TimeoutError"}) == (False, True)
