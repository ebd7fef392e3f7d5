"""Writing the Decision down: names, Decimals and tuples for what was decided in ints."""

from __future__ import annotations

from decimal import Decimal

from promotions.engine.amounts import money, number
from promotions.engine.decision import AppliedReward, Decision, FreeItem, Payment
from promotions.engine.fates import code_fates, refused_claims
from promotions.engine.moves import card_points, coupons_to_issue, referrer_rewards
from promotions.engine.offers import claimable, hints
from promotions.engine.outcome import Outcome
from promotions.engine.rewards.free_product import CompiledFreeProduct
from promotions.engine.rewards.reward import Taken
from promotions.engine.shares import LineShares, line_results, share_tuple
from promotions.engine.trace import write_trace


def write_decision(outcome: Outcome, *, explain: bool) -> Decision:
    """Return the Decision for an outcome."""
    case, found = outcome.case, outcome.found
    basket, digits = case.basket, case.basket.digits
    line_ids = [line.line_id for line in case.cart.lines]
    lines = LineShares(basket)
    rewards = tuple([_applied(taken, lines, line_ids, digits) for taken in found.taken])
    subtotal = basket.goods + basket.adjustment
    discount = basket.goods - found.standing.goods
    total = subtotal - discount
    due = total - sum([paid.amount for paid in outcome.payments])
    return Decision(
        currency=case.cart.pos.currency,
        catalog_version=case.catalog.version,
        subtotal=money(subtotal, digits),
        discount_total=money(discount, digits),
        total=money(total, digits),
        amount_due=money(due, digits),
        lines=line_results(basket, lines.left, line_ids),
        rewards=rewards,
        payments=tuple([_payment(outcome, index) for index in range(len(outcome.payments))]),
        free_items=tuple([_free_item(taken) for taken in found.taken if taken.units]),
        points=card_points(outcome, lines),
        codes=code_fates(outcome),
        claimable=claimable(outcome),
        hints=hints(outcome),
        coupons_to_issue=coupons_to_issue(outcome),
        refused_claims=refused_claims(outcome),
        referrals=referrer_rewards(outcome),
        optimal=found.optimal,
        trace=write_trace(outcome, line_ids) if explain else None,
    )


def _applied(taken: Taken, lines: LineShares, line_ids: list[str], digits: int) -> AppliedReward:
    candidate = taken.turn.candidate
    program = candidate.program
    return AppliedReward(
        program.id,
        program.definition.version_id,
        taken.turn.reward.id,
        taken.turn.reward.definition.reward_type,
        money(taken.amount, digits),
        number(taken.cost),
        taken.times,
        share_tuple(lines.of(taken.parts), line_ids, digits),
        None if candidate.card is None else candidate.card.id,
        None if candidate.coupon is None else candidate.coupon.id,
    )


def _payment(outcome: Outcome, index: int) -> Payment:
    paid = outcome.payments[index]
    return Payment(
        paid.program.id,
        paid.program.definition.version_id,
        paid.reward.id,
        paid.card.id,
        money(paid.amount, outcome.case.basket.digits),
        number(paid.points),
    )


def _free_item(taken: Taken) -> FreeItem:
    reward = taken.turn.reward
    assert isinstance(reward, CompiledFreeProduct)
    product = reward.products[taken.product]
    return FreeItem(
        taken.turn.program_id, reward.id, product.id, product.sku, Decimal(number(taken.units))
    )
