"""The keeper of the local servers: starts PostgreSQL and Valkey, watches them, stops them.

Run by `LocalServices.hold()` as `python -m config.local_keeper FOLDER durable|fast IDLE`. It
prints `ready` or why not, and closes its output. It ends, and both servers with it, on SIGTERM,
when a server dies, when its folder is gone, or when nobody held a lease for IDLE seconds.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import psycopg

from config.local_servers import ServerProcesses
from config.local_services import READY, LocalServices, LocalServicesError, lock_within

WATCH_SECONDS = 0.5


def main(services: LocalServices) -> int:
    """Keep the servers until there is no reason to. Return the exit status."""
    asked: SimpleQueue[int] = SimpleQueue()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: asked.put(number))
    servers: ServerProcesses | None = None
    try:
        # Never closed: the lock goes when this process does, so who sees it free sees nothing run.
        lock = os.open(services.folder / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o644)
        lock_within(lock, fcntl.LOCK_EX, 5, "Another keeper of the local servers does not end")
        servers = ServerProcesses(services)
        servers.start()
    except (LocalServicesError, OSError, psycopg.Error) as error:
        if servers:
            servers.stop()
        print(_in_words(error, services))
        return 1
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    print(READY, flush=True)
    os.dup2(2, 1)  # who started us reads until this end is closed
    try:
        return _watch(servers, lock, asked)
    finally:
        servers.stop()


def _in_words(error: Exception, services: LocalServices) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"The disk of {services.home} is full. Free some space."
    if isinstance(error, PermissionError) and os.geteuid() == 0:
        return (
            f"PostgreSQL refuses to run as root, and this root may not run it as another account "
            f"({error}). Set DATABASE_URL and REDIS_URL instead."
        )
    return str(error)


def _watch(servers: ServerProcesses, lock: int, asked: SimpleQueue[int]) -> int:
    """Return when the servers should stop: 0, or 1 when one of them died."""
    idle_since: float | None = None
    folder = servers.services.folder
    lease = os.open(folder / "lease.lock", os.O_RDWR | os.O_CREAT, 0o644)  # never closed, too
    while True:
        with suppress(Empty):
            asked.get(timeout=WATCH_SECONDS)
            return 0
        if dead := servers.dead():
            print(f"{dead} ended by itself; see {servers.services.log(dead)}.", flush=True)
            return 1
        if not _still_there(folder / "keeper.lock", lock):
            return 0
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            idle_since = None
            continue
        idle_since = idle_since or time.monotonic()
        if time.monotonic() - idle_since >= servers.services.idle_seconds:
            return 0  # the lease stays locked until this process is gone: newcomers wait
        fcntl.flock(lease, fcntl.LOCK_UN)


def _still_there(path: Path, lock: int) -> bool:
    """Tell whether the folder is still the one we keep: it may be removed while we run."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main(LocalServices(Path(sys.argv[1]), sys.argv[2] == "durable", float(sys.argv[3]))))
