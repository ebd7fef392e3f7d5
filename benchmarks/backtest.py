"""How long a back-test of 100,000 orders takes two workers, and what memory they need.

`make bench-backtest`, or `python -m benchmarks.backtest --orders 10000` for a quick look.
Starts a PostgreSQL and a Valkey of its own under .local/bench-backtest, with fsync on, and a
Celery worker with two processes. The orders are those of the demo shop, every type of program in
force, each sold again on other days until there are enough.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.http import make_database, postgres_of, python
from config.local_services import BASE_DIR, LocalServices, held, make_folder

SECONDS_BOUND = 120.0
GROWTH_BOUND = 1.15  # of the workers' memory from a quarter of the orders to their end
WORKERS = 2
DAYS = 90
TICKS = os.sysconf("SC_CLK_TCK")

_AGAIN = """
INSERT INTO promotions_order (
  ref, request_digest, status, pos_config_id, partner_id, ordered_at, committed_at, currency,
  subtotal, discount_total, total, amount_due, refund_total, optimal, catalog_version, evaluation)
SELECT 'again-' || n || '-' || id, request_digest, 'committed', pos_config_id, partner_id,
       now() - ((n * 7919 + id * 104729) %% %(seconds)s + 86400) * interval '1 second', now(),
       currency, subtotal, discount_total, total, amount_due, 0, optimal, catalog_version,
       evaluation
FROM promotions_order, generate_series(1, %(times)s) n
WHERE ref NOT LIKE 'again-%%' ORDER BY n, id LIMIT %(orders)s
"""


def main() -> int:
    """Measure and print. Return the exit status: 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--different", type=int, default=1_000, help="orders that are sold again")
    options = parser.parse_args()
    folder = BASE_DIR / ".local" / "bench-backtest"
    make_folder(folder)
    with held(LocalServices(folder)) as services:
        make_database(services, "punchcard")
        os.environ |= {
            "LOCAL": "on",
            "LOCAL_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "BACKTEST_LANES": str(WORKERS),
            "LOG_LEVEL": "ERROR",
        }
        environment = dict(os.environ)
        python(environment, "manage.py", "migrate", "--verbosity", "0")
        print("Opening the demo shop ...", flush=True)
        members, orders = str(options.different // 2), str(options.different)
        python(environment, "manage.py", "load_demo_shop", "--members", members, "--orders", orders)
        import django

        django.setup()
        sell_again(options.orders)
        drafts = make_drafts()
        kept = True
        with (folder / "worker.log").open("ab") as log, worker(log.fileno()) as process:
            watched = Watched(process, postgres_of(services))
            for name, program_id in drafts.items():
                kept &= measure(name, program_id, watched, options.orders)
    return 0 if kept else 1


def sell_again(orders: int) -> None:
    """Copy orders to other days until there are so many of the last days."""
    from django.db import connection

    from promotions.models import Order

    different = Order.objects.exclude(ref__startswith="again-").count()
    asked = {
        "times": -(-orders // different),
        "seconds": DAYS * 86_400,
        "orders": orders,
    }
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM promotions_order WHERE ref LIKE 'again-%'")
        cursor.execute(_AGAIN, asked)
        cursor.execute("VACUUM ANALYZE promotions_order")


def make_drafts() -> dict[str, int]:
    """Make a draft that hits most orders, one that hits few, and one with a budget."""
    import msgspec
    from django.utils import timezone

    from core.numbers import decimal_hook
    from promotions.programs.body import ProgramInput
    from promotions.services.save_program import save_program

    read = msgspec.json.Decoder(ProgramInput, dec_hook=decimal_hook).decode

    def make(name: str, minimum: str, **more: object) -> int:
        percent = {"mode": "percent", "value": "5", "applies_to": "order"}
        body = {
            "name": name,
            "program_type": "promotion",
            "stacking": "stackable",
            "currency": "USD",
            "rules": [{"minimum_amount": minimum}],
            "rewards": [{"reward_type": "discount", "discount": percent}],
            **more,
        }
        data = read(msgspec.json.encode(body))
        return save_program(
            program_id=None, data=data, edited_by=None, at=timezone.now()
        ).program_id

    return {
        "5 % off every order": make("Every", "0"),
        "5 % off from 150": make("Large", "150"),
        "5 % off, budget 10,000": make("Budget", "0", budget="10000"),
    }


class worker:  # noqa: N801 - used as a function
    """A Celery worker with its processes, ended when the block is left."""

    def __init__(self, log: int) -> None:
        command = ["-m", "celery", "-A", "config", "worker", "--concurrency", str(WORKERS)]
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=BASE_DIR, stdout=log, stderr=log
        )

    def __enter__(self) -> int:
        time.sleep(8)
        return self.process.pid

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@dataclass(slots=True)
class Watched:
    """The memory of the workers, in MB, at each look, and CPU seconds, theirs and PostgreSQL's."""

    pid: int
    postgres: int
    memory: list[float] = field(default_factory=list)

    def look(self) -> None:
        """Note what memory all of them hold."""
        pages = sum(
            int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _children(self.pid)
        )
        self.memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)

    def cpu(self) -> tuple[float, float]:
        """Return the CPU seconds used so far by the workers, and by PostgreSQL."""
        backends = sum(map(_cpu, _children(self.postgres)))
        return sum(map(_cpu, _children(self.pid))), backends + _cpu(self.postgres, of=(13, 14))


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in listed.split()]


