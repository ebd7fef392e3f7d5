"""Whether the process is alive and its servers are there, and who may read the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from access import redis_gate
from config import health
from tests.shop import Api


@pytest.fixture
def _redis_down(settings: Any) -> Iterator[None]:
    down = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    settings.CACHES = down
    yield
    redis_gate._gate.closed_until = 0.0


def ready() -> tuple[int, dict[str, Any]]:
    response = Client().get("/health/ready")
    return response.status_code, response.json()


def test_a_living_process_says_so_and_asks_nobody() -> None:
    # Without access to the database this would fail if it asked.
    response = Client().get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_it_is_ready_when_all_it_needs_is_there() -> None:
    everything = {"database": "ok", "migrations": "ok", "redis": "ok"}
    assert ready() == (200, {"status": "ready", "checks": everything})


@pytest.mark.usefixtures("_redis_down")
@pytest.mark.django_db
def test_a_missing_redis_is_named() -> None:
    status, body = ready()
    assert (status, body["status"]) == (503, "not_ready")
    assert body["checks"] == {"database": "ok", "migrations": "ok", "redis": "down"}


@pytest.mark.django_db(transaction=True)
def test_a_missing_database_is_named_without_its_address() -> None:
    connection.close()
    port = connection.settings_dict["PORT"]
    connection.settings_dict["PORT"] = "1"
    health._migrations.cache_clear()
    try:
        status, body = ready()
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port
    assert status == 503
    assert body["checks"] == {"database": "down", "migrations": "down", "redis": "ok"}


@pytest.mark.django_db
def test_waiting_migrations_are_told() -> None:
    health._migrations.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'access' and name like '0002%%'")
    status, body = ready()
    assert status == 503
    assert body["checks"]["migrations"] == "1 migrations to apply"


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_not_by_reference(admin: Api) -> None:
    for number in range(3):
        admin.call("GET", f"partners/nobody-{number}")
    text = Client().get("/metrics").content.decode()
    assert "nobody-1" not in text
    line = (
        'punchcard_http_requests_total{method="GET",route="api/v1/partners/<ref:ref>",status="404"}'
    )
    assert line in text
    assert 'punchcard_http_request_seconds_count{route="api/v1/partners/<ref:ref>"}' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "10.0.0.9", 404),
        ({"X-Forwarded-For": "8.8.8.8"}, "127.0.0.1", 404),
        ({"Forwarded": "for=8.8.8.8"}, "127.0.0.1", 404),
        ({"Authorization": "Bearer prometheus"}, "10.0.0.9", 200),
        ({"Authorization": "Bearer prometheus", "X-Forwarded-For": "8.8.8.8"}, "127.0.0.1", 200),
        ({"Authorization": "Bearer wrong"}, "10.0.0.9", 404),
        ({"Authorization": "Bearer "}, "10.0.0.9", 404),
    ],
)
def test_metrics_are_for_this_machine_or_the_bearer_of_the_token(
    settings: Any, headers: dict[str, str], address: str, status: int
) -> None:
    settings.METRICS_TOKEN = "prometheus"
    response = Client().get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status


def test_without_a_token_set_an_empty_one_opens_nothing(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    headers = {"Authorization": "Bearer "}
    assert Client().get("/metrics", headers=headers, REMOTE_ADDR="10.0.0.9").status_code == 404
