"""Writing the Decision down: names, Decimals and tuples for what was decided in ints."""

from __future__ import annotations

from promotions.engine.amounts import CASH, PLAIN, Decimals
from promotions.engine.bulk import Bulk
from promotions.engine.decision import AppliedReward, Decision, FreeItem, Payment
from promotions.engine.fates import code_fates, refused_claims
from promotions.engine.moves import card_points, coupons_to_issue, referrer_rewards
from promotions.engine.offers import claimable, hints
from promotions.engine.outcome import Outcome
from promotions.engine.payments import Paid
from promotions.engine.rewards.free_product import CompiledFreeProduct
from promotions.engine.rewards.reward import Taken
from promotions.engine.shares import LineShares
from promotions.engine.trace import write_trace

_REWARDS = Bulk(AppliedReward)


def write_decision(outcome: Outcome, *, explain: bool) -> Decision:
    """Return the Decision for an outcome."""
    case, found = outcome.case, outcome.found
    basket = case.basket
    cash = CASH[basket.digits]
    line_ids = [line.line_id for line in case.cart.lines]
    lines = LineShares(basket, line_ids)
    subtotal = basket.goods + basket.adjustment
    discount = basket.goods - found.standing.goods
    total = subtotal - discount
    due = total - sum([paid.amount for paid in outcome.payments])
    return Decision(
        currency=case.cart.pos.currency,
        catalog_version=case.catalog.version,
        subtotal=cash[subtotal],
        discount_total=cash[discount],
        total=cash[total],
        amount_due=cash[due],
        rewards=_applied(found.taken, lines, cash),
        lines=lines.results(found.standing.left),
        payments=tuple([_payment(paid, cash) for paid in outcome.payments]),
        free_items=tuple([_free_item(taken) for taken in found.taken if taken.units]),
        points=card_points(outcome),
        codes=code_fates(outcome),
        claimable=claimable(outcome),
        hints=hints(outcome),
        coupons_to_issue=coupons_to_issue(outcome),
        refused_claims=refused_claims(outcome),
        referrals=referrer_rewards(outcome),
        optimal=found.optimal,
        trace=write_trace(outcome, line_ids) if explain else None,
    )


def _applied(taken: list[Taken], lines: LineShares, cash: Decimals) -> tuple[AppliedReward, ...]:
    turns = [one.turn for one in taken]
    sources = [turn.candidate for turn in turns]
    return _REWARDS.make(
        len(taken),
        [turn.program_id for turn in turns],
        [source.program.version_id for source in sources],
        [turn.reward.id for turn in turns],
        [turn.reward.kind for turn in turns],
        [cash[one.amount] for one in taken],
        [PLAIN[one.cost] for one in taken],
        [one.times for one in taken],
        lines.of_all([one.parts for one in taken]),
        [None if source.card is None else source.card.id for source in sources],
        [None if source.coupon is None else source.coupon.id for source in sources],
    )


def _payment(paid: Paid, cash: Decimals) -> Payment:
    program = paid.program
    return Payment(
        program.id,
        program.version_id,
        paid.reward.id,
        paid.card.id,
        cash[paid.amount],
        PLAIN[paid.points],
    )


def _free_item(taken: Taken) -> FreeItem:
    reward = taken.turn.reward
    assert isinstance(reward, CompiledFreeProduct)
    product = reward.products[taken.product]
    return FreeItem(taken.turn.program_id, reward.id, product.id, product.sku, PLAIN[taken.units])
