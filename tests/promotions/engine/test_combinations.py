"""Which programs are applied together."""

from __future__ import annotations

from decimal import Decimal

from promotions.engine.cart import Cart, Claim
from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.engine.terms import CodeStatus, Reason, Stacking
from promotions.engine.wallet import CardFacts, Wallet
from tests.promotions.engine.shop import (
    cart,
    cheapest,
    code_program,
    decide,
    fixed,
    free,
    line,
    loyalty,
    percent,
    program,
    rule,
)


def applied(decision: Decision) -> list[int]:
    return [reward.program_id for reward in decision.rewards]


def test_of_one_group_the_program_that_saves_most_is_applied() -> None:
    offers = [
        program(percent(10), id=1, exclusion_group="order"),
        program(fixed(15), id=2, exclusion_group="order"),
        program(percent(20), id=3, exclusion_group="order"),
    ]
    assert applied(decide(cart(line(1, 1, 100)), offers)) == [3]
    assert applied(decide(cart(line(1, 1, 60)), offers)) == [2]


def test_an_exclusive_program_is_applied_alone_where_that_saves_more() -> None:
    offers = [
        program(percent(25), id=1, stacking=Stacking.EXCLUSIVE),
        program(percent(10, 1), id=2),
        program(percent(10, 2), id=3),
    ]
    assert applied(decide(cart(line(1, 1, 100), line(2, 1, 100)), offers)) == [1]
    better = [*offers, program(fixed(40), id=4)]
    assert applied(decide(cart(line(1, 1, 100), line(2, 1, 100)), better)) == [2, 3, 4]


def test_at_equal_saving_fewer_points_then_the_lower_sequence_then_id_win() -> None:
    basket = cart(line(1, 1, 100))
    dear = program(fixed(10, required=2), rule(reward_point_amount=2), id=1, exclusion_group="a")
    cheap = program(fixed(10), id=2, exclusion_group="a")
    assert applied(decide(basket, [dear, cheap])) == [2]
    late = program(fixed(10), id=3, sequence=9, exclusion_group="a")
    early = program(fixed(10), id=4, sequence=8, exclusion_group="a")
    assert applied(decide(basket, [late, early])) == [4]
    twins = [program(fixed(10), id=one, exclusion_group="a") for one in (6, 5)]
    assert applied(decide(basket, twins)) == [5]


def test_the_list_price_of_free_goods_counts_as_saving() -> None:
    gift = program(free(2, price=30), id=1, exclusion_group="a")
    off = program(fixed(25), id=2, exclusion_group="a")
    assert applied(decide(cart(line(1, 1, 100)), [gift, off])) == [1]


def test_greedy_is_not_good_enough() -> None:
    # The program that saves most alone belongs to both groups' rivals; two others beat it.
    basket = cart(line(1, 1, 100), line(2, 1, 100))
    offers = [
        program(percent(30), id=1, stacking=Stacking.EXCLUSIVE),
        program(percent(35, 1), id=2, exclusion_group="a"),
        program(percent(35, 2), id=3, exclusion_group="b"),
    ]
    assert applied(decide(basket, offers)) == [2, 3]


def test_a_program_that_would_cost_the_customer_a_cent_is_left_out() -> None:
    """Odd cents: 1 first leaves a split that puts a cent where the last program takes less."""
    found = []
    for price in range(1, 60):
        basket = cart(line(1, 1, f"0.{price:02}"), line(2, 1, "0.53"), line(3, 1, "0.37"))
        offers = [
            program(percent(5, 1), id=1, sequence=1),
            program(percent(33), id=2, sequence=2),
            program(percent(100, 1), id=3, sequence=3),
        ]
        together = decide(basket, offers)
        without = decide(basket, offers[1:])
        assert together.optimal
        assert together.total <= without.total
        found.append(applied(together))
    assert [2, 3] in found


def test_a_code_that_loses_to_a_better_program_says_so() -> None:
    offers = [
        code_program(percent(10), "TEN", id=1, exclusion_group="order"),
        program(percent(20), id=2, exclusion_group="order"),
    ]
    decision = decide(cart(line(1, 1, 100), codes=("ten",)), offers)
    assert decision.total == 80
    (fate,) = decision.codes
    assert (fate.status, fate.reason) == (CodeStatus.REJECTED, Reason.NOT_COMBINABLE)


def test_a_claim_that_loses_to_a_better_program_says_so_and_costs_nothing() -> None:
    club = loyalty(percent(10, required=50), id=1, exclusion_group="order")
    basket = cart(line(1, 1, 100), partner_id=5, claims=(Claim(1, club.rewards[0].id),))
    wallet = Wallet(cards=(CardFacts(1, "C", 1, Decimal(60), frozenset({5})),))
    decision = decide(basket, [club, program(percent(20), id=2, exclusion_group="order")], wallet)
    assert applied(decision) == [2]
    assert [one.reason for one in decision.refused_claims] == [Reason.NOT_COMBINABLE]
    assert decision.points[0].spent == 0


def test_a_group_of_many_order_wide_programs_is_searched_exactly() -> None:
    offers = [
        program(fixed(1 + number % 7), id=number, exclusion_group="order")
        for number in range(1, 60)
    ] + [program(percent(5, 1), id=number) for number in range(100, 140)]
    decision = decide(cart(line(1, 2, 100), line(2, 3, 40)), offers)
    assert decision.optimal
    assert sum(reward.amount == 7 for reward in decision.rewards) == 1


def test_beyond_the_node_budget_the_decision_is_greedy_at_least_and_says_so() -> None:
    basket = cart(*(line(product, 2, 7 + product) for product in range(1, 13)))
    offers = [
        program(
            [percent(5 + (group * 7 + member) % 23, *range(1 + group % 5, 13, 1 + member % 3))],
            id=100 * group + member,
            exclusion_group=f"group {group}",
            sequence=(member * 13 + group) % 17,
        )
        for group in range(1, 13)
        for member in range(1, 7)
    ]
    decision = decide(basket, offers)
    assert not decision.optimal
    assert len({one // 100 for one in applied(decision)}) == len(applied(decision))
    greedy = greedy_total(basket, offers)
    assert decision.total <= greedy


def greedy_total(basket: Cart, offers: list[Program]) -> Decimal:
    """Take programs by what they save alone, skipping what may not be combined."""
    alone = {one.id: decide(basket, [one]).discount_total for one in offers}
    chosen: list[Program] = []
    groups: set[str | None] = set()
    for one in sorted(offers, key=lambda one: (-alone[one.id], one.id)):
        if one.exclusion_group not in groups:
            groups.add(one.exclusion_group)
            chosen.append(one)
    return decide(basket, chosen).total


def test_the_second_cheapest_program_stands_beside_the_first() -> None:
    decision = decide(
        cart(line(1, 2, 10), line(2, 2, 4)),
        [program(cheapest(50), id=1), program(percent(10), id=2)],
    )
    assert applied(decision) == [1, 2]
    assert decision.total == Decimal("23.40")
