"""What the customer could still have: rewards to claim, and what is missing for others."""

from __future__ import annotations

from collections.abc import Iterator

from promotions.engine.amounts import E4, money, number, to_e4
from promotions.engine.compiled import CompiledProgram
from promotions.engine.decision import Claimable, Hint
from promotions.engine.outcome import Outcome
from promotions.engine.propose import Considered
from promotions.engine.rewards.free_product import CompiledFreeProduct
from promotions.engine.rewards.reward import CompiledReward
from promotions.engine.rules import Shortfall, named_products
from promotions.engine.terms import Reason, RewardType

HINTS = 10
"""The most hints given; those with the least missing come first."""


def claimable(outcome: Outcome) -> tuple[Claimable, ...]:
    """Return the rewards that could be claimed now, by program and reward."""
    offers: list[Claimable] = []
    for one in outcome.proposal.considered:
        program = one.program
        if one.reason is None and (program.sole_reward is None or not program.gives_now):
            offers += _offers(one, outcome)
    return tuple(offers)


def hints(outcome: Outcome) -> tuple[Hint, ...]:
    """Return what is missing for programs in force that this cart nearly fulfils.

    First of all what a gift card or a top-up is missing that would be sold for nothing, wholly
    or in part.
    """
    found: list[tuple[tuple[int, int, int], Hint]] = []
    for one in outcome.proposal.considered:
        reason = outcome.sold_for_nothing(one)
        parts = () if reason is not None else outcome.sold_in_parts(one)
        if reason is not None or parts:
            hint = Hint(one.program.id, reason or Reason.WHOLE_UNITS_ONLY, product_ids=parts)
            found.append(((0, 0, one.program.id), hint))
            continue
        if one.program.id in outcome.applied:
            continue
        missing = outcome.missing(one) or _points_missing(one, outcome)
        if missing is None or (missing.amount is None and missing.qty is None):
            continue
        if missing.reason is Reason.NO_MATCHING_PRODUCT:
            continue
        rank = (missing.amount or 0, missing.qty or 0, one.program.id)
        found.append((rank, _hint(one.program, missing, outcome)))
    found.sort(key=lambda entry: entry[0])
    return tuple([hint for _, hint in found[:HINTS]])


def _offers(one: Considered, outcome: Outcome) -> Iterator[Claimable]:
    if one.program.is_payment:
        yield from _payment_offers(one, outcome)
    elif one.program.on_card:
        yield from _card_offers(one, outcome)
    elif all(candidate in outcome.found.chosen for candidate in one.candidates):
        for source in one.sources:
            for reward in one.program.own_rewards:
                yield from _offer(one.program, reward, outcome.points_left(source), None)


def _payment_offers(one: Considered, outcome: Outcome) -> Iterator[Claimable]:
    """Offer the partner's own e-wallet while something is due."""
    card = one.card
    if card is None or any(paid.card.id == card.id for paid in outcome.payments):
        return
    if outcome.found.standing.total > sum(paid.amount for paid in outcome.payments):
        for reward in one.program.rewards:
            yield from _offer(one.program, reward, to_e4(card.balance), card.id)


def _card_offers(one: Considered, outcome: Outcome) -> Iterator[Claimable]:
    """Offer what the points on the partner's card can pay for after this order."""
    program = one.program
    assert program.loyalty_program_id is not None
    points = outcome.earned.on_card(outcome.case, program.loyalty_program_id)
    if one.card is not None:
        points += to_e4(one.card.balance)
    if one.sources:
        points -= outcome.spent_from(one.sources[0].purse)
    card_id = None if one.card is None else one.card.id
    for reward in program.rewards:
        if outcome.found.standing.total or reward.kind is not RewardType.DISCOUNT:
            yield from _offer(program, reward, points, card_id)


def _offer(
    program: CompiledProgram, reward: CompiledReward, points: int, card_id: int | None
) -> Iterator[Claimable]:
    if points < reward.required:
        return
    skus: tuple[str, ...] = ()
    if isinstance(reward, CompiledFreeProduct) and reward.needs_choice:
        skus = tuple(sorted(product.sku for product in reward.products.values()))
    yield Claimable(program.id, reward.id, number(reward.required), number(points), skus, card_id)


def _points_missing(one: Considered, outcome: Outcome) -> Shortfall | None:
    """Return what more must be bought where a rule passes but makes too few points."""
    if len(one.starting) != 1 or not one.candidates:
        return None
    rule, candidate = one.starting[0], one.candidates[0]
    if candidate.coupon is not None or candidate.card is not None or one.program.on_card:
        return None
    if rule.per_order or not rule.amount or candidate not in outcome.found.chosen:
        return None
    points = outcome.points_left(candidate)
    first = next(turn for turn in one.turns if turn.candidate is candidate)
    missing = first.reward.required - points
    if missing <= 0:
        return None
    if rule.per_unit:
        units = -(-missing * E4 // rule.amount)
        return Shortfall(Reason.NOT_ENOUGH_POINTS, None, units, rule)
    scale = outcome.case.basket.scale
    amount = -(-missing * E4 // (rule.amount * scale))
    return Shortfall(Reason.NOT_ENOUGH_POINTS, amount, None, rule)


def _hint(program: CompiledProgram, missing: Shortfall, outcome: Outcome) -> Hint:
    digits = outcome.case.basket.digits
    return Hint(
        program.id,
        missing.reason,
        None if missing.amount is None else money(missing.amount, digits),
        None if missing.qty is None else number(missing.qty),
        named_products(missing.rule),
    )
