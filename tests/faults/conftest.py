"""A PostgreSQL and a Valkey that may be killed, and a shop on a database of each test's own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from config.local_services import BASE_DIR, LocalServices

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


@dataclass
class Town:
    """A shop on a database of its own, and the processes started for it."""

    services: LocalServices
    database: str
    redis_number: int
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        """What its processes find in their environment."""
        host = quote(str(self.services.sockets), safe="")
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": f"postgres://postgres@{host}/{self.database}",
            "REDIS_URL": f"unix://{self.services.sockets}/valkey.sock?db={self.redis_number}",
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, *arguments: str) -> str:
        """Run a Python program to its end and return what it printed."""
        line = [sys.executable, *arguments]
        done = subprocess.run(
            line, cwd=BASE_DIR, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a Python program at the head of its own process group."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=BASE_DIR,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def consume(self) -> subprocess.Popen[str]:
        """Start the consumers and wait until they are at work."""
        process = self.start("manage.py", "run_consumers", "--workers", "2")
        read_until(process, "Consuming with")
        return process

    def connect(self) -> psycopg.Connection[Any]:
        """Return a connection of the test's own, outside of transactions."""
        return psycopg.connect(
            host=str(self.services.sockets), user="postgres", dbname=self.database, autocommit=True
        )

    def ask(self, sql: str) -> Any:
        """Return the one value that a statement answers."""
        with self.connect() as connection:
            (value,) = connection.execute(sql.encode()).fetchall()[0]
            return value

    def consumers_are_done(self) -> bool:
        """Tell whether every consumer has handled every event, and none is set aside."""
        rows = [line.split() for line in self.run("-m", "tests.faults.work", "behind").splitlines()]
        assert {row[0] for row in rows} >= {"witness", "broadcast", "report_facts"}
        return all(row[1:] == ["0", "0", "0"] for row in rows)

    def kill_all(self) -> None:
        """End whatever still runs."""
        for process in self.processes:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and its children outright."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def read_until(process: subprocess.Popen[str], words: str) -> None:
    """Read what the process prints up to a line with these words."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return
    raise AssertionError(f"it ended without saying {words!r}:\n{said}")


@pytest.fixture(scope="session")
def mortal_servers() -> Iterator[LocalServices]:
    """Servers of these tests alone, with a migrated database that has an open shop."""
    # Not tmp_path: pytest's own folders are closed to the account root's servers run as.
    folder = Path(tempfile.mkdtemp(prefix="punchcard-faults-", dir="/tmp")).resolve()
    folder.chmod(0o755)
    services = LocalServices(folder, durable=True)
    services.hold()
    template = Town(services, "punchcard", 0)
    template.run("manage.py", "migrate", "--verbosity", "0")
    template.run("-m", "tests.faults.work", "open")
    yield services
    services.release()
    services.stop()
    shutil.rmtree(folder)


@pytest.fixture
def town(mortal_servers: LocalServices, request: pytest.FixtureRequest) -> Iterator[Town]:
    """The shop, on a copy of the database."""
    number = 1 + request.session.items.index(request.node) % 15
    name = f"town_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(
        host=str(mortal_servers.sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE punchcard".encode())
    one = Town(mortal_servers, name, number)
    yield one
    one.kill_all()
