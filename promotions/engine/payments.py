"""Paying by gift card and e-wallet: after all discounts, and no discount itself."""

from __future__ import annotations

from typing import NamedTuple

from promotions.engine.amounts import E4, divide, to_e4
from promotions.engine.cart import Claim
from promotions.engine.case import Case
from promotions.engine.combine import Combination
from promotions.engine.compiled import CompiledProgram
from promotions.engine.propose import Considered, Proposal
from promotions.engine.rewards.discount import PERCENT, CompiledDiscount
from promotions.engine.rewards.reward import CompiledReward
from promotions.engine.standing import Standing
from promotions.engine.terms import DiscountMode, PointMode, Reason
from promotions.engine.wallet import CardFacts


class Paid(NamedTuple):
    """One payment: `amount` in minor units, `points` in ten-thousandths."""

    program: CompiledProgram
    reward: CompiledReward
    card: CardFacts
    amount: int
    points: int


class _Tender(NamedTuple):
    """A card that may pay. `claims`: (index, claim) of one reward; none for a code."""

    card: CardFacts
    claims: list[tuple[int, Claim]]


def payable(case: Case, proposal: Proposal, standing: Standing) -> int:
    """Return what cards may pay: the total without what is sold as a gift card or a top-up.

    Money on cards buys goods. Were it to buy more of itself, a card whose goods were returned
    and one that was bought with it could be refunded against each other.
    """
    sold: set[int] = set()
    for one in proposal.considered:
        if one.program.is_payment and one.reason is None:
            for rule in one.starting:
                if rule.mode is not PointMode.ORDER:
                    sold.update(case.matcher.positions(rule.node))
    return max(0, standing.total - sum(standing.left[position] for position in sold))


def pay(case: Case, proposal: Proposal, found: Combination) -> list[Paid]:
    """Pay what is due with cards whose code was entered and e-wallets that were claimed.

    By program id, then card id; any amount of points may be used. Two programs may take from one
    card, never more than is on it. Claims that pay nothing are refused.
    """
    payments: list[Paid] = []
    due = payable(case, proposal, found.standing)
    used = _spent_by_rewards(proposal, found)
    for one in proposal.considered:
        if not one.program.is_payment:
            continue
        claims = case.claims.get(one.program.id, [])
        if one.reason is not None:
            proposal.refuse(claims, one.reason)
            continue
        tenders = _tenders(one, case)
        for tender in tenders:
            points = to_e4(tender.card.balance) - used.get(tender.card.id, 0)
            paid = _pay(one.program, tender, due, points, case)
            if paid is not None:
                due -= paid.amount
                used[tender.card.id] = used.get(tender.card.id, 0) + paid.points
                payments.append(paid)
            else:
                proposal.refuse(tender.claims, _why_not(one.program, tender, due))
        placed = {index for tender in tenders for index, _ in tender.claims}
        unused = [entry for entry in claims if entry[0] not in placed]
        proposal.refuse(unused, Reason.NOT_COMBINABLE if tenders else _why_no_card(one, case))
    return payments


def _spent_by_rewards(proposal: Proposal, found: Combination) -> dict[int, int]:
    """Return the points that rewards took from each card, by card id, in ten-thousandths."""
    spent: dict[int, int] = {}
    for one in proposal.considered:
        if one.program.on_card and one.card is not None and one.candidates:
            purse = one.candidates[0].purse  # of the kind of points: several programs share it
            costs = (taken.cost for taken in found.taken if taken.turn.purse == purse)
            spent[one.card.id] = sum(costs)
    return spent


def _tenders(one: Considered, case: Case) -> list[_Tender]:
    """Return the cards that may pay, by id, with the claims placed in the order of what they say.

    A claim without a code means the partner's own card. Each card has one; of more claims than
    cards, those of the same reward are one claim on the partner's card, or on the last of all.
    """
    claims = sorted(case.claims.get(one.program.id, []), key=_by_content)
    cards = {
        entry.card.id: entry.card
        for entry in case.entries.values()
        if entry.card is not None and entry.reason is None and one.program in entry.programs
    }
    if claims and one.card is not None:
        cards.setdefault(one.card.id, one.card)
    ordered = [cards[card_id] for card_id in sorted(cards)]
    tenders = [_Tender(card, claims[place : place + 1]) for place, card in enumerate(ordered)]
    own = None if one.card is None else one.card.id
    last = next(
        (tender for tender in tenders if tender.card.id == own), tenders[-1] if tenders else None
    )
    for entry in claims[len(ordered) :]:
        if last and entry[1].reward_id == last.claims[0][1].reward_id:
            last.claims.append(entry)
    return tenders


def _by_content(entry: tuple[int, Claim]) -> tuple[int, bool, int]:
    claim = entry[1]
    points = 0 if claim.points is None else to_e4(claim.points)
    return (claim.reward_id, claim.points is None, points)


def _pay(
    program: CompiledProgram, tender: _Tender, due: int, points: int, case: Case
) -> Paid | None:
    """Return what a card pays of an amount. `points`: what is left on it, in ten-thousandths."""
    reward = _reward(program, tender)
    if not isinstance(reward, CompiledDiscount) or due <= 0:
        return None
    scale = case.basket.scale
    said = [claim.points for _, claim in tender.claims if claim.points is not None]
    if said and len(said) == len(tender.claims):  # else one of them leaves open how many
        points = min(points, sum(map(to_e4, said)))
    points -= points % program.point_unit
    per_point = reward.mode is DiscountMode.PER_POINT
    if points <= 0 or (not per_point and points < reward.required):
        return None
    if per_point:
        amount = reward.value * points // (E4 * scale)
    elif reward.mode is DiscountMode.FIXED:
        amount = reward.value // scale
    else:
        amount = divide(due * reward.value, PERCENT, down=True)
    amount = min(amount, due)
    if reward.max_amount is not None:
        amount = min(amount, reward.max_amount // scale)
    if amount <= 0:
        return None
    used = reward.points_for(amount, scale, points) if per_point else reward.required
    return Paid(program, reward, tender.card, amount, used)


def _reward(program: CompiledProgram, tender: _Tender) -> CompiledReward | None:
    if tender.claims:
        return program.reward(tender.claims[0][1].reward_id)
    return program.rewards[0] if program.rewards else None


def _why_not(program: CompiledProgram, tender: _Tender, due: int) -> Reason:
    if _reward(program, tender) is None:
        return Reason.UNKNOWN
    return Reason.NOTHING_TO_DISCOUNT if due <= 0 else Reason.NOT_ENOUGH_POINTS


def _why_no_card(one: Considered, case: Case) -> Reason:
    if one.program.is_gift_card:
        return Reason.CODE_REQUIRED
    if case.cart.partner_id is None:
        return Reason.CUSTOMER_REQUIRED
    return Reason.NOT_ENOUGH_POINTS
