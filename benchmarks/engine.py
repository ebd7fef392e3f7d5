"""What one evaluation costs, beside the least that any program could do for the same answer.

`python -m benchmarks.engine` prints one table from one run; only its ratios carry over to other
machines. The floor is written by hand for exactly these four kinds of offers, on integer cents,
with an index and without a Decision: no filters, no points, no codes, no limits, no trace.
"""

from __future__ import annotations

import bisect
import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

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

PRODUCTS = 400
RANGES = 40
RANGE_SIZE = 20
POS = PosFacts(id=1, ref="main", currency="USD", digits=2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECONDS = 1.0

Lines = list[tuple[int, int, int]]
Given = list[tuple[int, int, list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Offer:
    """Percent off a range, money off from an amount, a gift, or half off the cheapest."""

    number: int
    kind: int
    range: frozenset[int]
    value: int
    least: int


class Shop:
    """Products with prices, ranges of products, and offers in equal parts of four kinds."""

    def __init__(self) -> None:
        """Draw everything from one seed."""
        dice = random.Random(7)
        self.price = [dice.randint(200, 9900) for _ in range(PRODUCTS)]
        self.ranges = [frozenset(dice.sample(range(PRODUCTS), RANGE_SIZE)) for _ in range(RANGES)]

    def offers(self, count: int) -> list[Offer]:
        """Return offers; every fourth is one of the four kinds."""
        made = []
        for number in range(count):
            kind = number % 4
            value = (5 + number % 20, 100 * (1 + number % 5), 3, 50)[kind]
            made.append(
                Offer(
                    number, kind, self.ranges[number % RANGES], value, 5000 + 100 * (number % 500)
                )
            )
        return made

    def lines(self, count: int) -> Lines:
        """Return (product, quantity, unit price in cents) of a basket."""
        products = random.Random(count).sample(range(PRODUCTS), count)
        return [(product, 1 + product % 3, self.price[product]) for product in products]


class Floor:
    """The hand-written evaluation: an index by product and by amount, then plain arithmetic."""

    def __init__(self, offers: list[Offer], price: list[int]) -> None:
        """Index the offers."""
        self.offers = offers
        self.price = price
        self.by_product: dict[int, list[int]] = {}
        for offer in offers:
            if offer.kind != 1:
                for product in offer.range:
                    self.by_product.setdefault(product, []).append(offer.number)
        amounts = sorted((offer.least, offer.number) for offer in offers if offer.kind == 1)
        self.amounts = [least for least, _ in amounts]
        self.numbers = [number for _, number in amounts]

    def evaluate(self, lines: Lines) -> tuple[int, Given]:
        """Return the discount and, per offer, what it takes and off which products."""
        gross = 0
        wanted: set[int] = set()
        left: dict[int, int] = {}
        for product, qty, price in lines:
            left[product] = qty * price
            gross += qty * price
            wanted.update(self.by_product.get(product, ()))
        wanted.update(self.numbers[: bisect.bisect_right(self.amounts, gross)])
        qtys = {product: qty for product, qty, _ in lines}
        cheapest = min(lines, key=lambda line: (line[2], line[0]))
        given: Given = []
        for number in sorted(wanted):
            offer = self.offers[number]
            if offer.kind == 1:
                self._money_off(offer, left, given)
                continue
            hit = [product for product in left if product in offer.range]
            if offer.kind == 0:
                parts = [(product, left[product] * offer.value // 100) for product in hit]
                for product, share in parts:
                    left[product] -= share
                given.append((number, sum(share for _, share in parts), parts))
            elif sum(qtys[product] for product in hit) >= (3 if offer.kind == 2 else 2):
                if offer.kind == 2:
                    gift = min(offer.range)
                    given.append((number, 0, [(gift, self.price[gift])]))
                else:
                    share = min(left[cheapest[0]], cheapest[2] * offer.value // 100)
                    left[cheapest[0]] -= share
                    given.append((number, share, [(cheapest[0], share)]))
        return gross - sum(left.values()), given

    @staticmethod
    def _money_off(offer: Offer, left: dict[int, int], given: Given) -> None:
        basis = sum(left.values())
        rest = amount = min(offer.value, basis)
        if not amount:
            return
        parts = []
        for product, weight in left.items():
            if weight:
                share = rest * weight // basis
                parts.append((product, share))
                rest -= share
                basis -= weight
                left[product] = weight - share
        given.append((offer.number, amount, parts))


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
