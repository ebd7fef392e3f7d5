"""From commit to the dashboard: 200 who look, 50 orders a second, one of them in a browser.

`make bench-live`, or `python -m benchmarks.live --seconds 10` for a quick look. Starts a PostgreSQL
(fsync on) and a Valkey of its own under .local/bench-live, the web process, the live process and
the consumers, as `make run` does. Orders are committed over HTTP by another process. The time of an
order is from the answer to its commit until a socket, or the page, tells at least as many orders
as were committed by then. Afterwards 1,000 sockets are held at once. Needs Chromium (CHROMIUM,
PATH) for the browser.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import secrets
import statistics
import sys
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import psutil

from benchmarks import reporting_shop
from benchmarks.http import HOST, make_database, python, serve
from benchmarks.in_process import InProcess
from benchmarks.ledger import tell
from benchmarks.live_till import commit_steadily
from benchmarks.live_watchers import Watchers, watch_in_browser
from config.children import Child
from config.local_services import BASE_DIR, LocalServices, held, make_folder
from tests.browser.chromium import find_chromium

SCREEN_BOUND = 1.0  # seconds, 95 of 100
RATE, SOCKETS = 50, 200
MANY, SLOW_RATE = 1_000, 5
PAST_FACTS = 100_000
"""Enough for a board of a shop that has been open for a year."""


@dataclass(slots=True)
class Town:
    """What runs, and how to reach it."""

    web: str
    live: str
    live_pid: int
    token: str
    cookie: str


def main() -> int:
    """Measure and print. Return the exit status: 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=20, help="of orders at full pace")
    options = parser.parse_args()
    folder = BASE_DIR / ".local" / "bench-live"
    make_folder(folder)
    with held(LocalServices(folder)) as services:
        children: list[Child] = []
        try:
            town = open_town(services, children)
            browser = open_browser(town)
            kept = asyncio.run(measure(town, browser, options.seconds))
        finally:
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.wait_or_kill(15)
    return 0 if kept else 1


