"""The local run: everything Punchcard needs on one machine, until Ctrl-C. `make run`."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.children import Child
from config.local_services import LocalServices, LocalServicesError, make_folder

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
WEB_WORKERS = 2
WEB_THREADS = 2
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
WATCH_SECONDS = 0.5
LEAST_MEGABYTES = 64  # PostgreSQL writes its log in files of 16 MB
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RunError(Exception):
    """The local run cannot start or go on; the message says what to do about it."""


class Stopped(Exception):
    """Somebody asked the run to stop."""


def main() -> int:
    """Run until asked to stop. Return the exit status: 0 when asked, 1 when something failed."""
    for number in STOPPING_SIGNALS:
        signal.signal(number, _raise_stopped)
    os.environ.setdefault("LOCAL", "on")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    run: Run | None = None
    try:
        port = free_port(os.environ.get("PORT", "8000"))
        live = other_port("LIVE_PORT", port)
        run = Run(port, live, other_port("GRPC_PORT", live), settings.LOCAL_DIR)
        run.start()
        run.watch()
    except Stopped:
        print("\nStopping ...", flush=True)
        return 0
    except (RunError, LocalServicesError, ImproperlyConfigured) as error:
        return _failed(str(error) + (space_left(run.folder) if run is not None else ""))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return _failed(f"The disk is full: {error}. Free some space.")
    finally:
        if run is not None:
            run.stop()


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    # A second signal must not interrupt the stopping that the first one began.
    for number in STOPPING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _failed(message: str) -> int:
    print(f"\n{message}", file=sys.stderr, flush=True)
    return 1


def space_left(folder: Path) -> str:
    """Return a sentence where the disk is nearly full: most likely that is why a part failed."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    megabytes = shutil.disk_usage(existing).free // 1_000_000
    if megabytes >= LEAST_MEGABYTES:
        return ""
    return f"\nThe disk of {folder} is full ({megabytes} MB are free). Free some space."


