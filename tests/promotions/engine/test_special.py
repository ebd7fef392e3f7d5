"""Special prices and sets."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from promotions.engine.cart import CartLine
from promotions.engine.definition import Reward, SetSlot, SpecialPrice, SpecialSet
from promotions.engine.terms import RewardType
from tests.promotions.engine.shop import cart, decide, line, only, percent, program, rule


def special_price(price: str, *products: int, most: int | None = None) -> Reward:
    limit = None if most is None else Decimal(most)
    return Reward(
        1,
        RewardType.SPECIAL_PRICE,
        special_price=SpecialPrice(Decimal(price), only(*products), limit),
    )


def special_set(price: str, *slots: tuple[int, tuple[int, ...]], most: int | None = None) -> Reward:
    places = tuple(SetSlot(Decimal(qty), only(*products)) for qty, products in slots)
    return Reward(1, RewardType.SPECIAL_SET, special_set=SpecialSet(Decimal(price), places, most))


def test_every_matching_unit_that_costs_more_gets_the_special_price() -> None:
    basket = cart(line(1, 3, "9.90"), line(2, 1, 5), line(3, 1, 50))
    decision = decide(basket, program(special_price("7.50", 1, 2)))
    assert decision.discount_total == Decimal("7.20")
    assert decision.lines[1].discount == 0


def test_the_units_with_the_largest_difference_get_it_where_units_are_limited() -> None:
    basket = cart(line(1, 2, 10), line(2, 2, 12))
    decision = decide(basket, program(special_price("5", 1, 2, most=3)))
    assert decision.discount_total == 7 + 7 + 5


def test_weighed_goods_get_the_special_price_for_all_of_their_weight() -> None:
    decision = decide(cart(line(1, "1.250", 4)), program(special_price("3", 1)))
    assert decision.discount_total == Decimal("1.25")


def test_a_special_price_comes_before_a_percent() -> None:
    decision = decide(
        cart(line(1, 1, 10)), [program(percent(10, 1)), program(special_price("8", 1))]
    )
    assert decision.total == Decimal("7.20")


def test_as_many_sets_as_the_cart_holds_of_the_dearest_units() -> None:
    basket = cart(line(1, 3, 6), line(2, 3, 4))
    # Two sets of two units for 8.50: three at 6.00 and one at 4.00; a third would cost more.
    decision = decide(basket, program(special_set("8.50", (2, (1, 2)))))
    assert decision.discount_total == 22 - 17
    once = decide(basket, program(special_set("8.50", (2, (1, 2)), most=1)))
    assert once.discount_total == Decimal("3.50")


def test_a_set_of_two_places_moves_a_unit_to_the_place_only_it_can_fill() -> None:
    # The dearest unit, 1, fits both places; 2 fits the first alone, so 1 takes the second.
    basket = cart(line(1, 1, 10), line(2, 1, 8))
    decision = decide(basket, program(special_set("12", (1, (1, 2)), (1, (1,)))))
    assert decision.discount_total == 6


def test_an_incomplete_set_costs_what_its_units_cost() -> None:
    decision = decide(cart(line(1, 5, 10)), program(special_set("1", (2, (1,)), (1, (2,)))))
    assert decision.discount_total == 0


def test_a_set_dearer_than_its_units_is_not_applied() -> None:
    assert decide(cart(line(1, 2, 3)), program(special_set("7", (2, (1,))))).rewards == ()


def test_sets_of_a_million_units_are_decided_at_once() -> None:
    basket = cart(line(1, 1_000_000, 3), line(2, 700_000, 2))
    decision = decide(basket, program(special_set("4", (1, (1, 2)), (1, (1,)))))
    assert decision.optimal
    assert decision.discount_total > 0


def best_saving(units: list[tuple[int, int]], slots: list[tuple[int, set[int]]], price: int) -> int:
    """Try every choice of units for every number of sets."""
    best = 0
    sets = 1
    while True:
        places = [allowed for qty, allowed in slots for _ in range(qty * sets)]
        feasible = False
        for chosen in combinations(units, len(places)):
            if seatable([product for product, _ in chosen], places):
                feasible = True
                best = max(best, sum(cost for _, cost in chosen) - price * sets)
        if not feasible:
            return best
        sets += 1


def seatable(products: list[int], places: list[set[int]]) -> bool:
    if not products:
        return True
    return any(
        products[0] in place and seatable(products[1:], places[:index] + places[index + 1 :])
        for index, place in enumerate(places)
    )


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9)), min_size=1, max_size=6),
    st.lists(
        st.tuples(st.integers(1, 2), st.sets(st.integers(1, 3), min_size=1)),
        min_size=1,
        max_size=2,
    ),
    st.integers(1, 20),
)
def test_sets_save_as_much_as_trying_every_choice_of_units(
    units: list[tuple[int, int]], slots: list[tuple[int, set[int]]], price: int
) -> None:
    lines: list[CartLine] = [
        line(product, 1, cost, str(number)) for number, (product, cost) in enumerate(units)
    ]
    reward = special_set(str(price), *((qty, tuple(allowed)) for qty, allowed in slots))
    decision = decide(cart(*lines), program(reward, rule()))
    assert decision.discount_total == best_saving(units, slots, price)
