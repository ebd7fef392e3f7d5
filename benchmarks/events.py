"""How fast the event log is read, and how soon a listener hears of a commit.

`make bench-events`, or `python -m benchmarks.events --events 20000 --seconds 5` for a quick look.
Starts a PostgreSQL and a Valkey of its own under .local/bench-events, with fsync on.

- Throughput: one process hands a full log to the reports' consumer, which makes a fact of every
  ledger operation, to one that inserts each batch by one statement, and to the broadcast.
- Lag: points are earned by the service at a steady pace, `manage.py run_consumers` runs beside
  it, and a subscriber of `engine:events` notes when it hears of each.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.http import make_database, python
from config.local_services import BASE_DIR, LocalServices, held, make_folder

if TYPE_CHECKING:
    from events.domain.consumer import Consumer, LoggedEvent

RATE_BOUND = 5_000  # events a second, one process
LAG_BOUND = 0.250  # seconds, 95 of 100
COMMITS_A_SECOND = 100
CARDS = 500


def main() -> int:
    """Measure and print. Return the exit status: 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=50_000, help="in the log to be read")
    parser.add_argument("--seconds", type=float, default=20, help="of commits for the lag")
    options = parser.parse_args()
    folder = BASE_DIR / ".local" / "bench-events"
    make_folder(folder)
    with held(LocalServices(folder)) as services:
        make_database(services, "punchcard")
        os.environ |= {
            "LOCAL": "on",
            "LOCAL_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "LOG_LEVEL": "ERROR",
        }
        python(dict(os.environ), "manage.py", "migrate", "--verbosity", "0")
        import django

        django.setup()
        kept = measure_throughput(options.events)
        kept &= measure_lag(options.seconds, Path(folder / "log"))
    return 0 if kept else 1


def measure_throughput(events: int) -> bool:
    """Let consumers read a full log; tell their rates and return whether the promise is kept."""
    from django.db import connection

    from events.consumers.broadcast import BROADCAST
    from reporting.consumers import CONSUMERS as REPORTS

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_fact (event_id bigint PRIMARY KEY, points numeric)")
    # The reports read a log of nothing else: each of its events is an operation to look up.
    operations = events // 5
    earn_points_often(operations)
    facts = rate_of(REPORTS[0], operations)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(points_amount) FROM point_report_detail")
        assert cursor.fetchone() == (operations, operations), "a fact of a point per operation"
    fill_log(events)
    inserted = rate_of(inserting(), events)
    rate_of(BROADCAST, events)
    kept = tell("facts of the ledger, one process", facts, RATE_BOUND)
    return kept & tell("one INSERT a batch, one process", inserted, RATE_BOUND)


def inserting() -> Consumer:
    """Return a consumer whose effect is one statement for a whole batch."""
    from django.db import connection

    from events.domain.consumer import Consumer

    def handle(batch: Sequence[LoggedEvent]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_fact SELECT * FROM unnest(%s::bigint[], %s::numeric[])",
                ([one.id for one in batch], [Decimal(one.payload["points"]) for one in batch]),
            )

    return Consumer(name="bench", handle=handle, event_types=frozenset({"PointsEarned"}))


def rate_of(consumer: Consumer, events: int) -> float:
    """Let the consumer read everything there is, as a worker would; return events a second."""
    from events.models import ConsumerPosition
    from events.services.place_consumers import place_consumers
    from events.stream import START
    from events.work.loop import catch_up

    place_consumers(consumers=[consumer])
    ConsumerPosition.objects.filter(consumer=consumer.name).update(
        transaction_id=START.transaction_id, event_id=0
    )
    began, started = cpu_seconds(), time.perf_counter()
    catch_up([consumer])
    rate = events / (time.perf_counter() - started)
    spent = (cpu_seconds() - began) / events * 1e6
    print(f"{consumer.name:20}{rate:>10,.0f} events a second, {spent:>5.0f} µs of CPU each")
    return rate


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its PostgreSQL backend, which take turns.

    On a busy machine it says more than the rate. Where there is no /proc, ours alone.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    theirs = 0.0
    if stat.exists():
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        theirs = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return time.process_time() + theirs


def fill_log(events: int) -> None:
    """Fill the log up to so many events, a transaction of its own for each ten of them."""
    from django.db import connection

    from events.models import Event

    missing = events - Event.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            """DO $$ BEGIN FOR n IN 1..%s LOOP
                 INSERT INTO events_event (type, key, payload, occurred_at)
                 SELECT 'PointsEarned', 'card:' || 1000000 + i, jsonb_build_object('card_id',
                        1000000 + i, 'points', '10.5', 'origin', 'bench', 'partner_id', null), now()
                   FROM generate_series(1, 10) AS i;
                 COMMIT;
               END LOOP; END $$"""
            % (missing // 10)
        )
        cursor.execute("VACUUM ANALYZE events_event")


