"""Reports over a year of facts, beside the bare statements that they cannot do without.

`make bench-reporting`, or `python -m benchmarks.reporting --facts 200000` for a quick look;
`--again` measures on what the last run wrote. Starts a PostgreSQL and a Valkey of its own under
.local/bench-reporting, with fsync on. The cache of reports is off. Both sides of a ratio take
turns, and the median of the turns' ratios counts. The ratios carry over to other machines, the
figures do not.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks import reporting_shop, reporting_twin
from benchmarks.http import make_database, python
from benchmarks.in_process import InProcess
from benchmarks.ledger import tell
from benchmarks.ledger_book import settle
from benchmarks.reporting_floor import Floor
from config.local_services import BASE_DIR, LocalServices, held, make_folder

if TYPE_CHECKING:
    from reporting.queries.period import Period

YEAR_BOUND = 150  # milliseconds, 95 of 100
BATCH_FACTS = 1_000
BATCHES = 7
CONSUMED_ORDERS = 500


def main() -> int:
    """Measure and print. Return the exit status: 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--facts", type=int, default=5_000_000, help="of programs, in a year")
    parser.add_argument("--rounds", type=int, default=15, help="of both sides of a ratio")
    parser.add_argument("--again", action="store_true", help="on the facts of the last run")
    options = parser.parse_args()
    folder = BASE_DIR / ".local" / "bench-reporting"
    make_folder(folder)
    with held(LocalServices(folder)) as services:
        set_up(services)
        if options.again:
            python(dict(os.environ), "manage.py", "migrate", "--verbosity", "0")
        else:
            prepare(services, options.facts)
        floor = Floor(services.database_url)
        kept = measure_reads(floor, options.rounds)
        kept &= measure_twin(options.rounds)
        baskets = reporting_shop.baskets()
        kept &= measure_writes(floor, baskets)
        measure_refresh()
        measure_consumer(baskets)
    return 0 if kept else 1


def set_up(services: LocalServices) -> None:
    """Set Django up for the servers of this benchmark."""
    os.environ |= {
        "LOCAL": "on",
        "LOCAL_DIR": str(services.folder),
        "SECRET_KEY": secrets.token_hex(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "RATE_ADMIN": "0",
        "REPORT_CACHE_SECONDS": "0",
        "ALLOWED_HOSTS": "testserver",
        "LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()


def prepare(services: LocalServices, facts: int) -> None:
    """Make the database, open the shop in it, write the past, and settle."""
    make_database(services, "punchcard")
    python(dict(os.environ), "manage.py", "migrate", "--verbosity", "0")
    from access.caller import Role
    from access.services.create_token import create_token

    shop = reporting_shop.open_shop(InProcess("", create_token(username="b", role=Role.ADMIN).key))
    print(f"Writing {facts:,} facts of programs ...", flush=True)
    started = time.perf_counter()
    seconds = reporting_shop.write_past(services.database_url, shop, facts)
    settle(services.database_url)
    took = time.perf_counter() - started
    print(f"written in {took:.0f} s, of which the summaries took {seconds:.0f} s", flush=True)


def measure_reads(floor: Floor, rounds: int) -> bool:
    """Measure reports beside bare reads; return whether the promises are kept."""
    from reporting.queries.period import GroupBy
    from reporting.queries.points import TransactionType, point_transactions
    from reporting.queries.promotions import promotion_performance

    month, quarter, year = last_days(30), last_days(90), last_days(365, GroupBy.MONTH)
    page = promotion_performance(month)
    bare = floor.month(month.date_from, month.until)
    assert [(one.program_id, one.date, one.total_amount) for one in page.rows] == [
        (row[0], row[1], row[6]) for row in bare
    ], "both read the same"

    def ask_points() -> object:
        return point_transactions(quarter, transaction_types=[TransactionType.EARN])

    kept = tell_turns(
        "30 days by day: service / bare read of the summary",
        rounds,
        lambda: promotion_performance(month),
        lambda: floor.month(month.date_from, month.until),
        bound=2.0,
    )
    kept &= tell_turns(
        "ad hoc, earnings of 90 days: service / bare SQL over the facts",
        rounds,
        ask_points,
        lambda: floor.ad_hoc(quarter.date_from, quarter.until),
        bound=1.1,
    )
    times = [1000 * seconds(lambda: promotion_performance(year)) for _ in range(rounds * 4)]
    kept &= tell("a year by month, 95 of 100, ms", p95(times), YEAR_BOUND, at_most=True)
    print(f"{'  half of them':62}{statistics.median(times):>7.2f}")
    slow = [
        1000 * seconds(lambda: promotion_performance(year, customers=True)) for _ in range(rounds)
    ]
    print(f"{'  with distinct customers, half of them':62}{statistics.median(slow):>7.2f}")
    return kept


def measure_twin(rounds: int) -> bool:
    """Ask ClickHouse's engine through the service and bare; tell if the promise is kept."""
    from reporting.queries.points import TransactionType, point_transactions

    quarter = last_days(90)
    with TemporaryDirectory(prefix="punchcard-chdb-") as folder:
        reporting_twin.copy_facts(Path(folder), quarter)
        try:
            return tell_turns(
                "ad hoc, earnings of 90 days on chdb: service / bare query",
                rounds,
                lambda: point_transactions(quarter, transaction_types=[TransactionType.EARN]),
                lambda: reporting_twin.ask_bare(quarter),
                bound=1.5,
            )
        finally:
            reporting_twin.put_away()


def measure_writes(floor: Floor, baskets: Iterator[dict[str, Any]]) -> bool:
    """Load the facts of new orders beside writing ready rows; tell if the promise is kept."""
    from reporting.services.load_facts import load_facts

    ratios, ours = [], []
    for _ in range(BATCHES):
        orders = sell(baskets, BATCH_FACTS // reporting_shop.FACTS_PER_ORDER)
        spent = seconds(lambda orders=orders: load_facts(order_ids=orders))  # type: ignore[misc]  # bound at once
        facts, bare = floor.write_again(orders)
        assert facts == BATCH_FACTS, facts
        ours.append(spent)
        ratios.append(spent / bare)
    print(
        f"{'1,000 facts loaded, ms, half of the batches':62}{1000 * statistics.median(ours):>7.1f}"
    )
    ratio = statistics.median(ratios)
    return tell("1,000 new facts: service / bare upsert", ratio, 2.0, at_most=True)


def measure_refresh() -> None:
    """Tell what the views for SQL tools take."""
    from django.db import connection

    from reporting.services.refresh_views import VIEWS

    with connection.cursor() as cursor:
        for view in VIEWS:
            spent = seconds(
                lambda view=view: cursor.execute(  # type: ignore[misc]  # bound at once
                    f"REFRESH MATERIALIZED VIEW CONCURRENTLY {view}"
                )
            )
            print(f"{'refresh of ' + view + ', s':62}{spent:>7.1f}")


def measure_consumer(baskets: Iterator[dict[str, Any]]) -> None:
    """Let the consumer of the log load orders it has not met; tell its rate."""
    from events.services.place_consumers import place_consumers
    from events.work.loop import catch_up
    from reporting.consumers import CONSUMERS

    place_consumers(consumers=CONSUMERS)
    catch_up(CONSUMERS)
    sell(baskets, CONSUMED_ORDERS)
    spent = seconds(lambda: catch_up(CONSUMERS))
    facts = CONSUMED_ORDERS * reporting_shop.FACTS_PER_ORDER
    print(f"{'orders a second through the consumer of the log':62}{CONSUMED_ORDERS / spent:>7.0f}")
    print(f"{'  facts of programs a second':62}{facts / spent:>7.0f}")


def sell(baskets: Iterator[dict[str, Any]], count: int) -> list[int]:
    """Commit so many orders by the service; return their ids."""
    from promotions.orders.request import parse_order
    from promotions.services.commit_order import commit_order

    return [
        commit_order(
            order=parse_order(orjson.dumps(one)), at=datetime.now(UTC), user_id=None
        ).order_id
        for one in islice(baskets, count)
    ]


def last_days(days: int, group_by: Any = None) -> Period:
    """Return the days up to yesterday."""
    from reporting.queries.period import GroupBy, Period

    yesterday: date = datetime.now(UTC).date() - timedelta(days=1)
    return Period(yesterday - timedelta(days=days - 1), yesterday, group_by or GroupBy.DAY)


def tell_turns(
    name: str,
    rounds: int,
    ours: Callable[[], object],
    bare: Callable[[], object],
    *,
    bound: float,
) -> bool:
    """Let both take turns; tell the median of the ratios, and return whether it holds."""
    for one in (ours, bare):
        one()
    pairs = [(seconds(ours), seconds(bare)) for _ in range(rounds)]
    print(
        f"{'  half of the calls, ms':62}{1000 * statistics.median(one for one, _ in pairs):>7.2f}"
        f"  against {1000 * statistics.median(one for _, one in pairs):.2f}"
    )
    ratio = statistics.median(one / other for one, other in pairs)
    return tell(name, ratio, bound, at_most=True)


def p95(times: list[float]) -> float:
    """Return what 95 of 100 keep below."""
    return sorted(times)[int(len(times) * 0.95)]


def seconds(work: Callable[[], object]) -> float:
    """Return how long it took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
