"""What is true of every decision, whatever the cart, the programs and the wallet.

The numbers are those of the list in docs/engine.md.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from core import codec
from core.codes import normalise
from promotions.engine import evaluate
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision
from promotions.engine.terms import CodeStatus, Outcome
from promotions.engine.wallet import UsageFacts
from tests.properties.engine_programs import cents
from tests.properties.engine_shops import NOW, Shop, carts, decide, plain_shops, shops
from tests.properties.engine_whole import whole_shops

ZERO = Decimal(0)


ANY_SHOP = st.one_of(whole_shops(), whole_shops(), shops())


@given(ANY_SHOP)
def test_1_and_6_amounts_points_codes_and_limits_hold(shop: Shop) -> None:
    decision = shop.decide()
    amounts_add_up_and_none_is_negative(shop, decision)
    every_reward_gives_something(decision)
    no_card_or_coupon_is_overdrawn(shop, decision)
    every_code_has_one_fate_and_a_rejected_one_did_nothing(shop, decision)
    budgets_and_groups_are_kept(shop, decision)


def amounts_add_up_and_none_is_negative(shop: Shop, decision: Decision) -> None:
    by_line: dict[str, Decimal] = {}
    for reward in decision.rewards:
        assert reward.amount == sum((share.amount for share in reward.shares), ZERO)
        assert reward.amount >= 0
        assert reward.points_cost > 0
        for share in reward.shares:
            assert share.amount > 0
            by_line[share.line_id] = by_line.get(share.line_id, ZERO) + share.amount
    for cart_line, line in zip(shop.cart.lines, decision.lines, strict=True):
        assert line.discount == by_line.get(line.line_id, ZERO)
        assert line.total == line.subtotal - line.discount
        assert line.discount >= 0
        assert cart_line.unit_price < 0 or line.total >= 0
    discount = sum((reward.amount for reward in decision.rewards), ZERO)
    assert decision.discount_total == discount
    assert decision.total == decision.subtotal - discount
    assert decision.total >= 0 or decision.discount_total == 0
    assert decision.subtotal == sum((line.subtotal for line in decision.lines), ZERO)
    paid = sum((payment.amount for payment in decision.payments), ZERO)
    assert decision.amount_due == decision.total - paid
    assert decision.amount_due >= 0 or not decision.payments


def every_reward_gives_something(decision: Decision) -> None:
    free = {(item.program_id, item.reward_id) for item in decision.free_items}
    bonus = {moved.program_id for moved in decision.points}
    for reward in decision.rewards:
        given_away = (reward.program_id, reward.reward_id) in free
        assert reward.amount > 0 or given_away or reward.program_id in bonus


def unordered(decision: Decision) -> tuple[object, ...]:
    """All amounts of a decision, without the order of what the till sent."""
    return (
        replace(decision, lines=(), codes=(), rewards=(), refused_claims=()),
        sorted((line.line_id, line.subtotal, line.discount, line.total) for line in decision.lines),
        sorted(
            (fate.code, fate.status, fate.reason or "", fate.program_id or 0)
            for fate in decision.codes
        ),
        [replace(reward, shares=()) for reward in decision.rewards],
        [sorted((one.line_id, one.amount) for one in reward.shares) for reward in decision.rewards],
        sorted(
            (hint.program_id, hint.reward_id or 0, hint.reason) for hint in decision.refused_claims
        ),
    )


@given(ANY_SHOP, st.randoms(use_true_random=False))
def test_2_the_order_of_lines_codes_claims_and_programs_changes_nothing(
    shop: Shop, dice: Random
) -> None:
    cart = shop.cart
    shuffled = Shop(
        replace(
            cart,
            lines=tuple(dice.sample(cart.lines, len(cart.lines))),
            codes=tuple(dice.sample(cart.codes, len(cart.codes))),
            claims=tuple(dice.sample(cart.claims, len(cart.claims))),
        ),
        tuple(dice.sample(shop.programs, len(shop.programs))),
        shop.wallet,
    )
    assert unordered(shuffled.decide()) == unordered(shop.decide())


@given(ANY_SHOP)
def test_3_the_same_arguments_give_the_same_decision(shop: Shop) -> None:
    catalog = Catalog.build(shop.programs, 1)
    first = evaluate(shop.cart, catalog, shop.wallet, NOW)
    assert evaluate(shop.cart, catalog, shop.wallet, NOW) == first
    wanted = {program.id for program in shop.programs}
    grown = Catalog.build(shop.programs[:1], 0).changed(shop.programs[1:], (), 1)
    assert set(grown.programs) == wanted
    assert evaluate(shop.cart, grown, shop.wallet, NOW) == first


@given(ANY_SHOP)
def test_a_trace_changes_nothing_repeats_every_amount_and_can_be_stored(shop: Shop) -> None:
    explained, plain = shop.decide(explain=True), shop.decide()
    assert explained.trace is not None
    assert replace(explained, trace=None) == plain
    assert shop.decide(explain=True) == explained
    assert codec.decode(Decision, codec.encode(explained)) == explained
    taken: dict[tuple[int, int], Decimal] = {}
    applied = {one.program_id for one in plain.rewards}
    applied |= {one.program_id for one in plain.payments}
    for one in explained.trace:
        if one.program_id in applied:
            assert one.outcome is Outcome.APPLIED
        for step in one.steps:
            if step.operation != "payment":
                key = (step.program_id, step.reward_id)
                taken[key] = taken.get(key, ZERO) + step.rounded
                assert step.rounded == sum((share.amount for share in step.shares), ZERO)
    given_away: dict[tuple[int, int], Decimal] = {}
    for reward in plain.rewards:
        key = (reward.program_id, reward.reward_id)
        given_away[key] = given_away.get(key, ZERO) + reward.amount
    assert taken == given_away


@given(ANY_SHOP, st.data())
def test_4_splitting_a_line_changes_no_total(shop: Shop, data: st.DataObject) -> None:
    """Into parts that cost whole cents: the till rounds every line of weighed goods by itself."""
    place = data.draw(st.integers(0, len(shop.cart.lines) - 1))
    line = shop.cart.lines[place]
    part = Decimal(data.draw(st.integers(1, max(1, int(line.qty)))))
    if part >= line.qty or (line.unit_price * part) % Decimal("0.01"):
        return
    halves = (replace(line, qty=part), replace(line, qty=line.qty - part, line_id="the rest"))
    lines = (*shop.cart.lines[:place], *halves, *shop.cart.lines[place + 1 :])
    whole = shop.decide()
    split = replace(shop, cart=replace(shop.cart, lines=lines)).decide()
    assert split.subtotal == whole.subtotal
    assert (split.total, split.amount_due) == (whole.total, whole.amount_due)
    assert [one.amount for one in split.rewards] == [one.amount for one in whole.rewards]
    assert split.free_items == whole.free_items
    assert split.points == tuple(
        replace(moved, earned_by_line=other.earned_by_line)
        for moved, other in zip(whole.points, split.points, strict=True)
    )


def no_card_or_coupon_is_overdrawn(shop: Shop, decision: Decision) -> None:
    cards = (*shop.wallet.cards, *shop.wallet.cards_by_code.values())
    balances = {card.id: card.balance for card in cards}
    for moved in decision.points:
        before = balances.get(moved.card_id or 0, ZERO)
        assert moved.balance_before == before
        assert moved.balance_after == before + moved.earned - moved.spent
        assert moved.balance_after >= 0
        assert moved.earned >= 0
        assert moved.spent >= 0
        balances[moved.card_id or 0] = moved.balance_after
    for payment in decision.payments:
        balances[payment.card_id] -= payment.points
        assert balances[payment.card_id] >= 0
    spent: dict[int, Decimal] = {}
    for reward in decision.rewards:
        if reward.coupon_id is not None:
            spent[reward.coupon_id] = spent.get(reward.coupon_id, ZERO) + reward.points_cost
    for coupon in shop.wallet.coupons.values():
        assert spent.get(coupon.id, ZERO) <= coupon.points


def every_code_has_one_fate_and_a_rejected_one_did_nothing(shop: Shop, decision: Decision) -> None:
    assert tuple(fate.code for fate in decision.codes) == shop.cart.codes
    used_coupons = {reward.coupon_id for reward in decision.rewards}
    for fate in decision.codes:
        assert (fate.status is CodeStatus.REJECTED) == (fate.reason is not None)
        coupon = shop.wallet.coupons.get(normalise(fate.code))
        if coupon is not None:
            assert (coupon.id in used_coupons) == (fate.status is CodeStatus.APPLIED)


def budgets_and_groups_are_kept(shop: Shop, decision: Decision) -> None:
    by_id = {program.id: program for program in shop.programs}
    given_away: dict[int, Decimal] = {}
    for reward in decision.rewards:
        given_away[reward.program_id] = given_away.get(reward.program_id, ZERO) + reward.amount
    for program_id, amount in given_away.items():
        budget = by_id[program_id].budget
        usage = shop.wallet.usage.get(program_id, UsageFacts())
        assert budget is None or amount + usage.amount <= budget
    used = {(one.program_id, one.coupon_id) for one in decision.rewards}
    groups = [by_id[program_id].exclusion_group for program_id, _ in used]
    named = [group for group in groups if group is not None]
    assert len(named) == len(set(named))
    if any(by_id[program_id].stacking == "exclusive" for program_id, _ in used):
        assert len(used) == 1


@given(st.data())
def test_units_to_add_change_no_total_when_they_are_added(data: st.DataObject) -> None:
    prices = data.draw(st.lists(cents(), min_size=5, max_size=5))
    shop = data.draw(plain_shops(1))
    reward = shop.programs[0].rewards[0]
    if reward.product is None or shop.programs[0].budget is not None:
        return
    cart = data.draw(carts(prices))
    program = replace(
        shop.programs[0],
        rules=tuple(replace(rule, minimum_amount=ZERO) for rule in shop.programs[0].rules),
        rewards=(
            replace(
                reward,
                product=replace(reward.product, placement=type(reward.product.placement).IN_CART),
            ),
        ),
    )
    before = decide(cart, [program], shop.wallet)
    added = tuple(
        replace(
            cart.lines[0],
            line_id="added",
            product_id=item.product_id,
            sku=item.sku,
            qty=item.qty,
            unit_price=prices[item.product_id - 1],
            categories=frozenset({item.product_id % 2}),
            tags=frozenset("ab"[item.product_id % 2]),
        )
        for item in before.free_items
    )
    after = decide(replace(cart, lines=cart.lines + added), [program], shop.wallet)
    assert after.total == before.total
