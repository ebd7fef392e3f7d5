"""Requests per second over HTTP on loopback, beside the least a token API in Django costs.

`make bench-http`, or `python -m benchmarks.http --seconds 10 --rounds 5`. Needs wrk (Debian and
Ubuntu: `apt-get install wrk`). Starts PostgreSQL and Valkey of its own under .local/bench, with
fsync on, and granian servers alike: the empty view, a shop with 100 programs, and one with 1,000,
each with the engine as it is read and, from a copy of the project, as it runs in the image:
compiled (config/compile_engine.py). The shapes take turns, and the median of the rounds counts.
The ratios carry over to other machines, the figures do not. What was found is in
docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from benchmarks import shop
from benchmarks.load import CONNECTIONS, Measured, Shape, measure
from benchmarks.shop import Api
from config.children import Child
from config.local_services import BASE_DIR, LocalServices, held, make_folder

HOST = "127.0.0.1"
BASELINE_TOKEN = "b" * 40  # the one benchmarks/baseline.py makes
WARM_UP_SECONDS = 2
# Shops by the name of their database: how many of their programs concern other products.
SHOPS = {"punchcard": 0, "punchcard_large": 900}
WORKERS, THREADS = 2, 2  # as `make run` starts them


def main() -> int:
    """Measure and print. Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=5, help="of every measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of all shapes in turn")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("There is no wrk here. On Debian and Ubuntu: apt-get install wrk", file=sys.stderr)
        return 1
    folder = BASE_DIR / ".local" / "bench"
    make_folder(folder)
    with held(LocalServices(folder)) as services:
        children: list[Child] = []
        try:
            shapes = prepare(services, children)
            found = take_turns(shapes, options.seconds, options.rounds, postgres_of(services))
        finally:
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.wait_or_kill(15)
    report(found)
    return 0


def prepare(services: LocalServices, children: list[Child]) -> list[Shape]:
    """Start the servers on fresh databases, open the shops, and return what to measure."""
    environment = {
        **os.environ,
        "LOCAL": "on",
        "LOCAL_DIR": str(services.folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": services.redis_url,
        "RATE_POS": "0",
        "RATE_ADMIN": "0",
        "DATABASE_URL": services.database_url,
        "BASELINE_DATABASE_URL": services.database_url.replace("/punchcard", "/baseline"),
    }
    make_database(services, "baseline")
    python(environment, "-m", "benchmarks.baseline")
    base, pid = serve("benchmarks.baseline:application", environment, services, children)
    compiled = compiled_copy(services.folder / "compiled")
    shapes = [
        Shape("empty DRF view, TokenAuthentication", f"{base}/empty", BASELINE_TOKEN, pid),
    ]
    for name, elsewhere in SHOPS.items():
        make_database(services, name)
        url = services.database_url.replace("/punchcard", f"/{name}")
        env = {**environment, "DATABASE_URL": url}
        python(env, "manage.py", "migrate", "--verbosity", "0")
        token = python(env, "manage.py", "create_token", "bench", "--role", "admin").split()[-1]
        base, pid = serve("config.wsgi:application", env, services, children)
        print(f"Opening a shop with {shop.PROGRAMS + elsewhere:,} programs ...", flush=True)
        carts = shop.open_shop(Api(base, token), elsewhere=elsewhere)
        bodies = services.folder / f"{name}.carts"
        bodies.write_text("".join(json.dumps(cart) + "\n" for cart in carts))
        size = f"20 lines, {shop.PROGRAMS + elsewhere:,} programs"
        api = f"{base}/api/v1"
        if not elsewhere:
            shapes.append(Shape("no-op of the product (whoami)", f"{api}/whoami", token, pid))
        shapes += [
            Shape(f"quote, {size}", f"{api}/orders/quote", token, pid, bodies),
            Shape(f"commit, {size}", f"{api}/orders", token, pid, bodies, is_commit=True),
        ]
        if compiled is not None:
            base, pid = serve("config.wsgi:application", env, services, children, folder=compiled)
            address = f"{base}/api/v1/orders/quote"
            shapes.append(Shape(f"{shapes[-2].name}, compiled", address, token, pid, bodies))
    return shapes


def compiled_copy(folder: Path) -> Path | None:
    """Copy the project into the folder and compile the engine there; None without a compiler."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "mutants", "staticfiles", "*.so")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BASE_DIR, folder, ignore=left_out)
    print("Compiling the engine ...", flush=True)
    command = [sys.executable, "-m", "config.compile_engine"]
    done = subprocess.run(command, check=False, cwd=folder)
    return None if done.returncode else folder


def make_database(services: LocalServices, name: str) -> None:
    """Make the database anew."""
    with psycopg.connect(
        host=str(services.sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())


def postgres_of(services: LocalServices) -> int:
    """Return the process id of PostgreSQL, whose children are the backends."""
    return int((services.home / "postgres" / "postmaster.pid").read_text().split()[0])


def python(env: dict[str, str], *arguments: str) -> str:
    """Run a Python program of the project and return what it printed."""
    line = [sys.executable, *arguments]
    done = subprocess.run(line, check=True, cwd=BASE_DIR, env=env, stdout=subprocess.PIPE)
    return done.stdout.decode()


def serve(
    application: str,
    env: dict[str, str],
    services: LocalServices,
    children: list[Child],
    *,
    interface: str = "wsgi",
    folder: Path = BASE_DIR,
) -> tuple[str, int]:
    """Start granian as `make run` does, wait until it listens; return its address and process."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("granian")), "--interface", interface]
    command += ["--host", HOST, "--port", str(port), "--no-access-log"]
    if interface == "wsgi":
        command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS)]
    command.append(application)
    log = services.log(f"{application.split(':', maxsplit=1)[0]}.{len(children)}")
    child = Child.start(application, command, log=log, env=env, folder=folder)
    children.append(child)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return f"http://{HOST}:{port}", child.process.pid
    raise RuntimeError(f"{application} does not listen:\n{child.last_words()}")


