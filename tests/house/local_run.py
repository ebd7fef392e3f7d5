"""Starting a local run in a test, and looking for what it left behind."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from config.local_services import BASE_DIR

READY = "Ctrl-C stops everything"
PORTS = (12_000, 32_000)


def free_port() -> int:
    """Return a port that nobody listens on, of those that no system gives out by itself.

    What it would give out it may give to another process too, before ours listens there.
    """
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def start(folder: Path, port: int | str, **env: str) -> subprocess.Popen[str]:
    """Start a run without the demo shop."""
    settings = {"LOCAL_DIR": str(folder), "LOCAL_DURABLE": "off", "DEMO_SHOP": "off"}
    without = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    inherited = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "config.run"],
        cwd=BASE_DIR,
        env={**inherited, **settings, "PORT": str(port), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(run: subprocess.Popen[str], words: str) -> str:
    """Return what the run printed up to a line with these words, or to its end."""
    assert run.stdout is not None
    said = ""
    for line in run.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"the run ended without saying {words!r}:\n{said}")
