"""The command that runs consumers, as the process it is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from django.core.management import CommandError, call_command
from django_redis import get_redis_connection

from config.local_services import BASE_DIR
from events.consumers.broadcast import STREAM
from events.models import ConsumerPosition
from tests.addresses import database_url
from tests.events.readers import log
from tests.house.processes import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command against the test's database, and stop it."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_consumers", *arguments],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "Consuming with" in process.stdout.readline()
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_workers_hear_of_events_and_stop_when_asked() -> None:
    with running("--workers", "2", "--only", "broadcast") as process:
        assert eventually(lambda: len(psutil.Process(process.pid).children()) == 2)
        log(("Any", "card:1"))
        assert eventually(lambda: get_redis_connection().xlen(STREAM) == 1)
        workers = psutil.Process(process.pid).children()
    assert process.returncode == 0
    assert not any(worker.is_running() for worker in workers)


def test_when_a_worker_dies_the_command_says_so_and_ends() -> None:
    with running("--workers", "2", "--only", "broadcast") as process:
        assert eventually(lambda: len(psutil.Process(process.pid).children()) == 2)
        psutil.Process(process.pid).children()[0].kill()
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert re.search("Ended by itself: worker [12]", output)


def test_workers_do_not_outlive_the_command() -> None:
    with running("--workers", "2", "--only", "broadcast") as process:
        assert eventually(lambda: len(psutil.Process(process.pid).children()) == 2)
        workers = psutil.Process(process.pid).children()
        process.kill()
        assert eventually(lambda: not any(worker.is_running() for worker in workers))


@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--only", "nobody"]])
def test_what_makes_no_sense_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("run_consumers", *arguments)
    assert not ConsumerPosition.objects.exists()
