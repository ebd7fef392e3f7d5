"""What the engine's benchmark measures on: the floor's offers as programs, and others beside."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from benchmarks.engine_floor import Lines, Offer
from promotions.engine.cart import Cart, CartLine, PosFacts
from promotions.engine.definition import (
    Discount,
    FreeProduct,
    ProductFilter,
    Program,
    Reward,
    RewardProduct,
    Rule,
    SetSlot,
    SpecialSet,
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

POS = PosFacts(id=1, ref="main", currency="USD", digits=2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


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


def rivals(groups: int, each: int, lines: int, width: int) -> tuple[list[Program], Cart]:
    """Return programs of which one of each group may apply, all much alike, and a basket.

    Each takes 8 to 12 percent off `width` lines, so that no choice is plainly the better one.
    """
    dice = random.Random(groups * each)
    price = [dice.randint(200, 9900) for _ in range(lines)]
    programs = []
    for number in range(1, groups * each + 1):
        within = ProductFilter(products=frozenset(dice.sample(range(lines), width)))
        percent = Decimal(dice.randint(8, 12))
        discount = Discount(DiscountMode.PERCENT, percent, AppliesTo.SPECIFIC, within)
        programs.append(
            Program(
                id=number,
                version_id=number,
                name=f"rival {number}",
                program_type=ProgramType.PROMOTION,
                trigger=Trigger.AUTO,
                applies_on=AppliesOn.CURRENT,
                exclusion_group=f"group {number % groups}",
                rules=(Rule(1),),
                rewards=(Reward(1, RewardType.DISCOUNT, discount=discount),),
            )
        )
    return programs, cart([(product, 1 + product % 3, price[product]) for product in range(lines)])


def rival_sets(groups: int, each: int, lines: int) -> tuple[list[Program], Cart]:
    """Return programs that sell sets, the dearest reward to work out, and a basket that all fit.

    A hundred products, each at several prices, and sets of three places that share most of them.
    """
    goods = [frozenset(range(100)), frozenset(range(99)), frozenset(range(0, 100, 2))]
    slots = tuple(SetSlot(Decimal(2), ProductFilter(products=one)) for one in goods)
    programs = [
        Program(
            id=number,
            version_id=number,
            name=f"set {number}",
            program_type=ProgramType.PROMOTION,
            trigger=Trigger.AUTO,
            applies_on=AppliesOn.CURRENT,
            exclusion_group=f"group {number % groups}",
            rules=(Rule(1),),
            rewards=(
                Reward(
                    1,
                    RewardType.SPECIAL_SET,
                    special_set=SpecialSet(Decimal(5 + number % 3), slots),
                ),
            ),
        )
        for number in range(1, groups * each + 1)
    ]
    return programs, cart([(line % 100, 3, 100 + line) for line in range(lines)])
