"""What one evaluation costs, beside the least that any program could do and beside a peer.

`make bench-engine`. Everything in one process and one run, of processor time, measured in turns:
the ratios carry over to other machines, the figures do not. The floor is engine_floor.py, the
peer django-oscar (oscar.py). A bar that is not reached is said, and the exit status is 1.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchmarks import oscar
from benchmarks.engine_floor import Floor, Offer, Shop
from benchmarks.engine_shapes import NOW, cart, elsewhere, program, rival_sets, rivals
from promotions.engine import evaluate
from promotions.engine.cart import Cart
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.engine.wallet import EMPTY_WALLET

ROUNDS = 7
SECONDS = 0.15  # of each round and each thing measured

missed: list[str] = []


def bar(text: str, *, held: bool) -> None:
    """Print a bar with its outcome and remember one that is missed."""
    print(f"    bar: {text}: {'held' if held else 'MISSED'}")
    if not held:
        missed.append(text)


def times(work: Callable[[], object], seconds: float) -> list[float]:
    """Return what calls took, in milliseconds of processor time."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while not taken or time.perf_counter() < end:
        start = time.thread_time()
        work()
        taken.append((time.thread_time() - start) * 1e3)
    return taken


def together(*works: Callable[[], object]) -> list[float]:
    """Return the median of each, measured in turns so that the machine's mood falls on all."""
    taken: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            taken[place] += times(work, SECONDS)
    return [statistics.median(mine) for mine in taken]


def on_stack(shop: Shop, programs: int, lines: int) -> tuple[Floor, partial[Decision]]:
    """Return the floor and the engine on the same offers, all of which stack."""
    offers = shop.offers(programs)
    catalog = Catalog.build((program(offer, shop.price) for offer in offers), 1)
    engine = partial(evaluate, cart(shop.lines(lines)), catalog, EMPTY_WALLET, NOW)
    return Floor(offers, shop.price), engine


def beside_the_floor(shop: Shop) -> None:
    """Print (a): the engine beside the hand-written evaluation of the same offers."""
    print("(a) beside a hand-written evaluation (lines x programs; discount in cents)")
    for lines, programs in ((20, 100), (50, 1000), (5, 100), (50, 100), (20, 1000)):
        floor, engine = on_stack(shop, programs, lines)
        by_hand = partial(floor.evaluate, shop.lines(lines))
        low, high = together(by_hand, engine)
        discount, given = by_hand()
        decision = engine()
        print(
            f"    {lines} x {programs}: floor {low:.3f} ms ({len(given)} taken, {discount}),"
            f" engine {high:.3f} ms ({len(decision.rewards)} taken,"
            f" {decision.discount_total * 100:.0f}): {high / low:.1f} times"
        )
        if (lines, programs) in {(20, 100), (50, 1000)}:
            bar(f"{lines} x {programs}: at most 10 times the floor", held=high <= 10 * low)


def beside_oscar(shop: Shop) -> None:
    """Print (b): the engine beside django-oscar's applicator."""
    print("(b) beside django-oscar, 20 lines x 100 programs")
    try:
        found = oscar.measure(lines=20, offers=100)
    except oscar.OscarMissing as reason:
        print(f"    left out: {reason}")
        return
    (ours,) = together(on_stack(shop, 100, 20)[1])
    print(
        f"    django-oscar {found.version}, SQLite in memory: {found.ms:.0f} ms,"
        f" {found.queries} queries; engine {ours:.3f} ms, none: {found.ms / ours:.0f} times"
    )
    bar("at least 500 times faster than django-oscar", held=found.ms >= 500 * ours)


def among_many(shop: Shop) -> None:
    """Print (c), the same ten programs among ever more others, and (e), making the catalog."""
    print("(c) 20 lines, 10 programs that match, among others")
    lines = shop.lines(20)
    here = [
        program(Offer(number, 0, frozenset({lines[number][0]}), 10, 0), shop.price)
        for number in range(10)
    ]
    catalogs, built = [], 0.0
    for existing in (100, 1_000, 10_000):
        programs = here + elsewhere(existing - 10, 10)
        start = time.thread_time()
        catalogs.append(Catalog.build(programs, 1))
        built = time.thread_time() - start
    runs = [partial(evaluate, cart(lines), one, EMPTY_WALLET, NOW) for one in catalogs]
    taken = together(*runs)
    few, some, many = taken
    print(
        f"    among 100: {few:.4f} ms; 1,000: {some:.4f} ms; 10,000: {many:.4f} ms:"
        f" {many / few:.2f} times"
    )
    bar("at 10,000 at most 1.3 times the time at 100", held=many <= 1.3 * few)
    bar("p50 under 1 ms", held=many < 1)
    print("(e) making the catalog")
    change = partial(catalogs[-1].changed, [replace(here[0], name="new")], [5_000], 2)
    (changed,) = together(change)
    print(
        f"    of 10,000 programs: {built:.2f} s; a publish of one and an end of another:"
        f" {changed:.1f} ms, {changed / built / 10:.1f} % of it"
    )
    bar("10,000 programs under 2 s", held=built < 2)
    bar("a publish takes less than a tenth of building all", held=changed < built * 100)


def price_of_the_trace(shop: Shop) -> None:
    """Print (d): the same decision with and without its trace."""
    print("(d) the price of the trace, 20 lines x 100 programs")
    engine = on_stack(shop, 100, 20)[1]
    plain, explained = together(engine, partial(engine, explain=True))
    print(f"    {plain:.3f} ms without, {explained:.3f} ms with: {explained / plain:.1f} times")


def searching(shop: Shop) -> None:
    """Print (f): the search among programs that exclude each other."""
    print("(f) the search for the best combination")
    grouped = [program(offer, shop.price, "order") for offer in shop.offers(100)]
    usual = partial(evaluate, cart(shop.lines(20)), Catalog.build(grouped, 1), EMPTY_WALLET, NOW)
    print(f"    25 of 100 programs in one group, 20 lines: {together(usual)[0]:.3f} ms, certain")
    for groups, each, lines in ((4, 4, 20), (10, 4, 30), (40, 5, 30), (200, 2, 30), (200, 5, 50)):
        programs, basket = rivals(groups, each, lines, lines // 4)
        _search_once(f"one of {each} in {groups} groups", programs, basket)
    for lines in (20, 100, 1000):
        programs, basket = rival_sets(6, 10, lines)
        _search_once("one of 10 sets in 6 groups", programs, basket)


def _search_once(shape: str, programs: list[Program], basket: Cart) -> None:
    engine = partial(evaluate, basket, Catalog.build(programs, 1), EMPTY_WALLET, NOW)
    certain = "certain" if engine().optimal else "stopped by the budget"
    taken = statistics.median(times(engine, SECONDS))
    print(f"    {shape}, {len(basket.lines)} lines: {taken:.1f} ms, {certain}")


def main() -> int:
    """Print everything. Return the exit status."""
    shop = Shop()
    print(f"Python {sys.version.split()[0]}, processor time, medians of {ROUNDS} rounds in turns")
    beside_the_floor(shop)
    beside_oscar(shop)
    among_many(shop)
    price_of_the_trace(shop)
    searching(shop)
    print(f"{len(missed)} of the bars missed" if missed else "all bars held")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
