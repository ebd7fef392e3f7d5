"""A year of baskets: who buys what, when and where; the same for the same seed and days."""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from demo.shop.assortment import STORES, ShopProduct, ShopStore
from demo.shop.people import REGULAR, ShopMember
from demo.shop.programs import (
    CODE_SEASONS,
    E_WALLET,
    HELD,
    MULTIPLES,
    CodeSeason,
    coupon_code,
)

DAYS = 364
_ANONYMOUS = 0.18  # shares of all baskets
_REDEEMING = 0.5
_RETURNED = 0.015
_WITH_CODE = 0.15
_WITH_COUPON = 0.2
_HOPELESS = 0.06
_HOURS = (8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)
_HOUR_WEIGHTS = (3, 4, 6, 7, 9, 7, 6, 7, 10, 13, 12, 9, 5)
_WEEKDAY_WEIGHTS = (8, 8, 9, 10, 14, 18, 13)
_CATEGORY_PULL = 4  # how much likelier a member is to buy from what they like
_SIZES = (1, 2, 3, 4, 5, 6, 8, 11)
_SIZE_WEIGHTS = (14, 20, 20, 15, 11, 9, 7, 4)


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """A basket to be committed. `redeems`: claims a reward if the card holds enough for it.

    `returned_at`: when one unit of the first line comes back.
    """

    ref: str
    store: str
    member: int | None
    sold_at: datetime
    lines: tuple[tuple[str, int], ...]
    codes: tuple[str, ...]
    redeems: bool
    returned_at: datetime | None


class _Draft(NamedTuple):
    """A basket before its codes."""

    sold_at: datetime
    store: str
    member: int | None
    lines: tuple[tuple[str, int], ...]


class _Shelf:
    """Products to draw from; a member's favourite categories come up more often."""

    def __init__(self, products: Sequence[ShopProduct], chance: random.Random) -> None:
        self._products = products
        self._chance = chance
        self._categories = sorted({product.category for product in products})
        popularity = [chance.paretovariate(1.3) for _ in products]
        # Dear things are bought less often.
        self._weights = [
            min(weight, 9.0) / float(product.price) ** 0.6
            for weight, product in zip(popularity, products, strict=True)
        ]
        self._everybody = list(itertools.accumulate(self._weights))
        self._of_taste: dict[frozenset[str], list[float]] = {}

    def taste(self) -> frozenset[str]:
        """Return what somebody likes."""
        return frozenset(self._chance.sample(self._categories, k=4))

    def fill(self, size: int, taste: frozenset[str]) -> tuple[tuple[str, int], ...]:
        """Return a basket of up to `size` different products."""
        odds = self._odds(taste)
        drawn: dict[str, int] = {}
        for _ in range(size):
            place = bisect.bisect(odds, self._chance.random() * odds[-1])
            product = self._products[min(place, len(self._products) - 1)]
            most = 4 if product.price < 6 else 2
            units = drawn.get(product.sku, 0) + self._chance.choice((1, 1, 1, 2, 3))
            drawn[product.sku] = MULTIPLES.get(product.sku, min(units, most))
        return tuple(drawn.items())

    def _odds(self, taste: frozenset[str]) -> list[float]:
        if not taste:
            return self._everybody
        if taste not in self._of_taste:
            pulled = (
                weight * (_CATEGORY_PULL if product.category in taste else 1)
                for weight, product in zip(self._weights, self._products, strict=True)
            )
            self._of_taste[taste] = list(itertools.accumulate(pulled))
        return self._of_taste[taste]


def plan_orders(
    *,
    count: int,
    products: Sequence[ShopProduct],
    members: Sequence[ShopMember],
    last_day: date,
    seed: int,
) -> tuple[PlannedOrder, ...]:
    """Return so many baskets over the year up to a day, in time order.

    The same arguments give the same baskets; another `last_day` moves them with it.
    """
    chance = random.Random(f"orders {seed}")  # noqa: S311 - nothing secret is drawn
    shelf = _Shelf(products, chance)
    keenness = list(itertools.accumulate(member.keenness for member in members))
    tastes = [shelf.taste() for _ in members]
    drafts: list[_Draft] = []
    for _ in range(count):
        member = None
        if members and chance.random() >= _ANONYMOUS:
            member = bisect.bisect(keenness, chance.random() * keenness[-1])
            member = min(member, len(members) - 1)
        store = _store(chance, members[member] if member is not None else None)
        sold_at = _moment(chance, last_day, store)
        taste = tastes[member] if member is not None else frozenset[str]()
        size = chance.choices(_SIZES, _SIZE_WEIGHTS)[0]
        drafts.append(_Draft(sold_at, store.ref, member, shelf.fill(size, taste)))
    drafts.sort(key=lambda draft: draft.sold_at)
    coupons = _CouponBook(chance, members, products, last_day)
    return tuple(
        PlannedOrder(
            ref=f"demo-{number:06d}",
            store=draft.store,
            member=draft.member,
            sold_at=draft.sold_at,
            lines=draft.lines,
            codes=coupons.codes(draft),
            redeems=chance.random() < _REDEEMING,
            returned_at=_return_of(chance, draft.sold_at, last_day),
        )
        for number, draft in enumerate(drafts, start=1)
    )


