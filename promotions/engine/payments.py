"""Paying by gift card and e-wallet: after all discounts, and no discount itself."""

from __future__ import annotations

from promotions.engine.amounts import E4, divide, to_e4
from promotions.engine.case import Case, usable
from promotions.engine.compiled import CompiledProgram
from promotions.engine.propose import Considered, Proposal
from promotions.engine.rewards.discount import CompiledDiscount
from promotions.engine.rewards.reward import CompiledReward
from promotions.engine.terms import DiscountMode, Reason
from promotions.engine.wallet import CardFacts


class Paid:
    """One payment: `amount` in minor units, `points` in ten-thousandths."""

    __slots__ = ("amount", "card", "points", "program", "reward")

    def __init__(
        self,
        program: CompiledProgram,
        reward: CompiledReward,
        card: CardFacts,
        amount: int,
        points: int,
    ) -> None:
        """Hold one payment."""
        self.program = program
        self.reward = reward
        self.card = card
        self.amount = amount
        self.points = points


def pay(case: Case, proposal: Proposal, due: int) -> list[Paid]:
    """Pay what is due: cards whose code was entered, then e-wallets that were claimed.

    By program, then card. Any amount of points may be used; claims that pay nothing are refused.
    """
    payments: list[Paid] = []
    for one in proposal.considered:
        program = one.program
        if not program.is_payment:
            continue
        claims = case.claims.get(program.id, [])
        if not program.rewards:
            continue
        for card, limit, reward, claim in _cards(one, case):
            paid = _pay(program, reward, card, limit, due, case)
            if paid is not None:
                due -= paid.amount
                payments.append(paid)
            elif claim is not None:
                reason = Reason.NOTHING_TO_DISCOUNT if due <= 0 else Reason.NOT_ENOUGH_POINTS
                proposal.refused.append((claim, reason))
        if claims and not any(paid.program is program for paid in payments):
            refused = {index for index, _ in proposal.refused}
            reason = one.reason or Reason.CODE_REQUIRED
            proposal.refused += [(index, reason) for index, _ in claims if index not in refused]
    return payments


def _cards(
    one: Considered, case: Case
) -> list[tuple[CardFacts, int | None, CompiledReward, int | None]]:
    """Return (card, most points, reward, claim) for everything that may pay for this program."""
    program = one.program
    if one.reason is not None and not (
        one.reason is Reason.CUSTOMER_REQUIRED and not program.limited
    ):
        return []
    claims = case.claims.get(program.id, [])
    found: list[tuple[CardFacts, int | None, CompiledReward, int | None]] = []
    limits = {
        claim.reward_id: (None if claim.points is None else to_e4(claim.points), index)
        for index, claim in claims
    }
    reward_id = next(iter(limits), program.rewards[0].id)
    reward = program.reward(reward_id) or program.rewards[0]
    limit, claim = limits.get(reward.id, (None, None))
    seen = set()
    for entry in case.entries.values():
        card = entry.card
        if card is not None and entry.reason is None and program in entry.programs:
            found.append((card, limit, reward, claim))
            seen.add(card.id)
    if claims and one.card is not None and one.card.id not in seen and usable(one.card, case.now):
        found.append((one.card, limit, reward, claim))
    found.sort(key=lambda entry: entry[0].id)
    return found


def _pay(
    program: CompiledProgram,
    reward: CompiledReward,
    card: CardFacts,
    limit: int | None,
    due: int,
    case: Case,
) -> Paid | None:
    """Return what a card pays of an amount."""
    if not isinstance(reward, CompiledDiscount) or due <= 0:
        return None
    scale = case.basket.scale
    points = to_e4(card.balance)
    if limit is not None:
        points = min(points, limit)
    if points <= 0:
        return None
    if reward.mode is DiscountMode.PER_POINT:
        amount = reward.value * points // (E4 * scale)
    elif points < reward.required:
        return None
    elif reward.mode is DiscountMode.FIXED:
        amount = reward.value // scale
    else:
        amount = divide(due * reward.value, 100 * E4)
    amount = min(amount, due)
    if reward.max_amount is not None:
        amount = min(amount, reward.max_amount // scale)
    if amount <= 0:
        return None
    used = reward.required
    if reward.mode is DiscountMode.PER_POINT:
        used = -(-amount * scale * E4 // reward.value)
        used = min(points, used + -used % reward.point_unit)
    return Paid(program, reward, card, amount, used)