def _cpu(pid: int, of: tuple[int, int] = (11, 12)) -> float:
    """Return the CPU seconds of a process; `of` 13 and 14: of its children that ended."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(parts[one]) for one in of) / TICKS


def measure(name: str, program_id: int, watched: Watched, orders: int) -> bool:
    """Run one back-test and print what it took; return whether the bars hold."""
    from datetime import timedelta

    from django.utils import timezone

    from jobs.models import Job
    from promotions.models import Backtest
    from promotions.services.start_backtest import start_backtest

    now = timezone.now()
    watched.memory.clear()
    cpu, began = watched.cpu(), time.monotonic()
    started = start_backtest(
        program_id=program_id,
        date_from=(now - timedelta(days=DAYS + 2)).date(),
        date_to=now.date(),
        created_by=None,
        at=now,
    )
    planned = time.monotonic() - began
    while True:
        time.sleep(0.5)
        job = Job.objects.get(pk=started.job_id)
        if job.done * 4 >= job.total:
            watched.look()
        if job.state not in ("queued", "running"):
            break
    seconds = time.monotonic() - began
    workers, postgres = (now - then for now, then in zip(watched.cpu(), cpu, strict=True))
    result = Backtest.objects.get(pk=started.backtest_id).result or {}
    growth = watched.memory[-1] / watched.memory[0]
    print(
        f"{name:26}{started.orders:>8,} orders, {result.get('hit', 0):>7,} hit: {seconds:6.1f} s "
        f"({planned:.2f} s to begin), CPU of the workers {workers:.1f} s, of PostgreSQL "
        f"{postgres:.1f} s: {(workers + postgres) / WORKERS:.1f} s on {WORKERS} idle cores; "
        f"memory {watched.memory[0]:.0f} MB at a quarter, {watched.memory[-1]:.0f} MB at the end "
        f"({job.state})",
        flush=True,
    )
    is_limited = "budget" in name
    bound = SECONDS_BOUND * orders / 100_000 * (2 if is_limited else 1)
    kept = job.state == "done" and seconds <= bound and growth <= GROWTH_BOUND
    verdict = "kept" if kept else "MISSED"
    print(f"  at most {bound:.0f} s and {GROWTH_BOUND} times the memory: {verdict}")
    return kept


if __name__ == "__main__":
    sys.exit(main())