def take_turns(
    shapes: list[Shape], seconds: int, rounds: int, postgres: int
) -> dict[str, list[Measured]]:
    """Measure each shape once a round."""
    for shape in shapes:
        measure(shape, WARM_UP_SECONDS, postgres=postgres)
    found: dict[str, list[Measured]] = {shape.name: [] for shape in shapes}
    for turn in range(rounds):
        print(f"Round {turn + 1} of {rounds} ...", flush=True)
        for shape in shapes:
            found[shape.name].append(measure(shape, seconds, postgres=postgres))
    return found


def report(found: dict[str, list[Measured]]) -> None:
    """Print the median rate with its spread and its ratio to the first, latency and CPU."""
    first = statistics.median(one.rate for one in next(iter(found.values())))
    print(
        f"\nwrk, {CONNECTIONS} connections; granian, {WORKERS} workers of {THREADS} threads;"
        f" {os.cpu_count()} cores. Medians of the rounds.\n\n"
        f"{'':46}{'requests/s':>10}  {'of all rounds':>15} {'ratio':>6}"
        f" {'p50 ms':>7} {'p95 ms':>7}  CPU ms a request: web, PostgreSQL"
    )
    for name, runs in found.items():
        rates = [one.rate for one in runs]
        rate = statistics.median(rates)
        p50, p95, web, postgres = (
            statistics.median(values)
            for values in zip(
                *((one.p50, one.p95, one.cpu["web"], one.cpu["PostgreSQL"]) for one in runs),
                strict=True,
            )
        )
        spread = f"{min(rates):,.0f} - {max(rates):,.0f}"
        print(
            f"{name:46}{rate:>10,.0f}  {spread:>15} {rate / first:>6.2f}"
            f" {p50:>7.1f} {p95:>7.1f}  {web:.2f}, {postgres:.2f}"
        )


def _interrupted(*_: object) -> None:
    raise SystemExit(1)  # so that the servers are stopped on the way out


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupted)
    sys.exit(main())
