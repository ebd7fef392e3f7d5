"""Programs in one sentence, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from promotions.engine.definition import (
    BonusPoints,
    Discount,
    FreeProduct,
    ProductFilter,
    Program,
    Reward,
    RewardProduct,
    Rule,
    SetSlot,
    SpecialPrice,
    SpecialSet,
    Step,
    Steps,
    Window,
)
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    StepsMode,
    Trigger,
)
from promotions.sentences import Names, describe_program

NAMES = Names(
    products={1: "Espresso", 2: "Croissant"},
    categories={5: "Coffee"},
    pos_configs={1: "Main street", 2: "Airport", 3: "Harbour"},
    levels={3: "Gold"},
    points={1: "stars"},
)
COFFEE = ProductFilter(categories=frozenset({5}))
TEN_PERCENT = Reward(1, RewardType.DISCOUNT, discount=Discount(DiscountMode.PERCENT, Decimal(10)))


def program(kind: ProgramType = ProgramType.PROMOTION, **fields: Any) -> Program:
    """Return a program in dollars with a discount of 10 % unless said otherwise."""
    facts: dict[str, Any] = {
        "id": 1,
        "version_id": 1,
        "name": "any",
        "program_type": kind,
        "trigger": Trigger.AUTO,
        "applies_on": AppliesOn.CURRENT,
        "currency": "USD",
        "rules": (Rule(1),),
        "rewards": (TEN_PERCENT,),
    }
    return Program(**(facts | fields))


def free(product_id: int, needed: int) -> Reward:
    """Return one free unit of a product for so many points."""
    given = FreeProduct((RewardProduct(product_id, "any", Decimal(3)),))
    return Reward(1, RewardType.PRODUCT, required_points=Decimal(needed), product=given)


PER_UNIT = Rule(1, filter=ProductFilter(products=frozenset({1})), reward_point_mode=PointMode.UNIT)
CASES = [
    (
        program(
            rules=(Rule(1, minimum_amount=Decimal(50)),),
            date_to=datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
        ),
        "10% off the order on orders of $50.00 or more, at all stores, until 31 Dec 2026",
        "Diskon 10% untuk pesanan pada pesanan mulai US$50,00, di semua toko, sampai 31 Des 2026",
    ),
    (
        program(
            ProgramType.BUY_X_GET_Y,
            rules=(PER_UNIT,),
            rewards=(free(1, 2),),
            schedule=(Window(frozenset(range(5)), time(17), time(19)),),
            pos_configs=frozenset({1}),
        ),
        "Buy 2 of Espresso, get 1 free, Mon\u2013Fri 17:00\u201319:00, at Main street",
        "Beli 2 Espresso, gratis 1, Sen\u2013Jum 17:00\u201319:00, di Main street",
    ),
    (
        program(
            ProgramType.BUY_X_GET_Y,
            rules=(PER_UNIT,),
            rewards=(free(2, 3),),
            pos_configs=frozenset({1, 2, 3}),
        ),
        "Buy 3 of Espresso, get 1 Croissant free, at 3 stores",
        "Beli 3 Espresso, gratis 1 Croissant, di 3 toko",
    ),
    (
        program(
            ProgramType.PROMO_CODE,
            rules=(Rule(1, code="SUMMER10", minimum_qty=Decimal(3), filter=COFFEE),),
            limit_per_partner=1,
            stacking=Stacking.EXCLUSIVE,
        ),
        (
            "With the code SUMMER10: 10% off the order when 3 or more of Coffee are bought, at all "
            "stores, once per member, not with other offers"
        ),
        (
            "Dengan kode SUMMER10: diskon 10% untuk pesanan bila membeli 3 Coffee atau lebih, di "
            "semua toko, 1 kali per anggota, tidak bersama penawaran lain"
        ),
    ),
    (
        program(
            ProgramType.LOYALTY,
            loyalty_program_id=1,
            rules=(Rule(1, reward_point_mode=PointMode.MONEY, reward_point_amount=Decimal("0.1")),),
            rewards=(
                Reward(
                    1,
                    RewardType.DISCOUNT,
                    required_points=Decimal(200),
                    discount=Discount(DiscountMode.FIXED, Decimal(5)),
                ),
            ),
        ),
        (
            "Members earn 1 point for every $10.00 spent; 200 stars buy $5.00 off the order, "
            "at all stores"
        ),
        (
            "Anggota mendapat 1 poin untuk setiap belanja US$10,00; 200 stars ditukar dengan "
            "diskon US$5,00 untuk pesanan, di semua toko"
        ),
    ),
    (
        program(
            rules=(Rule(1, filter=COFFEE, membership=3),),
            rewards=(
                Reward(
                    1,
                    RewardType.DISCOUNT,
                    discount=Discount(
                        DiscountMode.PERCENT, Decimal(20), AppliesTo.SPECIFIC, COFFEE, Decimal(7)
                    ),
                ),
            ),
        ),
        "20% off Coffee (at most $7.00), for Gold members, at all stores",
        "Diskon 20% untuk Coffee (paling banyak US$7,00), untuk anggota Gold, di semua toko",
    ),
    (
        program(
            rewards=(
                Reward(
                    1,
                    RewardType.SPECIAL_SET,
                    special_set=SpecialSet(
                        Decimal(15),
                        (
                            SetSlot(Decimal(1), COFFEE),
                            SetSlot(Decimal(2), ProductFilter(products=frozenset({2}))),
                        ),
                    ),
                ),
            ),
        ),
        "1 \u00d7 Coffee + 2 \u00d7 Croissant for $15.00, at all stores",
        "1 \u00d7 Coffee + 2 \u00d7 Croissant seharga US$15,00, di semua toko",
    ),
    (
        program(
            rewards=(
                Reward(
                    1,
                    RewardType.MULTIPLE_DISCOUNT,
                    steps=Steps(
                        StepsMode.TIER,
                        (Step(Decimal(3), Decimal(10)), Step(Decimal(6), Decimal(15))),
                        filter=COFFEE,
                    ),
                ),
            ),
        ),
        "10% from 3 and 15% from 6 off Coffee, at all stores",
        "Diskon 10% mulai 3 dan 15% mulai 6 untuk Coffee, di semua toko",
    ),
    (
        program(
            rewards=(
                Reward(
                    1,
                    RewardType.SPECIAL_PRICE,
                    special_price=SpecialPrice(Decimal("1.5"), COFFEE, Decimal(2)),
                ),
            ),
        ),
        "Coffee for $1.50 each (at most 2), at all stores",
        "Coffee masing-masing US$1,50 (paling banyak 2), di semua toko",
    ),
    (
        program(rewards=(Reward(1, RewardType.POINT, points=BonusPoints(multiplier=Decimal(2))),)),
        "2 times the points, at all stores",
        "2 kali poin, di semua toko",
    ),
    (program(rewards=()), "Nothing yet, at all stores", "Belum ada, di semua toko"),
]


@pytest.mark.parametrize(("one", "english", "indonesian"), CASES)
def test_a_program_is_said_in_one_sentence(one: Program, english: str, indonesian: str) -> None:
    with translation.override("en"):
        assert describe_program(one, NAMES) == english
    with translation.override("id"):
        assert describe_program(one, NAMES) == indonesian


def test_what_has_no_name_any_more_is_named_by_its_id() -> None:
    gone = program(rules=(Rule(1, filter=ProductFilter(products=frozenset({99}))),))
    assert "when #99 is bought" in describe_program(gone, NAMES)
