"""The index finds what a scan of all programs would, and versions share what did not change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.engine import evaluate
from promotions.engine.cart import CartLine
from promotions.engine.catalog import NEAR_MISSES, Catalog
from promotions.engine.definition import ProductFilter, Program, Reward
from promotions.engine.terms import RewardType
from promotions.engine.wallet import Wallet
from tests.promotions.engine.shop import (
    NOON,
    cart,
    code_program,
    decide,
    fixed,
    line,
    loyalty,
    percent,
    program,
    rule,
)

FILTERS = st.sampled_from(
    [
        ProductFilter(),
        ProductFilter(products=frozenset({1})),
        ProductFilter(products=frozenset({1, 2})),
        ProductFilter(categories=frozenset({7})),
        ProductFilter(categories=frozenset({7, 8}), tags=frozenset("x")),
        ProductFilter(products=frozenset({3}), tags=frozenset("x")),
    ]
)
LINES = st.lists(
    st.builds(
        lambda product, categories, tags: line(product, 1, 9, categories=categories, tags=tags),
        st.integers(1, 4),
        st.sets(st.integers(7, 9)),
        st.sets(st.sampled_from("xy")),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.line_id,
)
RULES = st.lists(
    st.builds(
        lambda products, amount, level: rule(
            filter=products, minimum_amount=amount, membership=level
        ),
        FILTERS,
        st.sampled_from([0, 9, 10, 30]),
        st.sampled_from([None, None, 3, 4]),
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def offers(draw: st.DrawFn) -> list[Program]:
    return [
        program(
            fixed("0.01"),
            draw(RULES),
            id=number,
            pos_configs=draw(st.sampled_from([frozenset(), frozenset({1}), frozenset({2})])),
        )
        for number in range(1, draw(st.integers(1, 8)) + 1)
    ]


def passes(offer: Program, lines: list[CartLine], level: int | None) -> bool:
    """Read the rules of a program literally."""
    if offer.pos_configs and 1 not in offer.pos_configs:
        return False
    for made in offer.rules:
        within = made.filter
        hit = [
            one
            for one in lines
            if within == ProductFilter()
            or one.product_id in within.products
            or one.categories & within.categories
            or one.tags & within.tags
        ]
        gross = sum((one.qty * one.unit_price for one in hit), Decimal(0))
        if hit and gross >= made.minimum_amount and made.membership in (None, level):
            return True
    return False


@given(offers(), LINES, st.sampled_from([None, 3, 4]))
def test_the_index_finds_what_passes(
    programs: list[Program], lines: list[CartLine], level: int | None
) -> None:
    decision = decide(cart(*lines), programs, Wallet(membership_id=level))
    expected = {one.id for one in programs if passes(one, lines, level)}
    assert {reward.program_id for reward in decision.rewards} == expected


@given(offers(), offers(), LINES, st.sets(st.integers(1, 8)))
def test_a_changed_catalog_decides_as_one_built_anew(
    first: list[Program], second: list[Program], lines: list[CartLine], removed: set[int]
) -> None:
    changed = Catalog.build(first, 1).changed(second, removed, 2)
    programs = {one.id: one for one in first if one.id not in removed}
    programs |= {one.id: one for one in second}
    anew = Catalog.build(programs.values(), 2)
    basket = cart(*lines)
    assert evaluate(basket, changed, Wallet(), NOON) == evaluate(basket, anew, Wallet(), NOON)
    assert changed.programs == anew.programs
    emptied = changed.changed((), list(changed.programs), 3)
    assert evaluate(basket, emptied, Wallet(), NOON).rewards == ()


def test_a_version_is_not_changed_by_the_next_one() -> None:
    first = Catalog.build([program(percent(10), id=1)], 1)
    second = first.changed([code_program(percent(20), "X", id=2)], [1], 2)
    basket = cart(line(1, 1, 100), codes=("X",))
    assert [evaluate(basket, one, Wallet(), NOON).total for one in (first, second)] == [90, 80]
    assert (first.version, second.version) == (1, 2)


def test_a_catalog_knows_its_limits_and_kinds_of_points() -> None:
    catalog = Catalog.build(
        [
            program(percent(1), id=1, limit_usage=5),
            program(percent(1), id=2, budget=Decimal(5)),
            program(percent(1), id=3),
            loyalty(fixed(1), id=4, loyalty_program_id=8),
        ],
        1,
    )
    assert catalog.limited_program_ids == {1, 2}
    assert catalog.loyalty_program_ids == {8}


def test_programs_out_of_reach_are_not_looked_at_beyond_the_nearest() -> None:
    programs = [program(percent(1), rule(minimum_amount=1000 + n), id=n) for n in range(1, 50)]
    programs += [program(percent(1), rule(products=[n]), id=n) for n in range(100, 150)]
    programs += [code_program(percent(1), f"C{n}", id=n) for n in range(200, 250)]
    decision = decide(cart(line(1)), programs, explain=True)
    assert decision.trace is not None
    assert len(decision.trace) == NEAR_MISSES


def test_a_malformed_reward_is_refused_when_the_catalog_is_built() -> None:
    broken = replace(program(percent(1)), rewards=(Reward(1, RewardType.PRODUCT),))
    with pytest.raises(ValueError, match="reward 1"):
        Catalog.build([broken], 1)
