"""The live process, on the database of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings as django_settings
from pytest_django import Settings

from tests.addresses import database_url
from tests.house.local_run import free_port


@contextmanager
def live_process(redis_url: str) -> Iterator[int]:
    """Run the live process until the block ends; give its port."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-m", "granian", "--no-access-log", "--interface", "asginl"]
    command += ["--port", str(port), "config.asgi:application"]
    null = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=null, stderr=null) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def let_pages_connect(settings: Settings, port: int) -> None:
    """Have the pages of this process listen to that port, and their policy allow it."""
    settings.LIVE_PORT = port
    policy = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    connect = [*policy["connect-src"], f"ws://localhost:{port}", f"ws://127.0.0.1:{port}"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "connect-src": connect}}


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(900):
        assert process.poll() is None, "the live process ended"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError
