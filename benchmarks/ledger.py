"""The points ledger beside the least that PostgreSQL can do and beside a plain ORM.

`make bench-ledger`, or `python -m benchmarks.ledger --cards 10000 --seconds 1 --rounds 3` for a
quick look. Starts a PostgreSQL of its own under .local/bench-ledger, with fsync on. The shapes
take turns; a ratio is the median of the rounds' ratios, as both sides of one round met the same
machine. The ratios carry over to other machines, the figures do not.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg

from benchmarks import ledger_book, ledger_floor, ledger_http, ledger_sweep, ledger_workers
from benchmarks.http import make_database, python
from benchmarks.ledger_workers import Measured, Workers, in_turn
from config.local_services import BASE_DIR, LocalServices, held, make_folder

LOTS = 10
# Of two things with the same name the first schema's is met: no event is written, and all else is.
WITHOUT_EVENTS = """
CREATE SCHEMA without_events;
CREATE TABLE without_events.events_event (LIKE public.events_event INCLUDING DEFAULTS);
CREATE FUNCTION without_events.drop_it() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER drop_it BEFORE INSERT ON without_events.events_event
    FOR EACH ROW EXECUTE FUNCTION without_events.drop_it();
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise: one figure over another is at least, or at most, so much."""

    name: str
    of: str
    to: str
    bound: float
    at_most: bool = False
    figure: Callable[[Measured], float] = lambda one: one.rate

    def met(self, found: dict[str, list[Measured]]) -> bool:
        """Print the ratio; return whether the promise is kept."""
        pairs = zip(found[self.of], found[self.to], strict=True)
        ratios = [self.figure(one) / self.figure(other) for one, other in pairs]
        return tell(self.name, statistics.median(ratios), self.bound, at_most=self.at_most)


def tell(name: str, ratio: float, bound: float, *, at_most: bool = False) -> bool:
    """Print a ratio beside its bound; return whether it holds."""
    good = ratio <= bound if at_most else ratio >= bound
    word = "at most" if at_most else "at least"
    print(f"{name:62}{ratio:>7.2f}  {word} {bound:<5}{'' if good else '  MISSED'}")
    return good


BARS = [
    Bar("redeem: service / floor", "redeem", "floor redeem", 0.6),
    Bar("redeem: service / plain ORM", "redeem", "ORM redeem", 4),
    Bar("earn: service / floor", "earn", "floor earn", 0.6),
    Bar("earn: service / plain ORM", "earn", "ORM earn", 4),
    Bar("one hot card, 2 processes: service / plain ORM", "hot redeem", "hot ORM redeem", 4.5),
    Bar(
        "one hot card, 2 processes: p95 of service / of floor",
        "hot redeem",
        "hot floor redeem",
        1.5,
        at_most=True,
        figure=lambda one: one.p95,
    ),
    Bar("redeem without the event log / with it", "redeem without events", "redeem", 0),
]


def main() -> int:
    """Measure and print. Return the exit status: 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cards", type=int, default=100_000, help=f"with {LOTS} lots each")
    parser.add_argument("--seconds", type=float, default=2, help="of every measurement")
    parser.add_argument("--rounds", type=int, default=7, help="of all shapes in turn")
    parser.add_argument("--only", choices=["service", "http", "sweep"], help="one part of it")
    options = parser.parse_args()
    folder = BASE_DIR / ".local" / "bench-ledger"
    make_folder(folder)
    parts = [options.only] if options.only else ["service", "http", "sweep"]
    kept = True
    with held(LocalServices(folder)) as services:
        env = environment(services)
        prepare(services, env, options.cards)
        if "service" in parts:
            kept &= measure_services(env, options.cards, options.seconds, options.rounds)
        if "http" in parts:
            ratios = ledger_http.measure(
                services, env, options.cards, options.seconds, options.rounds
            )
            ratio = statistics.median(ratios)
            kept &= tell("redeem over HTTP / empty view", ratio, ledger_http.BOUND)
        if "sweep" in parts:
            ledger_book.settle(floor_url(env))
            bare = ledger_sweep.bare_lots_per_second(floor_url(env))
            ledger_book.settle(env["DATABASE_URL"])
            swept = ledger_sweep.swept_lots_per_second()
            print(f"one bare UPDATE: {bare:,.0f} lots a second; the sweep: {swept:,.0f}")
            kept &= tell("sweep / bare UPDATE", swept / bare, ledger_sweep.BOUND)
        kept &= prove(env)
    return 0 if kept else 1


def environment(services: LocalServices) -> dict[str, str]:
    """Return what the programs of the benchmark read; this process reads it too."""
    os.environ |= {
        "LOCAL": "on",
        "LOCAL_DIR": str(services.folder),
        "SECRET_KEY": secrets.token_hex(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "RATE_POS": "0",
        "RATE_ADMIN": "0",
    }
    return dict(os.environ)


def floor_url(env: dict[str, str]) -> str:
    """Return the address of the floor's database."""
    return env["DATABASE_URL"].replace("/punchcard", "/floor")


def prepare(services: LocalServices, env: dict[str, str], cards: int) -> None:
    """Fill both databases."""
    print(f"Writing {cards:,} cards of {LOTS} lots, twice ...", flush=True)
    make_database(services, "floor")
    ledger_floor.fill(floor_url(env), cards, LOTS)
    make_database(services, "punchcard")
    python(env, "manage.py", "migrate", "--verbosity", "0")
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        connection.execute(WITHOUT_EVENTS.encode())
    python(env, "-m", "benchmarks.ledger_program")
    ledger_book.fill(env["DATABASE_URL"], cards, LOTS)
    ledger_book.settle(floor_url(env))


def measure_services(env: dict[str, str], cards: int, seconds: float, rounds: int) -> bool:
    """Measure the service and both it is compared with; return whether the promises are kept."""
    kinds = [
        ("floor redeem", ledger_workers.floor_redeem),
        ("redeem", ledger_workers.redeem),
        ("redeem without events", ledger_workers.redeem_unlogged),
        ("ORM redeem", ledger_workers.orm_redeem),
        ("floor earn", ledger_workers.floor_earn),
        ("earn", ledger_workers.earn),
        ("ORM earn", ledger_workers.orm_earn),
    ]
    product = {"redeem", "redeem without events", "earn"}
    with ExitStack() as stack:
        shapes: list[tuple[str, Callable[[], Measured]]] = []
        for name, kind in kinds:
            url = env["DATABASE_URL"] if name in product else floor_url(env)
            workers = Workers(kind, url, cards, 2)
            stack.callback(workers.stop)
            shapes.append((name, lambda w=workers: w.run(seconds)))  # type: ignore[misc]
            if name in {"floor redeem", "redeem", "ORM redeem"}:
                hot = lambda w=workers: w.run(seconds, processes=2, hot=True)  # noqa: E731
                shapes.append((f"hot {name}", hot))
        found = in_turn(rounds, shapes)
    print(f"\n{'':26}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}")
    for name, measured in found.items():
        rate, p50, p95 = (
            statistics.median(getattr(one, figure) for one in measured)
            for figure in ("rate", "p50", "p95")
        )
        print(f"{name:26}{rate:>10,.0f}{p50:>9.3f}{p95:>9.3f}")
    print()
    missed = [bar for bar in BARS if not bar.met(found)]  # tells all of them
    return not missed


def prove(env: dict[str, str]) -> bool:
    """Return whether both ledgers add up after all that."""
    print("\nProving both ledgers ...", flush=True)
    faults = ledger_floor.faults(floor_url(env))
    if faults:
        print(f"The floor does not add up: {faults} faults")
    print(python(env, "manage.py", "verify_ledger").splitlines()[-1])
    return faults == 0


def _interrupted(*_: object) -> None:
    raise SystemExit(1)  # so that the servers are stopped on the way out


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupted)
    sys.exit(main())