def _store(chance: random.Random, member: ShopMember | None) -> ShopStore:
    """Return where they shop: members nearly always at home."""
    at = member.home if member is not None and chance.random() < 0.94 else chance.random()
    shares = list(itertools.accumulate(store.share_of_trade for store in STORES))
    return STORES[bisect.bisect(shares, at * shares[-1] * 0.999999)]


def _moment(chance: random.Random, last_day: date, store: ShopStore) -> datetime:
    """Return an opening hour of a day of the year, later days a little likelier: the shop grows."""
    while True:
        ago = min(int(DAYS * (1 - chance.random() ** 0.85)), DAYS - 1)
        day = last_day - timedelta(days=ago)
        if chance.random() * max(_WEEKDAY_WEIGHTS) <= _WEEKDAY_WEIGHTS[day.weekday()]:
            break
    hour = chance.choices(_HOURS, _HOUR_WEIGHTS)[0]
    clock = time(hour, chance.randrange(60), chance.randrange(60))
    return datetime.combine(day, clock, ZoneInfo(store.time_zone)).astimezone(UTC)


def _return_of(chance: random.Random, sold_at: datetime, last_day: date) -> datetime | None:
    """Return when goods of a basket come back, for the few of which some do."""
    after = timedelta(days=chance.randrange(1, 12), minutes=chance.randrange(120))
    comes_back = chance.random() < _RETURNED
    return sold_at + after if comes_back and (sold_at + after).date() <= last_day else None


class _CouponBook:
    """Which codes come with which basket: mostly fitting ones, now and then a hopeless one."""

    def __init__(
        self,
        chance: random.Random,
        members: Sequence[ShopMember],
        products: Sequence[ShopProduct],
        last_day: date,
    ) -> None:
        self._chance = chance
        self._members = members
        self._products = {product.sku: product for product in products}
        self._first_day = last_day - timedelta(days=DAYS - 1)
        self._used: set[str] = set()

    def codes(self, draft: _Draft) -> tuple[str, ...]:
        """Return the codes entered with a basket."""
        found = []
        if self._chance.random() < _WITH_CODE:
            day = (draft.sold_at.date() - self._first_day).days
            fitting = [one for one in CODE_SEASONS if one.holds(day) and self._meets(draft, one)]
            if self._chance.random() < _HOPELESS:
                fitting = list(CODE_SEASONS)
            if fitting:
                found.append(self._chance.choice(fitting).code)
        holder = draft.member if draft.member != REGULAR else None
        if holder is not None and self._chance.random() < _WITH_COUPON:
            found += self._coupon(holder)
        return tuple(found)

    def _meets(self, draft: _Draft, season: CodeSeason) -> bool:
        """Tell whether the basket has what the code is for."""
        spent, found = Decimal(0), False
        for sku, qty in draft.lines:
            product = self._products[sku]
            in_tag = not season.tag or season.tag in product.tags
            if in_tag and product.category.startswith(season.category):
                spent, found = spent + product.price * qty, True
        return found and spent >= season.minimum

    def _coupon(self, member: int) -> list[str]:
        """Return a coupon that the member holds, at times a used one, at times a neighbour's."""
        program = self._chance.choice([one for one in HELD if one != E_WALLET])
        owner = member
        if self._members[member].level not in HELD[program].levels:
            if self._chance.random() >= _HOPELESS:
                return []
            owner = self._chance.randrange(REGULAR + 1, len(self._members))
        code = coupon_code(program, owner)
        lasts = HELD[program].points is not None
        if code in self._used and not lasts and self._chance.random() >= _HOPELESS:
            return []
        self._used.add(code)
        return [code]
