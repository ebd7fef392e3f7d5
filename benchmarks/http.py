"""Requests per second over HTTP on loopback, beside the least a token API in Django costs.

`make bench-http`, or `python -m benchmarks.http --seconds 10 --rounds 5`. Needs wrk (Debian and
Ubuntu: `apt-get install wrk`). Starts PostgreSQL and Valkey of its own under .local/bench, with
fsync on, and two granian servers with two workers each; the four shapes take turns, and the
median of the rounds counts. The ratios carry over to other machines, the figures do not.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks import shop
from benchmarks.shop import Api
from config.children import Child
from config.local_services import BASE_DIR, LocalServices, held, make_folder

HOST = "127.0.0.1"
BASELINE_TOKEN = "b" * 40  # the one benchmarks/baseline.py makes
CONNECTIONS = 16
WARM_UP_SECONDS = 2
RESULT = re.compile(r"Requests/sec:\s+([\d.]+)")
REFUSED = re.compile(r"(Non-2xx or 3xx responses|Socket errors): (.*)")


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of request: its name, its address, and the arguments of post.lua, or none to GET."""

    name: str
    url: str
    token: str
    bodies: Path | None = None
    is_commit: bool = False

    def requests_per_second(self, seconds: int) -> float:
        """Measure with wrk. Raises: RuntimeError if any request was not answered well."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
        if self.bodies is None:
            command += ["-H", f"Authorization: Token {self.token}", self.url]
        else:
            script = BASE_DIR / "benchmarks" / "post.lua"
            command += ["-s", str(script), self.url, "--", str(self.bodies), self.token]
            if self.is_commit:
                command.append(secrets.token_hex(4))
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        refused = REFUSED.search(done.stdout)
        found = RESULT.search(done.stdout)
        if refused or not found:
            raise RuntimeError(f"{self.name}: {refused.group(0) if refused else done.stdout}")
        return float(found.group(1))


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
            rates = measure(shapes, options.seconds, options.rounds)
        finally:
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.wait_or_kill(15)
    report(rates)
    return 0


def prepare(services: LocalServices, children: list[Child]) -> list[Shape]:
    """Start both servers on fresh databases, open the shop, and return what to measure."""
    for name in ("punchcard", "baseline"):
        make_database(services, name)
    env = {
        **os.environ,
        "LOCAL": "on",
        "LOCAL_DIR": str(services.folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "RATE_POS": "0",
        "RATE_ADMIN": "0",
        "BASELINE_DATABASE_URL": services.database_url.replace("/punchcard", "/baseline"),
    }
    python(env, "-m", "benchmarks.baseline")
    python(env, "manage.py", "migrate", "--verbosity", "0")
    token = python(env, "manage.py", "create_token", "bench", "--role", "admin").split()[-1]
    baseline = serve("benchmarks.baseline:application", env, services, children)
    product = serve("config.wsgi:application", env, services, children)
    print("Opening the shop ...", flush=True)
    carts = shop.open_shop(Api(product, token))
    bodies = services.folder / "carts"
    bodies.write_text("".join(json.dumps(cart) + "\n" for cart in carts))
    return [
        Shape("empty DRF view, TokenAuthentication", f"{baseline}/empty", BASELINE_TOKEN),
        Shape("no-op of the product (whoami)", f"{product}/api/v1/whoami", token),
        Shape("quote, 20 lines, 100 programs", f"{product}/api/v1/orders/quote", token, bodies),
        Shape("commit, 20 lines, 100 programs", f"{product}/api/v1/orders", token, bodies, True),
    ]


def make_database(services: LocalServices, name: str) -> None:
    """Make the database anew."""
    with psycopg.connect(
        host=str(services.sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())


def python(env: dict[str, str], *arguments: str) -> str:
    """Run a Python program of the project and return what it printed."""
    line = [sys.executable, *arguments]
    done = subprocess.run(line, check=True, cwd=BASE_DIR, env=env, stdout=subprocess.PIPE)
    return done.stdout.decode()


def serve(application: str, env: dict[str, str], services: LocalServices, to: list[Child]) -> str:
    """Start granian as `make run` does, wait until it listens, and return its address."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi"]
    command += ["--host", HOST, "--port", str(port), "--workers", "2", "--blocking-threads", "2"]
    log = services.log(application.split(":", maxsplit=1)[0])
    to.append(
        Child.start(application, [*command, "--no-access-log", application], log=log, env=env)
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return f"http://{HOST}:{port}"
    raise RuntimeError(f"{application} does not listen:\n{to[-1].last_words()}")


def measure(shapes: list[Shape], seconds: int, rounds: int) -> dict[str, list[float]]:
    """Return the requests per second of each shape, one figure a round."""
    for shape in shapes:
        shape.requests_per_second(WARM_UP_SECONDS)
    rates: dict[str, list[float]] = {shape.name: [] for shape in shapes}
    for turn in range(rounds):
        print(f"Round {turn + 1} of {rounds} ...", flush=True)
        for shape in shapes:
            rates[shape.name].append(shape.requests_per_second(seconds))
    return rates


def report(rates: dict[str, list[float]]) -> None:
    """Print the medians, their spread, and the ratio to the first."""
    medians = {name: statistics.median(found) for name, found in rates.items()}
    first = next(iter(medians.values()))
    print(f"\n{'':38}{'requests/s':>11}  {'of all rounds':>17}  {'ratio':>6}")
    for name, median in medians.items():
        spread = f"{min(rates[name]):,.0f} - {max(rates[name]):,.0f}"
        print(f"{name:38}{median:>11,.0f}  {spread:>17}  {median / first:>6.2f}")


def _interrupted(*_: object) -> None:
    raise SystemExit(1)  # so that the servers are stopped on the way out


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupted)
    sys.exit(main())
