"""When a program passes, and what is missing when it does not."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from promotions.engine.cart import PosFacts
from promotions.engine.decision import Decision
from promotions.engine.definition import ProductFilter, Window
from promotions.engine.terms import PointMode, Reason
from promotions.engine.wallet import UsageFacts, Wallet
from tests.promotions.engine.shop import (
    cart,
    code_program,
    decide,
    fixed,
    free,
    line,
    per_money,
    per_unit,
    percent,
    program,
    rule,
)


def reason(decision: Decision) -> Reason | None:
    assert decision.trace is not None
    return decision.trace[0].reason


def test_a_minimum_is_reached_by_equality_and_counts_the_matching_lines() -> None:
    offer = program(percent(10), rule(minimum_amount=40, minimum_qty=2, products=[1]))
    assert decide(cart(line(1, 2, 20), line(2, 9, 30)), offer).rewards
    assert not decide(cart(line(1, 2, "19.99"), line(2, 9, 30)), offer).rewards
    assert not decide(cart(line(1, 1, 40), line(2, 9, 30)), offer).rewards


def test_a_minimum_counts_undiscounted_prices() -> None:
    offers = [program(percent(20, 1), id=1), program(fixed(10), rule(minimum_amount=70), id=2)]
    assert decide(cart(line(1, 1, 30), line(2, 1, 40)), offers).total == 54


def test_a_manual_adjustment_lowers_the_amount_but_is_no_unit() -> None:
    offer = program(fixed(1), rule(minimum_amount=100, minimum_qty=2))
    goods = (line(1, 2, 55),)
    assert decide(cart(*goods, line(9, 1, -10)), offer).rewards
    assert not decide(cart(*goods, line(9, 1, -11)), offer).rewards
    assert not decide(cart(line(1, 1, 200), line(9, 1, -10)), offer).rewards


def test_products_categories_and_tags_match_in_any_way_and_once() -> None:
    within = ProductFilter(frozenset({1}), frozenset({7}), frozenset({"x"}))
    offer = program(percent(10), [rule(filter=within, minimum_qty=3)])
    every_way = line(1, 1, 10, categories=[7, 8], tags=["x"])
    assert not decide(cart(every_way), offer).rewards
    others = (line(2, 1, 10, categories=[7]), line(3, 1, 10, tags=["x"]))
    assert decide(cart(every_way, *others), offer).rewards


def test_points_of_all_passing_rules_add_up() -> None:
    offer = program(
        free(5, required=4, price=1),
        [rule(), per_unit(products=[1]), per_money("0.1"), rule(minimum_qty=99)],
    )
    # 1 per order, 3 units of 1, and a tenth of a point per money: 1 + 3 + 4 = 8, two claims.
    assert decide(cart(line(1, 3, 10), line(2, 1, 10)), offer).free_items[0].qty == 2


def test_too_few_points_give_nothing_and_say_what_is_missing() -> None:
    offer = program(free(5, required=3), per_unit(products=[1]))
    decision = decide(cart(line(1, 2)), offer, explain=True)
    assert (decision.rewards, reason(decision)) == ((), Reason.NOT_ENOUGH_POINTS)
    (hint,) = decision.hints
    assert (hint.missing_qty, hint.product_ids) == (1, (1,))
    money = program(percent(1, required=1000), per_money())
    (hint,) = decide(cart(line(1, 1, "100.40")), money).hints
    assert hint.missing_amount == Decimal("899.60")


def test_points_per_money_of_this_order_count_what_is_left_at_their_turn() -> None:
    first = program(percent(50, 1), sequence=1, id=1)
    second = program(fixed(5, required=50), per_money(), sequence=2, id=2)
    basket = cart(line(1, 1, 60), line(2, 1, 20))
    assert [one.program_id for one in decide(basket, [first, second]).rewards] == [1, 2]
    poorer = cart(line(1, 1, 60), line(2, 1, 19))
    assert [one.program_id for one in decide(poorer, [first, second]).rewards] == [1]


def test_leaving_out_a_program_for_the_points_another_needs_is_found() -> None:
    first = program(percent(10), sequence=1, id=1)
    second = program(fixed(30, required=100), per_money(), sequence=2, id=2)
    decision = decide(cart(line(1, 1, 100)), [first, second])
    assert ([one.program_id for one in decision.rewards], decision.optimal) == ([2], True)


def test_a_hint_says_how_much_is_missing_the_nearest_first() -> None:
    offers = [
        program(percent(10), rule(minimum_amount=amount), id=amount) for amount in (300, 110, 120)
    ]
    decision = decide(cart(line(1, 1, 100)), offers)
    assert [(hint.program_id, hint.missing_amount) for hint in decision.hints] == [
        (110, 10), (120, 20), (300, 200),
    ]  # fmt: skip
    units = program(percent(10), rule(minimum_qty=3, products=[1]))
    (hint,) = decide(cart(line(1, "1.5")), units).hints
    assert (hint.reason, hint.missing_qty) == (Reason.BELOW_MINIMUM_QTY, Decimal("1.5"))


def test_a_membership_is_asked_for() -> None:
    offer = program(percent(10), rule(membership=3))
    assert decide(cart(line(1)), offer, Wallet(membership_id=3)).rewards
    decision = decide(cart(line(1)), offer, Wallet(membership_id=4))
    assert not decision.rewards


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"date_from": datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC)}, Reason.NOT_STARTED),
        ({"date_from": datetime(2026, 3, 2, 12, tzinfo=UTC)}, None),
        ({"date_to": datetime(2026, 3, 2, 12, tzinfo=UTC)}, None),
        ({"date_to": datetime(2026, 3, 2, 11, 59, 59, tzinfo=UTC)}, Reason.EXPIRED),
        ({"pos_configs": frozenset({1, 2})}, None),
        ({"currency": "USD"}, None),
        ({"currency": "EUR"}, Reason.WRONG_CURRENCY),
        ({"limit_usage": 3}, Reason.USED_UP),
        ({"limit_usage": 4}, None),
        ({"limit_per_partner": 1}, Reason.ALREADY_USED_BY_CUSTOMER),
        ({"limit_per_partner": 2}, None),
        ({"budget": Decimal(20)}, Reason.BUDGET_SPENT),
        ({"schedule": (Window(frozenset({0}), time(11), time(12)),)}, Reason.OUTSIDE_SCHEDULE),
        ({"schedule": (Window(frozenset({0}), time(12), time(13)),)}, None),
    ],
)
def test_a_program_holds_in_its_scope(fields: dict[str, Any], expected: Reason | None) -> None:
    used = Wallet(usage={1: UsageFacts(times=3, times_by_partner=1, amount=Decimal(20))})
    offer = program(percent(10), id=1, **fields)
    decision = decide(cart(line(1), partner_id=5), offer, used, explain=True)
    assert reason(decision) == expected
    assert bool(decision.rewards) == (expected is None)


def test_a_program_of_another_pos_is_no_candidate_and_its_code_says_so() -> None:
    offer = code_program(percent(10), "HERE", pos_configs=frozenset({2}))
    decision = decide(cart(line(1), codes=("HERE",)), offer)
    assert [fate.reason for fate in decision.codes] == [Reason.WRONG_POS]


def test_a_limit_per_customer_needs_a_customer() -> None:
    decision = decide(cart(line(1)), program(percent(10), limit_per_partner=1), explain=True)
    assert reason(decision) == Reason.CUSTOMER_REQUIRED


def test_a_budget_gives_what_is_left_of_it() -> None:
    used = Wallet(usage={1: UsageFacts(times=3, amount=Decimal("15.50"))})
    decision = decide(cart(line(1, 1, 100)), program(percent(10), id=1, budget=Decimal(20)), used)
    assert decision.discount_total == Decimal("4.50")


def happy_hour(at: datetime, *windows: Window, zone: str = "Europe/Berlin") -> bool:
    pos = PosFacts(id=1, ref="main", currency="EUR", digits=2, time_zone=zone)
    offer = program(percent(10), schedule=windows)
    return bool(decide(cart(line(1), pos=pos), offer, now=at).rewards)


SUNDAY = frozenset({6})


@pytest.mark.parametrize(
    ("utc_hour", "utc_minute", "inside"),
    [(0, 59, False), (1, 0, True), (1, 59, True), (2, 0, False)],
)
def test_in_spring_the_window_that_is_skipped_shrinks_to_the_clock(
    utc_hour: int, utc_minute: int, inside: bool
) -> None:
    # 29 March 2026, Berlin: 02:00 becomes 03:00 at 01:00 UTC. The window is 02:30 to 04:00.
    at = datetime(2026, 3, 29, utc_hour, utc_minute, tzinfo=UTC)
    assert happy_hour(at, Window(SUNDAY, time(2, 30), time(4))) == inside


@pytest.mark.parametrize(("utc_hour", "inside"), [(0, True), (1, True), (2, False)])
def test_in_autumn_the_hour_that_comes_twice_counts_both_times(utc_hour: int, inside: bool) -> None:
    # 25 October 2026, Berlin: 02:30 is at 00:30 and at 01:30 UTC.
    at = datetime(2026, 10, 25, utc_hour, 30, tzinfo=UTC)
    assert happy_hour(at, Window(SUNDAY, time(2), time(3))) == inside


def test_a_window_across_midnight_belongs_to_the_day_it_starts_on() -> None:
    friday_night = Window(frozenset({4}), time(22), time(2))
    jakarta = ZoneInfo("Asia/Jakarta")
    inside = [datetime(2026, 3, 6, 22, tzinfo=jakarta), datetime(2026, 3, 7, 1, 59, tzinfo=jakarta)]
    outside = [
        datetime(2026, 3, 6, 1, tzinfo=jakarta),
        datetime(2026, 3, 7, 2, tzinfo=jakarta),
        datetime(2026, 3, 7, 22, tzinfo=jakarta),
    ]
    assert all(happy_hour(at, friday_night, zone="Asia/Jakarta") for at in inside)
    assert not any(happy_hour(at, friday_night, zone="Asia/Jakarta") for at in outside)


def test_a_rule_per_unit_counts_weighed_goods_as_they_are() -> None:
    offer = program([fixed(1)], [rule(reward_point_mode=PointMode.UNIT, reward_point_amount=2)])
    assert decide(cart(line(1, "0.5")), offer).rewards
    assert not decide(cart(line(1, "0.49")), offer).rewards
