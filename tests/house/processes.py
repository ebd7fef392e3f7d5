"""Processes that should be there, or should be gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of living processes that name the folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        if str(folder) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(line)
    return found


def valkey_of(folder: Path) -> psutil.Process:
    """Return the Valkey of the folder."""
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if "valkey-server" in line and str(folder) in line:
            return process
    raise LookupError(folder)


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Tell whether it became true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


def living(folder: Path) -> list[str]:
    """Return the living processes that have the folder in their environment or command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "status", "pid"]):
        told = " ".join(process.info["cmdline"] or [])
        told += (process.info["environ"] or {}).get("LOCAL_DIR", "")
        ended = process.info["status"] == psutil.STATUS_ZOMBIE
        if str(folder) in told and not ended and process.pid != os.getpid():
            found.append(told)
    return found
