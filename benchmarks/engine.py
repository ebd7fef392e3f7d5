"""What one evaluation costs, beside the least that any program could do for the same answer.

`python -m benchmarks.engine` prints one table from one run; only its ratios carry over to other
machines. The floor is engine_floor.py.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from benchmarks.engine_floor import Floor, Lines, Offer, Shop
from promotions.engine import evaluate
from promotions.engine.cart import Cart, CartLine, PosFacts
from promotions.engine.catalog import Catalog
from promotions.engine.definition import (
    Discount,
    FreeProduct,
    ProductFilter,
    Program,
    Reward,
    RewardProduct,
    Rule,
)
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    Placement,
    ProgramType,
    RewardType,
    Trigger,
)
from promotions.engine.wallet import EMPTY_WALLET

POS = PosFacts(id=1, ref="main", currency="USD", digits=2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECONDS = 1.0


def program(offer: Offer, price: list[int], group: str | None = None) -> Program:
    """Return the same offer as a program; whole-order discounts stack unless `group` is given."""
    within = ProductFilter(products=offer.range)
    gift = min(offer.range)
    rewards = (
        Reward(
            1,
            RewardType.DISCOUNT,
            discount=Discount(
                DiscountMode.PERCENT, Decimal(offer.value), AppliesTo.SPECIFIC, within
            ),
        ),
        Reward(
            1,
            RewardType.DISCOUNT,
            discount=Discount(DiscountMode.FIXED, Decimal(offer.value) / 100, AppliesTo.ORDER),
        ),
        Reward(
            1,
            RewardType.PRODUCT,
            product=FreeProduct(
                (RewardProduct(gift, str(gift), Decimal(price[gift]) / 100),),
                placement=Placement.EXTRA,
            ),
        ),
        Reward(
            1,
            RewardType.DISCOUNT,
            discount=Discount(DiscountMode.PERCENT, Decimal(50), AppliesTo.CHEAPEST),
        ),
    )
    rules = (
        Rule(1, filter=within),
        Rule(1, minimum_amount=Decimal(offer.least) / 100),
        Rule(1, minimum_qty=Decimal(3), filter=within),
        Rule(1, minimum_qty=Decimal(2), filter=within),
    )
    number = offer.number + 1
    return Program(
        id=number,
        version_id=number,
        name=f"offer {number}",
        program_type=ProgramType.PROMOTION,
        trigger=Trigger.AUTO,
        applies_on=AppliesOn.CURRENT,
        exclusion_group=group if offer.kind == 1 else None,
        rules=(rules[offer.kind],),
        rewards=(rewards[offer.kind],),
    )


def cart(lines: Lines) -> Cart:
    """Return the basket as a cart."""
    return Cart(
        pos=POS,
        lines=tuple(
            CartLine(str(place), product, str(product), Decimal(qty), Decimal(price) / 100)
            for place, (product, qty, price) in enumerate(lines)
        ),
    )


def elsewhere(count: int, first: int) -> list[Program]:
    """Return programs that cannot match: other products, other stores, out of reach, with codes."""
    made = []
    for number in range(first, first + count):
        offer = Offer(number, number % 4, frozenset({100_000 + number}), 10, 10_000_000 + number)
        one = program(offer, _NO_PRICES)
        if number % 8 == 5:
            one = replace(one, pos_configs=frozenset({99}), rules=(Rule(1),))
        elif number % 8 == 7:
            one = replace(one, trigger=Trigger.WITH_CODE, rules=(Rule(1, code=f"CODE{number}"),))
        made.append(one)
    return made


class _Prices(list[int]):
    def __getitem__(self, index: object) -> int:  # type: ignore[override]
        return 100


_NO_PRICES = _Prices()


def timed(work: Callable[[], object], seconds: float = SECONDS) -> tuple[float, float]:
    """Return the median and the 99th percentile of a call, in milliseconds.

    Of processor time, so that neighbours on the machine do not count.
    """
    work()
    taken = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.thread_time()
        work()
        taken.append((time.thread_time() - start) * 1e3)
    taken.sort()
    return statistics.median(taken), taken[len(taken) * 99 // 100]


def together(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Return both medians, measured in turns so that the machine's mood falls on both."""
    firsts, seconds = [], []
    for _ in range(5):
        firsts.append(timed(first, SECONDS / 5)[0])
        seconds.append(timed(second, SECONDS / 5)[0])
    return statistics.median(firsts), statistics.median(seconds)


def compare_with_floor(shop: Shop) -> None:
    """Print the engine beside the floor for several sizes."""
    print(
        f"{'programs':>8} {'lines':>5} {'taken':>5} {'floor ms':>9} {'engine ms':>9} ratio  p99 ms"
    )
    for count, size in itertools.product((10, 100, 1000), (5, 20, 50)):
        offers = shop.offers(count)
        lines = shop.lines(size)
        floor = partial(Floor(offers, shop.price).evaluate, lines)
        catalog = Catalog.build((program(offer, shop.price) for offer in offers), 1)
        engine = partial(evaluate, cart(lines), catalog, EMPTY_WALLET, NOW)
        decision = engine()
        low, high = together(floor, engine)
        print(
            f"{count:8} {size:5} {len(decision.rewards):5} {low:9.4f} {high:9.4f}"
            f" {high / low:5.1f} {timed(engine)[1]:7.3f}"
            f" {'' if decision.optimal else 'not certainly the best'}"
        )


def compare_groups(shop: Shop) -> None:
    """Print what the default exclusion group of whole-order discounts changes."""
    offers, basket = shop.offers(100), cart(shop.lines(20))
    for group in (None, "order"):
        catalog = Catalog.build((program(offer, shop.price, group) for offer in offers), 1)
        engine = partial(evaluate, basket, catalog, EMPTY_WALLET, NOW)
        median, p99 = timed(engine)
        print(
            f"100 programs, 20 lines, group {group}: {median:.4f} ms, p99 {p99:.3f} ms,"
            f" {len(engine().rewards)} taken, optimal {engine().optimal}"
        )
    explained = timed(partial(engine, explain=True))[0]
    print(f"the same with a trace: {explained:.4f} ms")


def compare_existing(shop: Shop) -> None:
    """Print what programs cost that exist but cannot match."""
    lines = shop.lines(20)
    basket = cart(lines)
    here = [
        program(Offer(number, 0, frozenset({lines[number][0]}), 10, 0), shop.price)
        for number in range(10)
    ]
    few = Catalog.build(here + elsewhere(90, 10), 1)
    start = time.perf_counter()
    many = Catalog.build(here + elsewhere(9_990, 10), 1)
    built = time.perf_counter() - start
    small, large = together(
        partial(evaluate, basket, few, EMPTY_WALLET, NOW),
        partial(evaluate, basket, many, EMPTY_WALLET, NOW),
    )
    print(
        f"10 matching among 100: {small:.4f} ms, among 10,000: {large:.4f} ms,"
        f" ratio {large / small:.2f}"
    )
    start = time.perf_counter()
    many.changed([replace(here[0], name="new")], [5_000], 2)
    changed = time.perf_counter() - start
    print(f"building 10,000 programs: {built:.2f} s; changing two of them: {changed * 1e3:.1f} ms")


def main() -> None:
    """Print all tables."""
    shop = Shop()
    print(f"Python {sys.version.split()[0]}")
    compare_with_floor(shop)
    compare_groups(shop)
    compare_existing(shop)


if __name__ == "__main__":
    main()
