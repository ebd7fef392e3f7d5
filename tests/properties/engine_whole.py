"""Whole shops: carts of up to 30 lines, catalogs of up to 60 programs of every type and reward.

Hypothesis draws a seed and which lines and programs there are; each line and program comes from
the seed and its own number. So making one takes a millisecond, and a counterexample still shrinks
to the few programs that matter.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from core.codes import normalise
from promotions.engine.cart import Cart, CartLine, Claim, PosFacts
from promotions.engine.definition import (
    BonusPoints,
    Discount,
    Program,
    Reward,
    Rule,
    Window,
)
from promotions.engine.terms import (
    AppliesOn,
    DiscountMode,
    EarnOn,
    PointMode,
    ProgramType,
    RewardType,
    Rounding,
    Stacking,
    Trigger,
)
from promotions.engine.wallet import CardFacts, CouponFacts, ReferralFacts, UsageFacts, Wallet
from tests.properties.engine_shops import NOW, PARTNER, Shop
from tests.properties.engine_whole_rewards import Goods

LINES, PROGRAMS = 30, 60
POINTS, STAMPS, GIFTS, MONEY = 1, 2, 3, 4  # kinds of points
TYPES = (
    *[ProgramType.PROMOTION] * 8, *[ProgramType.BUY_X_GET_Y] * 3, ProgramType.PROMO_CODE,
    ProgramType.COUPONS, ProgramType.NEXT_ORDER_COUPONS, ProgramType.REFERRAL,
    ProgramType.LOYALTY, ProgramType.LOYALTY, ProgramType.GIFT_CARD, ProgramType.EWALLET,
)  # fmt: skip
PAY = (Reward(1, RewardType.DISCOUNT, discount=Discount(DiscountMode.PER_POINT, Decimal(1))),)


class Made:
    """A program with what the wallet and the cashier know of it."""

    def __init__(self, seed: int, number: int, goods: Goods) -> None:
        self.dice = Random(f"{seed} program {number}")
        self.goods = goods
        self.id = number
        self.codes: list[str] = []
        self.coupons: list[CouponFacts] = []
        self.cards: list[CardFacts] = []
        self.referrals: list[ReferralFacts] = []
        self.usage: UsageFacts | None = None
        kind = self.dice.choice(TYPES)
        fields = getattr(self, f"_{kind.value}")()
        defaults = {
            "trigger": Trigger.AUTO,
            "applies_on": AppliesOn.CURRENT,
            "rewards": (goods.reward(self.dice, 1),),
            "rules": tuple(self.rule(one) for one in range(self.dice.choice([1, 1, 1, 2]))),
        }
        self.program = Program(
            id=number, version_id=number * 10, name=str(number), program_type=kind,
            **{**defaults, **fields, **self._scope(), **self._limits()},
        )  # fmt: skip
        if not self.program.is_payment:
            self.program = replace(self.program, exclusion_group=self._group())
        if _has_parts_of_points(self.program):  # with whole points it could not be published
            decimals = max(2, self.program.point_decimals)
            self.program = replace(self.program, point_decimals=decimals)

    def rule(self, number: int, mode: PointMode | None = None, code: str | None = None) -> Rule:
        dice, goods = self.dice, self.goods
        return Rule(
            number,
            minimum_amount=Decimal(0) if dice.random() < 0.6 else goods.amount(dice, 20_000),
            minimum_qty=Decimal(dice.choice([0, 0, 0, 1, 2, 3, 5])),
            filter=goods.filter(dice),
            membership=dice.choice([None] * 8 + [1, 2]),
            reward_point_mode=mode or dice.choice(list(PointMode)),
            reward_point_amount=Decimal(dice.choice(["1", "1", "2", "0.5", "3"])),
            code=code,
        )

    def _promotion(self) -> dict[str, Any]:
        return {"rules": (self.rule(1, PointMode.ORDER),)}

    def _buy_x_get_y(self) -> dict[str, Any]:
        return {
            "rules": (self.rule(1, PointMode.UNIT),),
            "rewards": (self.goods.product(self.dice, 1),),
        }

    def _promo_code(self) -> dict[str, Any]:
        self.codes.append(f"code-{self.id}")
        rewards = [self.goods.reward(self.dice, one) for one in range(1, self.dice.choice([2, 3]))]
        return {
            "trigger": Trigger.WITH_CODE,
            "rules": (self.rule(1, code=f"CODE{self.id}"),),
            "rewards": tuple(rewards),
        }

    def _coupons(self) -> dict[str, Any]:
        for copy in range(self.dice.choice([1, 1, 2])):
            self._coupon(self.id * 10 + copy, Decimal(self.dice.choice([0, 1, 1, 3])))
        return {"trigger": Trigger.WITH_CODE}

    def _next_order_coupons(self) -> dict[str, Any]:
        if self.dice.random() < 0.5:
            self._coupon(self.id * 10, Decimal(1))
        return {"applies_on": AppliesOn.FUTURE}

    def _coupon(self, number: int, points: Decimal) -> None:
        code = f"COUPON{number}"
        holder = self.dice.choice([None, None, PARTNER, 8])
        expires = self.dice.choice([None, None, None, NOW - timedelta(1)])
        self.coupons.append(CouponFacts(number, code, self.id, points, holder, expires))
        self.codes.append(code.lower())

    def _referral(self) -> dict[str, Any]:
        code = f"FRIEND{self.id}"
        self.referrals.append(
            ReferralFacts(code, self.dice.choice([PARTNER, 8]), self.dice.random() < 0.1)
        )
        self.codes.append(code)
        bonus = Reward(3, RewardType.POINT, points=BonusPoints(amount=Decimal(5)))
        rewards = (self.goods.reward(self.dice, 1), *self.dice.choice([(), (bonus,)]))
        return {
            "trigger": Trigger.WITH_CODE, "loyalty_program_id": POINTS, "rewards": rewards,
        }  # fmt: skip

    def _loyalty(self) -> dict[str, Any]:
        dice = self.dice
        bonus = dice.choice(
            [BonusPoints(amount=Decimal(5)), BonusPoints(multiplier=Decimal("1.5"))]
        )
        rewards = (
            self.goods.reward(dice, 1),
            Reward(2, RewardType.POINT, points=bonus),
            self.goods.discount(dice, 3),
        )
        return {
            "applies_on": AppliesOn.BOTH,
            "loyalty_program_id": dice.choice([POINTS, POINTS, STAMPS]),
            "earn_on": dice.choice(list(EarnOn)),
            "points_pending": dice.random() < 0.15,
            "point_decimals": dice.choice([0, 2, 2]),
            "rewards": rewards[: dice.randint(1, 3)],
        }

    def _gift_card(self) -> dict[str, Any]:
        code = f"GIFT{self.id}"
        balance = Decimal(self.dice.randint(0, 50))
        self.cards.append(CardFacts(300 + self.id, code, GIFTS, balance))
        self.codes.append(code)
        mode = self.dice.choice([PointMode.MONEY, PointMode.UNIT])
        return {
            "applies_on": AppliesOn.FUTURE, "is_payment": True, "loyalty_program_id": GIFTS,
            "point_decimals": max(2, self.goods.digits),  # or it could not be published
            "rules": (self.rule(1, mode),), "rewards": PAY,
        }  # fmt: skip

    def _ewallet(self) -> dict[str, Any]:
        return {
            "applies_on": AppliesOn.FUTURE, "is_payment": True, "loyalty_program_id": MONEY,
            "point_decimals": max(2, self.goods.digits),
            "rules": (self.rule(1, PointMode.MONEY),), "rewards": PAY,
        }  # fmt: skip

    def _scope(self) -> dict[str, Any]:
        """Now and then a date, a place, a schedule, a currency, a sequence, exclusive."""
        dice = self.dice
        window = Window(frozenset(range(7)), time(dice.choice([8, 14])), time(dice.choice([2, 20])))
        choices: list[tuple[str, Any]] = [
            ("pos_configs", frozenset({dice.choice([1, 2])})),
            ("date_from", NOW + timedelta(dice.choice([-1, 1]))),
            ("date_to", NOW + timedelta(dice.choice([-1, 1]))),
            ("schedule", (window,)),
            ("currency", dice.choice(["USD", "EUR"])),
            ("sequence", dice.randint(1, 70)),
        ]
        scope = {name: value for name, value in choices if dice.random() < 0.08}
        if dice.random() < 0.03:
            scope["stacking"] = Stacking.EXCLUSIVE
        return scope

    def _limits(self) -> dict[str, Any]:
        dice = self.dice
        limit = dice.choice([None] * 8 + ["budget", "limit_usage", "limit_per_partner"])
        if limit is None:
            return {}
        self.usage = UsageFacts(1, 1, self.goods.amount(dice, 400))
        value = self.goods.amount(dice, 800) if limit == "budget" else dice.choice([1, 2])
        return {limit: value}

    def _group(self) -> str | None:
        return self.dice.choice([None] * 5 + ["order", "order", "other"])


def _has_parts_of_points(program: Program) -> bool:
    costs = [one.required_points for one in program.rewards]
    made = [one.reward_point_amount for one in program.rules]
    return any(points % 1 for points in (*costs, *made))


def _lines(seed: int, numbers: list[int], goods: Goods) -> list[CartLine]:
    lines = []
    for number in numbers:
        dice = Random(f"{seed} line {number}")
        product = dice.choice(goods.products)
        qty = Decimal(dice.randint(1, 5))
        if dice.random() < 0.1:
            qty += Decimal(dice.randint(1, 999)) / 1000
        price = goods.price[product] * dice.choice([1] * 9 + [2])
        names = (goods.categories[product], goods.tags[product])
        lines.append(CartLine(f"line {number:02}", product, f"P{product}", qty, price, *names))
        if dice.random() < 0.01:
            off = -goods.amount(dice, 2000)
            lines.append(CartLine(f"till {number:02}", 99, "TILL", Decimal(1), off))
    return lines


def _claims(dice: Random, programs: list[Program]) -> tuple[Claim, ...]:
    claims = []
    for _ in range(dice.choice([0, 0, 1, 3])):
        program = dice.choice(programs)
        reward = dice.choice(program.rewards)
        products = [] if reward.product is None else [one.id for one in reward.product.products]
        points = dice.choice([None, None, Decimal(3), Decimal(20)])
        product, times = dice.choice([None, *products]), dice.choice([None, None, 2])
        claims.append(Claim(program.id, reward.id, points, product, times))
    return tuple(claims)


def shop_of(seed: int, programs: list[int], lines: list[int], *, claims: bool = True) -> Shop:
    """Return the shop with these programs and these lines."""
    dice = Random(seed)
    goods = Goods(dice)
    made = [Made(seed, number, goods) for number in programs]
    codes = [code for one in made for code in one.codes]
    codes = dice.sample(codes, min(len(codes), dice.choice([0, 3, 8, 20])))
    partner = dice.choice([PARTNER, PARTNER, None])
    pos = PosFacts(1, "main", "USD", goods.digits, discount_rounding=dice.choice(list(Rounding)))
    cart = Cart(
        pos,
        tuple(_lines(seed, lines, goods)),
        partner,
        (*codes, *dice.choice([(), ("nonsense",)])),
        _claims(dice, [one.program for one in made]) if claims else (),
    )
    kept = {POINTS: (0, 2, 60, 500), STAMPS: (0, 10), MONEY: (0, 5, 40)}
    wallet = Wallet(
        membership_id=dice.choice([None, 1, 2]),
        cards=tuple(
            CardFacts(kind, f"C{kind}", kind, Decimal(dice.choice(sums)), frozenset({PARTNER}))
            for kind, sums in kept.items()
        )
        if partner
        else (),
        cards_by_code={normalise(card.code): card for one in made for card in one.cards},
        coupons={normalise(one.code): one for each in made for one in each.coupons},
        referrals={normalise(one.code): one for each in made for one in each.referrals},
        usage={one.id: one.usage for one in made if one.usage is not None},
        has_ordered_before=dice.random() < 0.3,
    )
    return Shop(cart, tuple(one.program for one in made), wallet)


def _some(most: int) -> st.SearchStrategy[list[int]]:
    """Numbers up to `most`: often many, and few when a counterexample is made smaller."""
    numbers = st.integers(1, most)
    return st.one_of(
        st.sets(numbers, min_size=1, max_size=8).map(sorted),
        numbers.map(lambda count: list(range(1, count + 1))),
    )


def whole_shops(
    programs: int = PROGRAMS, lines: int = LINES, *, claims: bool = True
) -> st.SearchStrategy[Shop]:
    """Shops of every kind of program, reward, code and card."""
    seeds = st.integers(0, 2**32)
    return st.builds(
        lambda seed, made, sold: shop_of(seed, made, sold, claims=claims),
        seeds, _some(programs), _some(lines),
    )  # fmt: skip
