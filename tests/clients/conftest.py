"""The web and the gRPC process on a database of their own, called by clients as others have them.

Started once for all tests of this folder, so each test uses references of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
import requests
from django.conf import settings
from django.db import connections
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from pytest_django.plugin import DjangoDbBlocker

from config.local_services import BASE_DIR
from events import bell
from tests.addresses import database_url
from tests.house.local_run import free_port

START_SECONDS = 60
# What a refused call may change all the same: nothing that a shop knows of.
_TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~
    '^(access_idem|events_event|jobs|loyalty|promotions|promotion_report|order_report|point_report)'
"""


@dataclass(frozen=True)
class Servers:
    """Where they are, the key of each role, and what they were started with."""

    env: dict[str, str]
    web: str
    grpc: str
    keys: dict[str, str]

    def get(self, role: str, path: str, **query: Any) -> requests.Response:
        """Ask the REST API."""
        headers = {"Authorization": f"Token {self.keys[role]}"}
        return requests.get(f"{self.web}/api/v1/{path}", params=query, headers=headers, timeout=30)

    def post(self, role: str, path: str, body: object, **headers: str) -> requests.Response:
        """Tell the REST API."""
        headers["Authorization"] = f"Token {self.keys[role]}"
        return requests.post(f"{self.web}/api/v1/{path}", json=body, headers=headers, timeout=30)

    def rows(self) -> dict[str, int]:
        """Count the rows of every table."""
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            names = [name for (name,) in connection.execute(_TABLES).fetchall()]
            counts = {}
            for name in names:
                counted = connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()
                counts[name] = counted[0] if counted else 0
            return counts


@dataclass(frozen=True)
class Refusal:
    """What a client is told of a call that was refused."""

    status: grpc.StatusCode
    code: str
    facts: dict[str, str]
    wrong: dict[str, str]
    retry_after: int | None
    details: str


class Till:
    """A gRPC client with one token. `trailers`: of its last call."""

    def __init__(self, channel: grpc.Channel, key: str) -> None:
        self._channel = channel
        self._key = key
        self.trailers: dict[str, str | bytes] = {}

    def call(
        self, stub: Any, method: str, request: Any, *, timeout: float = 30, **more: str
    ) -> Any:
        """Call a method of a service's stub; keywords are metadata. Raises: grpc.RpcError."""
        metadata = [(name.replace("_", "-"), value) for name, value in more.items()]
        if self._key:
            metadata.append(("authorization", f"Token {self._key}"))
        asked = getattr(stub(self._channel), method)
        answer, call = asked.with_call(request, timeout=timeout, metadata=metadata)
        self.trailers = {one.key: one.value for one in call.trailing_metadata()}
        return answer

    def refused(self, stub: Any, method: str, request: Any, **more: Any) -> Refusal:
        """Call a method that must be refused."""
        with pytest.raises(grpc.RpcError) as caught:
            self.call(stub, method, request, **more)
        return refusal_of(caught.value)


def refusal_of(error: Any) -> Refusal:
    """Return what an error tells, by the library that reads google.rpc.Status."""
    trailers = {one.key: one.value for one in error.trailing_metadata()}
    status = rpc_status.from_call(error)
    assert status is not None, error
    assert status.message == error.details()
    info, fields = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry: int | None = None
    for one in status.details:
        delay = error_details_pb2.RetryInfo()
        one.Unpack(info)
        one.Unpack(fields)
        if one.Unpack(delay):
            retry = delay.retry_delay.seconds
    assert info.domain == "punchcard"
    assert info.reason == str(trailers["error-code"]).upper()
    wrong = {one.field: one.reason for one in fields.field_violations}
    code = str(trailers["error-code"])
    return Refusal(error.code(), code, dict(info.metadata), wrong, retry, error.details())


@contextmanager
def running(*command: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program until the block ends."""
    line = [sys.executable, *command]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, cwd=BASE_DIR, env=env, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)


def wait_for(process: subprocess.Popen[str], is_there: Callable[[], bool]) -> None:
    """Wait until a server answers, or say what it said when it ended instead."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        if is_there():
            return
        time.sleep(0.1)
    raise TimeoutError


def web_answers(address: str) -> bool:
    """Tell whether the web process serves."""
    try:
        return requests.get(f"{address}/health/live", timeout=5).ok
    except requests.ConnectionError:
        return False


def grpc_answers(channel: grpc.Channel) -> bool:
    """Tell whether the gRPC process serves."""
    stub: Any = health_pb2_grpc.HealthStub(channel)
    try:
        told = stub.Check(health_pb2.HealthCheckRequest(), timeout=5, wait_for_ready=True)
    except grpc.RpcError:
        return False
    return bool(told.status == health_pb2.HealthCheckResponse.SERVING)


@pytest.fixture(scope="session")
def shop_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Give the address of a copy of the tests' database, which stays empty itself."""
    with django_db_blocker.unblock():
        address = database_url()
        bell.close()
        connections.close_all()  # a template has no visitors
    template = address.rpartition("/")[2]
    copy = f"{template}_clients"
    with psycopg.connect(f"{address.rpartition('/')[0]}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)".encode())
        # Threads of servers that earlier tests started may keep connections that nobody uses.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template]
        )
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {template}".encode())
        yield f"{address.rpartition('/')[0]}/{copy}"
        connection.execute(f"DROP DATABASE {copy} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def servers(shop_database: str) -> Iterator[Servers]:
    """Start both processes on an open shop."""
    env = os.environ | {
        "DATABASE_URL": shop_database,
        "REDIS_URL": str(settings.REDIS_URL),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "GRPC_PORT": str(free_port()),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",  # the last: what opens the shop
    }
    web = f"http://127.0.0.1:{free_port()}"
    granian = ["-m", "granian", "--no-access-log", "--interface", "wsgi"]
    granian += ["--port", web.rpartition(":")[2], "config.wsgi:application"]
    with ExitStack() as stack:
        web_process = stack.enter_context(running(*granian, env=env))
        grpc_process = stack.enter_context(running("-m", "config.grpc_server", env=env))
        said = subprocess.run(
            [sys.executable, "-m", "tests.clients.open_shop"],
            cwd=BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        keys = json.loads(said.stdout.splitlines()[-1])
        address = f"127.0.0.1:{env['GRPC_PORT']}"
        with grpc.insecure_channel(address) as channel:
            wait_for(grpc_process, lambda: grpc_answers(channel))
        wait_for(web_process, lambda: web_answers(web))
        yield Servers(env, web, address, keys)


@pytest.fixture(scope="session")
def channel(servers: Servers) -> Iterator[grpc.Channel]:
    """Give a channel to the gRPC process."""
    with grpc.insecure_channel(servers.grpc) as one:
        yield one


@pytest.fixture
def client(servers: Servers, channel: grpc.Channel) -> Callable[[str], Till]:
    """Return a gRPC client of a role; `elsewhere` is a till of another POS."""
    return lambda role: Till(channel, servers.keys.get(role, role))


@pytest.fixture
def till(client: Callable[[str], Till]) -> Till:
    """Return the client of a till of `main`."""
    return client("pos")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost, and its key."""
    from tests.clients.certificates import write_certificate

    return write_certificate(tmp_path)
