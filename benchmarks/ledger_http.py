"""Redeeming over HTTP, as a till does, beside an empty view of Django REST framework."""

from __future__ import annotations

import secrets
import statistics
import subprocess

from benchmarks.http import BASELINE_TOKEN, make_database, postgres_of, python, serve
from benchmarks.load import CONNECTIONS, SAID, Shape
from benchmarks.load import measure as load
from config.children import Child
from config.local_services import BASE_DIR, LocalServices

BOUND = 0.6
WARM_UP_SECONDS = 2


def measure(
    services: LocalServices, env: dict[str, str], cards: int, seconds: float, rounds: int
) -> list[float]:
    """Return the ratio of each round: requests a second, redeeming over the empty view."""
    make_database(services, "baseline")
    env = env | {"BASELINE_DATABASE_URL": services.database_url.replace("/punchcard", "/baseline")}
    python(env, "-m", "benchmarks.baseline")
    token = python(
        env, "manage.py", "create_token", "till", "--role", "pos", "--pos", "bench"
    ).split()[-1]
    span = max(int(seconds), 1)
    children: list[Child] = []
    try:
        base, pid = serve("benchmarks.baseline:application", env, services, children)
        shape = Shape("empty DRF view, TokenAuthentication", f"{base}/empty", BASELINE_TOKEN, pid)
        product, _ = serve("config.wsgi:application", env, services, children)
        postgres = postgres_of(services)
        load(shape, WARM_UP_SECONDS, postgres=postgres)
        redeemed_per_second(product, token, cards, WARM_UP_SECONDS)
        pairs = []
        for _ in range(rounds):
            nothing = load(shape, span, postgres=postgres).rate
            pairs.append((nothing, redeemed_per_second(product, token, cards, span)))
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait_or_kill(15)
    print(f"\n{'':42}{'requests/s':>11}")
    for place, name in enumerate((shape.name, "redeem, as a till, with a key")):
        print(f"{name:42}{statistics.median(pair[place] for pair in pairs):>11,.0f}")
    return [redeemed / nothing for nothing, redeemed in pairs]


def redeemed_per_second(base: str, token: str, cards: int, seconds: int) -> float:
    """Measure with wrk. Raises: RuntimeError if any redemption was refused."""
    script = str(BASE_DIR / "benchmarks" / "redeem.lua")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", script]
    command += [base, "--", token, str(cards), secrets.token_hex(4)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = SAID.search(done.stdout)
    if found is None or found[5] != "0":
        raise RuntimeError(f"redeem: {done.stdout}")
    return int(found[1]) * 1e6 / int(found[2])
