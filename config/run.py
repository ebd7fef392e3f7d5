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
from pathlib import Path
from types import FrameType

from config.children import Child
from config.local_services import LocalServices, LocalServicesError, make_folder

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"
HOST = "127.0.0.1"
WEB_WORKERS = 2
WEB_THREADS = 2
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
WATCH_SECONDS = 0.5


class RunError(Exception):
    """The local run cannot start or go on; the message says what to do about it."""


class Stopped(Exception):
    """Somebody asked the run to stop."""


def main() -> int:
    """Run until asked to stop. Return the exit status: 0 when asked, 1 when something failed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)
    children: list[Child] = []
    services: LocalServices | None = None
    try:
        port = free_port(os.environ.get("PORT", "8000"))
        env = environment()
        services = start_services()
        prepare(env)
        children += start_children(env, port)
        wait_until_ready(children, port)
        say_hello(env, port)
        watch(children, services)
    except Stopped:
        print("\nStopping ...", flush=True)
        return 0
    except (RunError, LocalServicesError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(f"\nThe disk of {LOCAL_DIR} is full. Free some space.", file=sys.stderr, flush=True)
        return 1
    finally:
        stop(children, services)


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    # A second signal must not interrupt the stopping that the first one began.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def free_port(text: str) -> int:
    """Return the port as a number. Raises: RunError where it is none, or taken."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise RunError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise RunError(f"Port {port} needs more rights. Choose one above 1023.") from error
        except OSError as error:
            raise RunError(
                f"Port {port} is taken by another program. "
                f"Choose another one: make run PORT={port + 1}"
            ) from error
    return port


def environment() -> dict[str, str]:
    """Return the environment of every process of the run, with its folders made."""
    os.environ.setdefault("LOCAL", "on")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    metrics = LOCAL_DIR / "metrics"
    make_folder(LOCAL_DIR / "log")
    shutil.rmtree(metrics, ignore_errors=True)  # counters of processes that are gone
    make_folder(metrics)
    return {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(metrics), "PYTHONUNBUFFERED": "1"}


def start_services() -> LocalServices | None:
    """Start PostgreSQL and Valkey, unless other servers are named. Raises: LocalServicesError."""
    from django.conf import settings

    services: LocalServices | None = settings.LOCAL_SERVICES
    if services is None:
        print("Using the servers of DATABASE_URL and REDIS_URL.", flush=True)
        return None
    print(f"Starting PostgreSQL and Valkey (data under {services.home}) ...", flush=True)
    services.hold()
    return services


def prepare(env: dict[str, str]) -> None:
    """Bring tables, static files and the demo shop up to date. Raises: RunError."""
    manage(env, "Updating the database", "migrate", "--verbosity", "0")
    manage(env, "Collecting static files", "collectstatic", "--no-input", "--verbosity", "0")
    manage(env, "Looking after the demo shop", "load_demo_shop")


def manage(env: dict[str, str], what: str, *command: str) -> None:
    """Run one management command in this terminal. Raises: RunError, naming it."""
    print(f"{what} ...", flush=True)
    done = subprocess.run(
        [sys.executable, "manage.py", *command], check=False, cwd=BASE_DIR, env=env
    )
    if done.returncode != 0:
        raise RunError(f"manage.py {command[0]} failed (exit status {done.returncode}).")


def start_children(env: dict[str, str], port: int) -> list[Child]:
    """Start the web server and the Celery worker with its timetable."""
    tool = Path(sys.executable).parent
    web = [str(tool / "granian"), "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    web += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
    web += ["--workers-kill-timeout", "10", "--no-access-log", "config.wsgi:application"]
    worker = [str(tool / "celery"), "-A", "config", "worker", "--beat", "--concurrency", "2"]
    worker += ["--schedule", str(LOCAL_DIR / "celerybeat-schedule"), "--loglevel", "INFO"]
    logs = LOCAL_DIR / "log"
    print("Starting the web server and the worker ...", flush=True)
    return [
        Child.start("The web server", web, log=logs / "web.log", env=env),
        Child.start("The Celery worker", worker, log=logs / "worker.log", env=env),
    ]


def wait_until_ready(children: list[Child], port: int) -> None:
    """Return once /health/ready is green. Raises: RunError."""
    deadline = time.monotonic() + READY_SECONDS
    answer = "no answer"
    while time.monotonic() < deadline:
        refuse_dead(children)
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health/ready", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode(errors="replace")
        except OSError as error:
            answer = str(error)
        time.sleep(0.1)
    raise RunError(f"/health/ready is not green after {READY_SECONDS:.0f} seconds: {answer}")


def say_hello(env: dict[str, str], port: int) -> None:
    """Print where everything is and who may sign in."""
    base = f"http://{HOST}:{port}"
    print(
        f"\nPunchcard is ready.\n"
        f"  Admin       {base}/admin/\n"
        f"  Demo till   {base}/till/\n"
        f"  API pages   {base}/api/docs/\n"
        f"  Logs        {LOCAL_DIR / 'log'}\n",
        flush=True,
    )
    manage(env, "Demo logins", "demo_logins")
    print("\nCtrl-C stops everything; the data stays.", flush=True)


def watch(children: list[Child], services: LocalServices | None) -> None:
    """Wait until asked to stop. Raises: Stopped, or RunError when something died."""
    while True:
        time.sleep(WATCH_SECONDS)
        refuse_dead(children)
        if services is not None and services.keeper_pid() is None:
            log = services.log("keeper")
            raise RunError(
                f"PostgreSQL or Valkey ended; everything is stopped. Log: {log}\n"
                + log.read_text(errors="replace")[-1000:]
            )


def refuse_dead(children: list[Child]) -> None:
    """Raise RunError, with the end of its log, when a child has ended by itself."""
    for child in children:
        status = child.process.poll()
        if status is not None:
            raise RunError(
                f"{child.name} ended by itself (exit status {status}); everything is stopped. "
                f"Log: {child.log}\n{child.last_words()}"
            )


def stop(children: list[Child], services: LocalServices | None) -> None:
    """Stop the children, then the servers unless another process uses them."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_or_kill(STOP_SECONDS)
    if services is not None:
        services.release()


if __name__ == "__main__":
    sys.exit(main())
