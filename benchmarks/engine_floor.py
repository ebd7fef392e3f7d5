"""The least that any program could do for the answers that the engine's benchmark asks for.

Written by hand for exactly four kinds of offers, on integer cents, with an index and without a
Decision: no filters, no points, no codes, no limits, no trace.
"""

from __future__ import annotations

import bisect
import random
from dataclasses import dataclass

PRODUCTS = 400
RANGES = 40
RANGE_SIZE = 20

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
    """The hand-written evaluation: an index by product and by amount, then plain arithmetic.

    Offers apply in the engine's order (gifts, then lines and cheapest, then money off), all that
    match, each on what is left; percents are rounded down line by line.
    """

    def __init__(self, offers: list[Offer], price: list[int]) -> None:
        """Index the offers."""
        stages = (30, 50, 20, 30)
        self.offers = sorted(offers, key=lambda offer: (stages[offer.kind], offer.number))
        self.price = price
        self.by_product: dict[int, list[int]] = {}
        for place, offer in enumerate(self.offers):
            if offer.kind != 1:
                for product in offer.range:
                    self.by_product.setdefault(product, []).append(place)
        amounts = sorted(
            (offer.least, place) for place, offer in enumerate(self.offers) if offer.kind == 1
        )
        self.amounts = [least for least, _ in amounts]
        self.places = [place for _, place in amounts]

    def evaluate(self, lines: Lines) -> tuple[int, Given]:
        """Return the discount and, per offer, what it takes and off which products."""
        gross = 0
        wanted: set[int] = set()
        left: dict[int, int] = {}
        for product, qty, price in lines:
            left[product] = qty * price
            gross += qty * price
            wanted.update(self.by_product.get(product, ()))
        wanted.update(self.places[: bisect.bisect_right(self.amounts, gross)])
        qtys = {product: qty for product, qty, _ in lines}
        units = qtys.copy()
        cheapest = [line[0] for line in sorted(lines, key=lambda line: (line[2], line[0]))]
        given: Given = []
        for place in sorted(wanted):
            offer = self.offers[place]
            if offer.kind == 1:
                self._money_off(offer, left, given)
                continue
            hit = [product for product in left if product in offer.range]
            if offer.kind == 0:
                parts = [(product, left[product] * offer.value // 100) for product in hit]
                for product, share in parts:
                    left[product] -= share
                given.append((offer.number, sum(share for _, share in parts), parts))
            elif sum(qtys[product] for product in hit) >= (3 if offer.kind == 2 else 2):
                if offer.kind == 2:
                    gift = min(offer.range)
                    given.append((offer.number, 0, [(gift, self.price[gift])]))
                else:
                    product = next(one for one in cheapest if left[one] and units[one])
                    worth = (2 * left[product] + units[product]) // (2 * units[product])
                    share = (left[product] * offer.value + 50 * units[product]) // (
                        100 * units[product]
                    )
                    if share >= worth:  # a unit taken off whole is given free
                        units[product] -= 1
                    left[product] -= share
                    given.append((offer.number, share, [(product, share)]))
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