def earn_points_often(times: int) -> list[int]:
    """Open cards and earn points on them by the service; return the cards."""
    from django.db import connection, transaction

    from loyalty.services.open_card import open_card
    from loyalty.services.upsert_loyalty_program import upsert_loyalty_program

    now = datetime.now(UTC)
    program = upsert_loyalty_program(ref="bench", name="Bench").loyalty_program_id
    with transaction.atomic():
        cards = [
            open_card(loyalty_program_id=program, partner_id=None, at=now).card_id
            for _ in range(CARDS)
        ]
    for number in range(times):
        earn(cards[number % CARDS], f"fill:{number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum has done wherever there is a year of operations
    return cards


def earn(card_id: int, key: str) -> None:
    """Earn a point by the service: one commit, one event."""
    from loyalty.services.earn_points import earn_points

    earn_points(
        card_id=card_id,
        points=Decimal(1),
        origin="bench",
        idempotency_key=key,
        at=datetime.now(UTC),
    )


def measure_lag(seconds: float, logs: Path) -> bool:
    """Commit at a steady pace beside the consumers; tell how late a subscriber hears of it."""
    from django_redis import get_redis_connection

    from events.consumers.broadcast import PUBSUB
    from loyalty.models import LoyaltyCard

    cards = list(LoyaltyCard.objects.values_list("pk", flat=True))
    subscriber = get_redis_connection("default").pubsub(ignore_subscribe_messages=True)
    subscriber.subscribe(PUBSUB)
    heard: dict[str, float] = {}
    done = threading.Event()

    def listen() -> None:
        while not done.is_set():
            message = subscriber.get_message(timeout=0.2)
            if message is not None:
                operation = json.loads(message["data"])["data"].get("operation_id")
                heard.setdefault(str(operation), time.monotonic())

    listener = threading.Thread(target=listen)
    with (logs / "consumers.log").open("ab") as log:
        consumers = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "run_consumers"], cwd=BASE_DIR, stdout=log
        )
    try:
        wait_for_consumers()
        listener.start()
        committed = commit_steadily(cards, seconds)
        time.sleep(2)
    finally:
        done.set()
        listener.join()
        consumers.send_signal(signal.SIGTERM)
        consumers.wait(30)
    lags = sorted(heard[one] - at for one, at in committed.items() if one in heard)
    print(f"\n{len(committed)} commits in {seconds:.0f} s, {len(lags)} heard of")
    p95 = lags[int(len(lags) * 0.95)]
    print(f"lag: half {statistics.median(lags):.3f} s, 95 % {p95:.3f} s, all {lags[-1]:.3f} s")
    kept = tell("lag of 95 % in seconds", p95, LAG_BOUND, at_most=True)
    return kept and len(lags) == len(committed)


def wait_for_consumers() -> None:
    """Wait until the consumers beside us listen. Raises: TimeoutError after a minute."""
    from django.db import connection

    from events.bell import WORKER

    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
    for _ in range(600):
        time.sleep(0.1)
        with connection.cursor() as cursor:
            cursor.execute(sql, (WORKER,))
            if cursor.fetchone()[0]:
                time.sleep(1)  # and have looked once
                return
    raise TimeoutError("the consumers do not start")


def commit_steadily(cards: Sequence[int], seconds: float) -> dict[str, float]:
    """Earn points at a steady pace; return when each operation was committed."""
    from loyalty.models import PointOperation

    began = time.monotonic()
    returned: dict[str, float] = {}
    for number in range(int(seconds * COMMITS_A_SECOND)):
        time.sleep(max(0.0, began + number / COMMITS_A_SECOND - time.monotonic()))
        key = f"lag:{began}:{number}"
        earn(cards[number % len(cards)], key)
        returned[key] = time.monotonic()
    ids = dict(
        PointOperation.objects.filter(idempotency_key__in=returned).values_list(
            "idempotency_key", "pk"
        )
    )
    return {str(ids[key]): at for key, at in returned.items()}


def tell(name: str, found: float, bound: float, *, at_most: bool = False) -> bool:
    """Print a figure beside its bound; return whether it holds."""
    good = found <= bound if at_most else found >= bound
    word = "at most" if at_most else "at least"
    print(f"{name:40}{found:>12,.3f}  {word} {bound:,}{'' if good else '  MISSED'}")
    return good


if __name__ == "__main__":
    sys.exit(main())
