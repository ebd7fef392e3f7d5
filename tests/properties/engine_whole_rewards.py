"""The goods of a random shop, and rewards of every type on them."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from promotions.engine.definition import (
    Discount,
    FreeProduct,
    ProductFilter,
    Reward,
    RewardProduct,
    SetSlot,
    SpecialPrice,
    SpecialSet,
    Step,
    Steps,
)
from promotions.engine.terms import (
    AppliesTo,
    DiscountMode,
    Placement,
    RewardType,
    StepsBy,
    StepsMode,
)


class Goods:
    """Products with prices, categories and tags; amounts in a currency of 0, 2 or 3 digits."""

    def __init__(self, dice: Random) -> None:
        count = dice.choice([4, 10, 40])
        self.digits = dice.choice([2, 2, 2, 0, 3])
        self.most = dice.choice([90, 6000, 6000])  # the dearest, in minor units
        self.products = range(1, count + 1)
        self.price = {
            one: Decimal(dice.randint(1, self.most)).scaleb(-self.digits) for one in self.products
        }
        self.categories = {
            one: frozenset({1 + one % 2, 10 + one % 5} if dice.random() < 0.8 else ())
            for one in self.products
        }
        self.tags = {
            one: frozenset(tag for tag in "abc" if dice.random() < 0.3) for one in self.products
        }

    def amount(self, dice: Random, most: int) -> Decimal:
        """Return an amount; `most` is meant for goods of up to 60.00."""
        return Decimal(dice.randint(1, max(2, most * self.most // 6000))).scaleb(-self.digits)

    def filter(self, dice: Random) -> ProductFilter:
        kind = dice.random()
        some = dice.sample(self.products, min(len(self.products), dice.randint(1, 8)))
        if kind < 0.25:
            return ProductFilter()
        if kind < 0.7:
            return ProductFilter(products=frozenset(some))
        if kind < 0.85:
            return ProductFilter(categories=frozenset({dice.choice([1, 2, 10, 11, 12])}))
        if kind < 0.95:
            return ProductFilter(tags=frozenset(dice.choice("abc")))
        return ProductFilter(frozenset(some[:1]), frozenset({11}), frozenset("a"))

    def reward(self, dice: Random, number: int) -> Reward:
        """Return a reward of any type that takes money off or gives goods."""
        kinds = [self.discount] * 6 + [self.product] * 2
        kinds += [self.special_price, self.special_set, self.steps]
        return dice.choice(kinds)(dice, number)

    def discount(self, dice: Random, number: int) -> Reward:
        mode = dice.choice(list(DiscountMode))
        value = self.amount(dice, 900)
        if mode is DiscountMode.PERCENT:
            value = Decimal(dice.choice(["5", "7", "10", "12.5", "33", "50", "100"]))
        most = None if dice.random() < 0.7 else self.amount(dice, 500)
        discount = Discount(mode, value, dice.choice(list(AppliesTo)), self.filter(dice), most)
        return Reward(number, RewardType.DISCOUNT, self.required(dice), discount=discount)

    def product(self, dice: Random, number: int) -> Reward:
        chosen = dice.sample(self.products, dice.choice([1, 1, 1, 1, 3]))
        product = FreeProduct(
            tuple(RewardProduct(one, f"P{one}", self.price[one]) for one in chosen),
            Decimal(dice.choice([1, 1, 2])),
            dice.choice(list(Placement)),
        )
        return Reward(number, RewardType.PRODUCT, self.required(dice), product=product)

    def special_price(self, dice: Random, number: int) -> Reward:
        most = dice.choice([None, None, Decimal(1), Decimal(3)])
        special = SpecialPrice(self.amount(dice, 2000), self.filter(dice), most)
        return Reward(number, RewardType.SPECIAL_PRICE, self.required(dice), special_price=special)

    def special_set(self, dice: Random, number: int) -> Reward:
        slots = [
            SetSlot(Decimal(dice.randint(1, 2)), self.filter(dice))
            for _ in range(dice.randint(1, 3))
        ]
        special = SpecialSet(self.amount(dice, 5000), tuple(slots), dice.choice([None, 1, 2]))
        return Reward(number, RewardType.SPECIAL_SET, self.required(dice), special_set=special)

    def steps(self, dice: Random, number: int) -> Reward:
        steps = [
            Step(Decimal(dice.choice([0, 2, 4])), Decimal(dice.choice([5, 10, 20])))
            for _ in range(dice.randint(1, 3))
        ]
        multiple = Steps(
            dice.choice(list(StepsMode)), tuple(steps), dice.choice(list(StepsBy)),
            self.filter(dice),
        )  # fmt: skip
        return Reward(number, RewardType.MULTIPLE_DISCOUNT, self.required(dice), steps=multiple)

    @staticmethod
    def required(dice: Random) -> Decimal:
        return Decimal(dice.choice(["1", "1", "1", "2", "0.5", "5"]))