def free_port(text: str, name: str = "PORT") -> int:
    """Return the port as a number. Raises: RunError where it is none, or taken."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise RunError(f"{name} must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise RunError(f"Port {port} needs more rights. Choose one above 1023.") from error
        except OSError as error:
            other = port + 1 if port < 65535 else 8000
            raise RunError(
                f"Port {port} is taken by another program. Choose another: make run {name}={other}"
            ) from error
    return port


def other_port(name: str, port: int) -> int:
    """Return the port of that name, or else the next free one after `port`.

    Raises: RunError where the one named is none, or taken.
    """
    if os.environ.get(name):
        return free_port(os.environ[name], name=name)
    for other in range(port + 1, min(port + 100, 65536)):
        with suppress(RunError):
            return free_port(str(other))
    raise RunError(f"No port is free. Choose one: make run {name}=...")


@dataclass(slots=True)
class Run:
    """One local run: its servers, its processes, and the folder of its data and logs."""

    port: int
    live_port: int
    grpc_port: int
    folder: Path
    services: LocalServices | None = None
    children: list[Child] = field(default_factory=list)

    def start(self) -> None:
        """Start everything and say where it is. Raises: RunError, LocalServicesError."""
        shutil.rmtree(self.metrics, ignore_errors=True)  # counters of processes that are gone
        make_folder(self.metrics)
        make_folder(self.logs)
        self._start_services()
        self._prepare()
        self._start_web()
        self._wait_until_ready()
        self._start_workers()
        self._say_hello()

    @property
    def logs(self) -> Path:
        """The folder of every process's log."""
        return self.folder / "log"

    @property
    def metrics(self) -> Path:
        """The folder where each web worker counts in a file of its own.

        By the port: a second run of the checkout must not take the counters of the first.
        """
        return self.folder / "metrics" / str(self.port)

    @property
    def _env(self) -> dict[str, str]:
        own = {"PROMETHEUS_MULTIPROC_DIR": str(self.metrics), "LIVE_PORT": str(self.live_port)}
        own |= {"GRPC_PORT": str(self.grpc_port), "GRPC_HOST": HOST}
        return {**os.environ, **own, "PYTHONUNBUFFERED": "1"}

    def _start_services(self) -> None:
        services: LocalServices | None = settings.LOCAL_SERVICES
        if services is None:
            print("Using the servers of DATABASE_URL and REDIS_URL.", flush=True)
            return
        print(f"Starting PostgreSQL and Valkey (data under {services.home}) ...", flush=True)
        self.services = services
        services.hold()

    def _prepare(self) -> None:
        child = self._start_child("preparing", ["-m", "config.prepare"], in_terminal=True)
        status = child.process.wait()
        self.children.remove(child)
        if status != 0:
            raise RunError(f"Preparing failed (exit status {status}); its words are above.")

    def _start_web(self) -> None:
        print("Starting the web server and the workers ...", flush=True)
        granian = ["-m", "granian", "--no-access-log", "--host", HOST]
        granian += ["--workers-kill-timeout", "10"]
        web = [*granian, "--interface", "wsgi", "--port", str(self.port)]
        web += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
        self._start_child("web", [*web, "config.wsgi:application"])
        live = [*granian, "--interface", "asginl", "--port", str(self.live_port)]
        self._start_child("live", [*live, "config.asgi:application"])
        self._start_child("grpc", ["-m", "config.grpc_server"])

    def _start_workers(self) -> None:
        self._start_child("consumers", ["manage.py", "run_consumers"])
        worker = ["-m", "celery", "-A", "config", "worker", "--beat", "--loglevel", "INFO"]
        worker += ["--schedule", str(self.folder / "timetable"), "--concurrency", "2"]
        self._start_child("worker", worker)

    def _start_child(self, name: str, command: list[str], *, in_terminal: bool = False) -> Child:
        log = None if in_terminal else self.logs / f"{name}.log"
        child = Child.start(name, [sys.executable, *command], log=log, env=self._env)
        self.children.append(child)
        return child

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        answer = "no answer"
        while time.monotonic() < deadline:
            self._refuse_dead()
            try:
                address = f"http://{HOST}:{self.port}/health/ready"
                with urllib.request.urlopen(address, timeout=5):
                    pass
                answer = "gRPC does not answer"
                # It listens when everything else is done, and with TLS we hold no certificate.
                socket.create_connection((HOST, self.grpc_port), timeout=5).close()
                return
            except urllib.error.HTTPError as error:
                answer = error.read().decode(errors="replace")
            except OSError as error:
                answer = str(error)
            time.sleep(0.1)
        raise RunError(f"It is not ready after {READY_SECONDS:.0f} seconds: {answer}")

    def _say_hello(self) -> None:
        base = f"http://{HOST}:{self.port}"
        print(
            f"\nPunchcard is ready.\n"
            f"  Admin       {base}/admin/\n"
            f"  Demo till   {base}/till/\n"
            f"  API pages   {base}/api/docs/\n"
            f"  gRPC        {HOST}:{self.grpc_port}\n"
            f"  Logs        {self.logs}",
            flush=True,
        )
        if settings.DEMO_SHOP:
            command = [sys.executable, "manage.py", "demo_logins"]
            print("\nDemo logins", flush=True)
            subprocess.run(command, check=True, cwd=BASE_DIR, env=self._env)
        print("\nCtrl-C stops everything; the data stays.", flush=True)

    def watch(self) -> NoReturn:
        """Wait until asked to stop. Raises: Stopped, or RunError when something died."""
        while True:
            time.sleep(WATCH_SECONDS)
            self._refuse_dead()

    def _refuse_dead(self) -> None:
        """Raise RunError, with the end of its log, when a part has ended by itself."""
        for child in self.children:
            status = child.process.poll()
            if status is not None:
                raise RunError(
                    f"The {child.name} process ended by itself (exit status {status}), so "
                    f"everything is stopped. Its log, {child.log}, ends with:\n{child.last_words()}"
                )
        if self.services is not None and self.services.keeper_pid() is None:
            log = self.services.log("keeper")
            raise RunError(
                "PostgreSQL or Valkey ended by itself, so everything is stopped. "
                f"{log} ends with:\n{log.read_text(errors='replace')[-1000:]}"
            )

    def stop(self) -> None:
        """Stop the processes, then the servers unless another process uses them."""
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait_or_kill(STOP_SECONDS)
        if self.services is not None:
            self.services.release()


if __name__ == "__main__":
    sys.exit(main())
