"""Random programs for the engine's properties."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

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
)
from promotions.engine.terms import (
    AppliesOn,
    AppliesTo,
    DiscountMode,
    Placement,
    PointMode,
    ProgramType,
    RewardType,
    Stacking,
    StepsBy,
    StepsMode,
    Trigger,
)

PRODUCTS = range(1, 6)
LOYALTY, WALLET = 1, 2


def cents(least: int = 1, most: int = 3000) -> st.SearchStrategy[Decimal]:
    return st.integers(least, most).map(lambda value: Decimal(value) / 100)


PRICE_LISTS = st.one_of(
    st.lists(cents(1, 60), min_size=5, max_size=5),
    st.lists(cents(), min_size=5, max_size=5),
)
FILTERS = st.one_of(
    st.just(ProductFilter()),
    st.sets(st.sampled_from(PRODUCTS), min_size=1, max_size=4).map(
        lambda products: ProductFilter(products=frozenset(products))
    ),
    st.sampled_from([ProductFilter(categories=frozenset({1})), ProductFilter(tags=frozenset("a"))]),
)
PERCENTS = st.sampled_from([Decimal(one) for one in ("5", "10", "12.5", "33", "50", "100")])


@st.composite
def rules(draw: st.DrawFn, *, mode: PointMode | None = None, money: bool = False) -> Rule:
    modes = [PointMode.ORDER, PointMode.UNIT] + ([PointMode.MONEY] if money else [])
    return Rule(
        id=draw(st.integers(1, 999)),
        minimum_amount=draw(st.one_of(st.just(Decimal(0)), cents(1, 4000))),
        minimum_qty=Decimal(draw(st.integers(0, 3))),
        filter=draw(FILTERS),
        reward_point_mode=mode or draw(st.sampled_from(modes)),
        reward_point_amount=Decimal(draw(st.sampled_from(["1", "2", "0.5"]))),
    )


@st.composite
def discounts(draw: st.DrawFn) -> Reward:
    mode = draw(st.sampled_from(list(DiscountMode)))
    value = draw(PERCENTS) if mode is DiscountMode.PERCENT else draw(cents(1, 1500))
    return Reward(
        draw(st.integers(1, 9)),
        RewardType.DISCOUNT,
        discount=Discount(
            mode,
            value,
            draw(st.sampled_from(list(AppliesTo))),
            draw(FILTERS),
            draw(st.one_of(st.none(), cents(1, 800))),
        ),
    )


@st.composite
def rewards(draw: st.DrawFn, prices: list[Decimal]) -> Reward:
    kind = draw(st.sampled_from(["discount"] * 4 + ["product", "price", "set", "steps", "product"]))
    if kind == "discount":
        return draw(discounts())
    number, required = draw(st.integers(1, 9)), Decimal(draw(st.integers(1, 3)))
    if kind == "product":
        product = draw(st.sampled_from(PRODUCTS))
        return Reward(
            number,
            RewardType.PRODUCT,
            required,
            product=FreeProduct(
                (RewardProduct(product, str(product), prices[product - 1]),),
                Decimal(draw(st.integers(1, 2))),
                draw(st.sampled_from(list(Placement))),
            ),
        )
    if kind == "price":
        most = draw(st.one_of(st.none(), st.integers(1, 3).map(Decimal)))
        return Reward(
            number,
            RewardType.SPECIAL_PRICE,
            special_price=SpecialPrice(draw(cents(0, 1500)), draw(FILTERS), most),
        )
    if kind == "set":
        slots = draw(
            st.lists(
                st.builds(SetSlot, st.integers(1, 2).map(Decimal), FILTERS), min_size=1, max_size=2
            )
        )
        return Reward(
            number, RewardType.SPECIAL_SET, special_set=SpecialSet(draw(cents()), tuple(slots))
        )
    steps = (Step(Decimal(0), draw(PERCENTS)), Step(Decimal(2), draw(PERCENTS)))
    return Reward(
        number,
        RewardType.MULTIPLE_DISCOUNT,
        steps=Steps(
            draw(st.sampled_from(list(StepsMode))),
            steps,
            draw(st.sampled_from(list(StepsBy))),
            draw(FILTERS),
        ),
    )


@st.composite
def promotions(
    draw: st.DrawFn, prices: list[Decimal], program_id: int, *, money: bool = False
) -> Program:
    """Automatic programs, with or without groups, exclusive now and then."""
    reward = draw(rewards(prices))
    return Program(
        id=program_id,
        version_id=program_id * 10,
        name=f"program {program_id}",
        program_type=ProgramType.PROMOTION,
        trigger=Trigger.AUTO,
        applies_on=AppliesOn.CURRENT,
        sequence=draw(st.one_of(st.none(), st.integers(1, 70))),
        stacking=draw(st.sampled_from([Stacking.STACKABLE] * 9 + [Stacking.EXCLUSIVE])),
        exclusion_group=draw(st.sampled_from([None, None, None, "order", "other"])),
        budget=draw(st.one_of(st.none(), st.none(), st.none(), cents(1, 500))),
        rules=tuple(draw(st.lists(rules(money=money), min_size=1, max_size=2))),
        rewards=(reward,),
    )


def behind_code(program: Program) -> Program:
    """The same program, asking for the code CODE<id>."""
    return replace(
        program,
        program_type=ProgramType.PROMO_CODE,
        trigger=Trigger.WITH_CODE,
        rules=tuple(replace(rule, code=f"CODE{program.id}") for rule in program.rules),
    )


def on_coupon(program: Program) -> Program:
    """The same program, for a coupon."""
    return replace(program, program_type=ProgramType.COUPONS, trigger=Trigger.WITH_CODE)


@st.composite
def loyalty_programs(draw: st.DrawFn, prices: list[Decimal], program_id: int) -> Program:
    first, second = draw(rewards(prices)), draw(discounts())
    return Program(
        id=program_id,
        version_id=program_id * 10,
        name="club",
        program_type=ProgramType.LOYALTY,
        trigger=Trigger.AUTO,
        applies_on=AppliesOn.BOTH,
        loyalty_program_id=LOYALTY,
        rules=(draw(rules(money=True)), draw(rules(mode=PointMode.MONEY))),
        rewards=(
            replace(first, id=1),
            replace(second, id=2, required_points=Decimal(draw(st.integers(1, 20)))),
            Reward(3, RewardType.POINT, points=BonusPoints(amount=Decimal(5))),
        ),
    )


WALLET_PROGRAM = Program(
    id=90,
    version_id=900,
    name="wallet",
    program_type=ProgramType.EWALLET,
    trigger=Trigger.AUTO,
    applies_on=AppliesOn.FUTURE,
    is_payment=True,
    loyalty_program_id=WALLET,
    rules=(Rule(1, filter=ProductFilter(frozenset({5})), reward_point_mode=PointMode.MONEY),),
    rewards=(
        Reward(1, RewardType.DISCOUNT, discount=Discount(DiscountMode.PER_POINT, Decimal(1))),
    ),
)
