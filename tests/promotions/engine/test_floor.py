"""The benchmark compares like with like: floor and engine give the same, but for rounding."""

from decimal import Decimal

import pytest

from benchmarks.engine_floor import Floor, Shop
from benchmarks.engine_shapes import NOW, cart, program, rival_sets, rivals
from promotions.engine import evaluate
from promotions.engine.catalog import Catalog
from promotions.engine.choices import NODE_BUDGET
from promotions.engine.combine import Effort
from promotions.engine.definition import Program
from promotions.engine.search import best_combination
from promotions.engine.wallet import EMPTY_WALLET
from tests.promotions.engine.inside import opened


@pytest.mark.parametrize(("programs", "lines"), [(10, 20), (100, 5), (100, 20), (100, 50)])
def test_floor_and_engine_take_the_same_offers_and_the_same_money(programs, lines):
    shop = Shop()
    offers = shop.offers(programs)
    discount, given = Floor(offers, shop.price).evaluate(shop.lines(lines))
    catalog = Catalog.build((program(offer, shop.price) for offer in offers), 1)
    decision = evaluate(cart(shop.lines(lines)), catalog, EMPTY_WALLET, NOW)
    assert [(one.program_id - 1, one.times) for one in decision.rewards] == [
        (number, 1) for number, _, _ in given
    ]
    shares = sum(len(parts) for _, _, parts in given)
    # The floor rounds every line down, the engine a reward once: a cent for each share at most.
    assert abs(decision.discount_total - Decimal(discount) / 100) <= Decimal(shares) / 100


def test_a_search_that_its_budget_stops_says_so_and_is_no_worse_than_the_greedy_choice():
    programs, basket = rivals(10, 4, 30, 7)
    decision = evaluate(basket, Catalog.build(programs, 1), EMPTY_WALLET, NOW)
    assert not decision.optimal
    alone: dict[str | None, list[tuple[Decimal, int, Program]]] = {}
    for one in programs:
        saved = evaluate(basket, Catalog.build([one], 1), EMPTY_WALLET, NOW).discount_total
        alone.setdefault(one.exclusion_group, []).append((saved, -one.id, one))
    best = [max(group)[2] for group in alone.values()]
    greedy = evaluate(basket, Catalog.build(best, 1), EMPTY_WALLET, NOW)
    assert decision.discount_total >= greedy.discount_total
    assert len(decision.rewards) == len(best)


@pytest.mark.parametrize(("lines", "work"), [(5, 1), (39, 2), (100, 6), (1000, 51)])
def test_a_set_over_many_positions_counts_as_many_nodes(lines, work):
    programs, basket = rival_sets(2, 2, lines)
    inside = opened(basket, programs)
    assert {turn.work for turn in inside.turns} == {work}
    percents, basket = rivals(2, 2, lines, lines)
    discounts = opened(basket, percents)
    assert {turn.work for turn in discounts.turns} == {1 + lines // 100}


def test_a_search_takes_no_more_turns_than_its_budget_however_dear_they_are():
    programs, basket = rival_sets(6, 3, 200)
    inside = opened(basket, programs)
    effort = Effort()
    effort.nodes = NODE_BUDGET - 300
    found = best_combination(inside.proposal.candidates, inside.turns, inside.start, effort)
    assert NODE_BUDGET <= effort.nodes < NODE_BUDGET + inside.turns[0].work
    assert not found.optimal
    # What was spent is spent: the next search of the same evaluation is the greedy one.
    again = best_combination(inside.proposal.candidates, inside.turns, inside.start, effort)
    assert effort.nodes < NODE_BUDGET + inside.turns[0].work
    assert found.value >= again.value
