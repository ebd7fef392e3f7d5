"""The combination is the best one wherever the decision says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.engine.terms import Stacking
from promotions.engine.wallet import Wallet
from tests.properties.engine_programs import promotions
from tests.properties.engine_shops import Shop, decide, plain_shops
from tests.properties.engine_whole import shop_of, whole_shops


def list_prices(programs: tuple[Program, ...]) -> dict[int, Decimal]:
    """What the products that programs give cost."""
    return {
        product.id: product.price
        for program in programs
        for reward in program.rewards
        if reward.product is not None
        for product in reward.product.products
    }


def to_pay(decision: Decision, programs: tuple[Program, ...]) -> Decimal:
    """What the customer pays, less the list price of what comes on top for it."""
    prices = list_prices(programs)
    return decision.total - sum(
        (prices[item.product_id] * item.qty for item in decision.free_items), Decimal(0)
    )


def admissible(
    programs: tuple[Program, ...], wallet: Wallet | None = None
) -> Iterator[tuple[Program, ...]]:
    """Every set of programs that may be applied together, with what forbids others taken off.

    A program of which two coupons are shown keeps its group: it lets one of them through.
    """
    coupons = wallet.coupons.values() if wallet is not None else ()
    shown = Counter(one.program_id for one in coupons)
    for size in range(len(programs) + 1):
        for chosen in combinations(programs, size):
            groups = [one.exclusion_group for one in chosen if one.exclusion_group is not None]
            exclusive = any(one.stacking is Stacking.EXCLUSIVE for one in chosen)
            if len(groups) == len(set(groups)) and not (exclusive and size > 1):
                yield tuple(
                    replace(
                        one,
                        exclusion_group=one.exclusion_group if shown[one.id] > 1 else None,
                        stacking=Stacking.STACKABLE,
                    )
                    for one in chosen
                )


@given(plain_shops(5))
def test_7_the_decision_is_as_good_as_trying_every_combination(shop: Shop) -> None:
    decision = shop.decide()
    least = min(
        to_pay(decide(shop.cart, chosen, shop.wallet), shop.programs)
        for chosen in admissible(shop.programs)
    )
    assert decision.optimal
    assert to_pay(decision, shop.programs) == least


@given(plain_shops(4, money=True))
def test_7_points_that_count_money_are_tried_in_every_combination_too(shop: Shop) -> None:
    decision = shop.decide()
    least = min(
        to_pay(decide(shop.cart, chosen, shop.wallet), shop.programs)
        for chosen in admissible(shop.programs)
    )
    assert decision.optimal
    assert to_pay(decision, shop.programs) == least


@given(plain_shops(7), st.data())
def test_5_one_more_program_never_makes_the_customer_pay_more(
    shop: Shop, data: st.DataObject
) -> None:
    prices = list_prices(shop.programs)  # a product has one price, whichever program gives it
    prices.update({line.product_id: line.unit_price for line in shop.cart.lines})
    listed = [prices.get(product, Decimal(5)) for product in range(1, 6)]
    program_id = data.draw(st.sampled_from([20, 100]))
    more = data.draw(promotions(listed, program_id))
    programs = (*shop.programs, more)
    after = decide(shop.cart, programs, shop.wallet)
    if after.optimal:
        assert to_pay(after, programs) <= to_pay(shop.decide(), programs)


@given(whole_shops(claims=False), st.data())
def test_5_one_more_program_of_any_kind_never_makes_the_customer_pay_more(
    shop: Shop, data: st.DataObject
) -> None:
    after = shop.decide()
    gone = data.draw(st.sampled_from(shop.programs), label="without")
    fewer = tuple(one for one in shop.programs if one is not gone)
    before = decide(shop.cart, fewer, shop.wallet)
    if after.optimal:
        assert to_pay(after, shop.programs) <= to_pay(before, shop.programs)


@given(whole_shops(5, 8, claims=False))
@example(shop_of(97797894, [1, 2, 3, 5], [1], claims=False))
def test_7_with_codes_cards_and_limits_too_no_combination_is_better(shop: Shop) -> None:
    decision = shop.decide()
    least = min(
        to_pay(decide(shop.cart, chosen, shop.wallet), shop.programs)
        for chosen in admissible(shop.programs, shop.wallet)
    )
    assert decision.optimal
    assert to_pay(decision, shop.programs) == least