def open_town(services: LocalServices, children: list[Child]) -> Town:
    """Open a shop with a past, and start the processes."""
    os.environ |= {
        "LOCAL": "on",
        "LOCAL_DIR": str(services.folder),
        "SECRET_KEY": secrets.token_hex(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "RATE_ADMIN": "0",
        "LOG_LEVEL": "ERROR",
        "ALLOWED_HOSTS": f"{HOST},testserver",
    }
    make_database(services, "punchcard")
    python(dict(os.environ), "manage.py", "migrate", "--verbosity", "0")
    import django

    django.setup()
    from access.caller import Role
    from access.services.create_token import create_token

    token = create_token(username="bench", role=Role.ADMIN).key
    shop = reporting_shop.open_shop(InProcess("", token))
    reporting_shop.write_past(services.database_url, shop, PAST_FACTS)
    cookie = sign_in()
    live, live_pid = serve(
        "config.asgi:application", dict(os.environ), services, children, interface="asginl"
    )
    environment = os.environ | {"LIVE_PORT": live.rpartition(":")[2]}
    python(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    web, _ = serve("config.wsgi:application", environment, services, children)
    command = [sys.executable, "manage.py", "run_consumers"]
    log = services.log("consumers")
    children.append(Child.start("consumers", command, log=log, env=environment))
    return Town(web, live, live_pid, token, cookie)


def sign_in() -> str:
    """Make a manager and a session of theirs; return its cookie."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    from access.services.set_up_roles import set_up_roles

    set_up_roles()
    user = User.objects.create_user("manager", is_staff=True)
    user.groups.add(Group.objects.get(name="manager"))
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


async def measure(town: Town, browser: Connection | None, seconds: float) -> bool:
    """Measure both promises; return whether they are kept."""
    address = town.live.replace("http", "ws", 1) + "/ws/reports/dashboard?period=today"
    watchers = Watchers(address, town.cookie, town.web)
    host, port = HOST, int(town.web.rpartition(":")[2])
    till = started(commit_steadily, host, port, town.token)
    try:
        took = await watchers.open(SOCKETS)
        print(f"{SOCKETS} sockets open, all with the present state, after {took:.1f} s", flush=True)
        kept = await at_full_pace(watchers, till, browser, seconds)
        took = await watchers.open(MANY)
        print(f"{MANY} sockets open after {took:.1f} s more", flush=True)
        kept &= await with_many(watchers, till, town.live_pid)
    finally:
        till.send(None)
        await watchers.close()
    return kept


async def at_full_pace(
    watchers: Watchers, till: Connection, browser: Connection | None, seconds: float
) -> bool:
    """Commit at full pace; tell how late sockets and the page hear of it."""
    first = watchers.orders()
    answered = await sell(till, seconds, RATE)
    await asyncio.sleep(3)
    took = answered[-1] - answered[0]
    print(f"{len(answered)} orders in {took:.1f} s, {len(answered) / took:.0f} a second")
    delays = [one for heard in watchers.seen for one in delays_of(answered, heard, first)]
    kept = len(delays) == SOCKETS * len(answered)
    kept &= tell_delays(f"commit to socket, {SOCKETS} of them", delays)
    if browser is None:
        print("no Chromium: the browser is left out")
        return False
    browser.send("tell")
    shown = delays_of(answered, await received(browser), first)
    print(f"of {len(answered)} orders the page showed {len(shown)}")
    return tell_delays("commit to screen", shown) and len(shown) == len(answered) and kept


async def with_many(watchers: Watchers, till: Connection, pid: int) -> bool:
    """Commit slowly with all sockets open; tell how late the last of them hears of it."""
    first = watchers.orders()
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    before = sum(one.cpu_times().user + one.cpu_times().system for one in family)
    answered = await sell(till, 10, SLOW_RATE)
    await asyncio.sleep(3)
    after = sum(one.cpu_times().user + one.cpu_times().system for one in family)
    delays = [one for heard in watchers.seen for one in delays_of(answered, heard, first)]
    kept = tell_delays(f"commit to socket, {MANY} of them", delays)
    memory = sum(one.memory_info().rss for one in family) / 2**20
    print(f"the live process: {memory:.0f} MB, {after - before:.1f} s of CPU in {10 + 3:.0f} s")
    print(f"{watchers.still_open()} of {MANY} sockets still open")
    return kept and watchers.still_open() == MANY and len(delays) == MANY * len(answered)


def delays_of(
    answered: Sequence[float], heard: Sequence[tuple[float, int]], first: int
) -> list[float]:
    """Return, of each order that was heard of, the seconds from its answer until then.

    `first`: how many orders there were before.
    """
    counts: list[int] = []
    most = 0
    for _, count in heard:
        most = max(most, count)
        counts.append(most)
    delays = []
    for number, at in enumerate(answered, start=1):
        place = bisect_left(counts, first + number)
        if place < len(counts):
            delays.append(max(0.0, heard[place][0] - at))
    return delays


def tell_delays(name: str, delays: list[float]) -> bool:
    """Tell how late; return whether the promise is kept."""
    delays = sorted(delays)
    if not delays:
        print(f"{name}: nothing was heard")
        return False
    print(f"{name}: half {statistics.median(delays):.3f} s, all {delays[-1]:.3f} s")
    p95 = delays[int(len(delays) * 0.95)]
    return tell(f"{name}, 95 of 100, s", p95, SCREEN_BOUND, at_most=True)


async def sell(till: Connection, seconds: float, rate: int) -> list[float]:
    """Have orders committed; return when each was answered."""
    till.send((seconds, rate))
    answered: list[float] = await received(till)
    return answered


async def received(pipe: Connection) -> Any:
    """Return what comes, while sockets go on being read."""
    return await asyncio.to_thread(pipe.recv)


def started(work: Any, *arguments: object) -> Connection:
    """Start a process that works at the other end of a pipe; return ours."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    context.Process(target=work, args=(theirs, *arguments), daemon=True).start()
    theirs.close()
    return ours


def open_browser(town: Town) -> Connection | None:
    """Open the page in Chromium, None where there is none."""
    chromium = find_chromium()
    if chromium is None:
        return None
    page = f"{town.web}/admin/reports/?period=today"
    browser = started(watch_in_browser, page, town.cookie, str(chromium))
    deadline = time.monotonic() + 90
    while not browser.poll(1):
        if time.monotonic() > deadline:
            raise TimeoutError("the page does not get live")
    browser.recv()
    return browser


if __name__ == "__main__":
    sys.exit(main())
