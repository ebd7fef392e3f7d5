"""What the decision moves: points on cards, coupons to issue, the referrer's part."""

from __future__ import annotations

from promotions.engine.allocate import split
from promotions.engine.amounts import number, to_e4
from promotions.engine.decision import CardPoints, CouponToIssue, ReferrerReward, Share
from promotions.engine.outcome import Outcome
from promotions.engine.points import gross_points
from promotions.engine.propose import Considered
from promotions.engine.rewards.bonus_points import CompiledBonusPoints
from promotions.engine.shares import split_over_lines
from promotions.engine.wallet import CardFacts


def card_points(outcome: Outcome) -> tuple[CardPoints, ...]:
    """Return what every program moves on the partner's cards, by card.

    On one card the programs that add most come first, so that no entry finds too little.
    """
    moves: dict[int, list[tuple[int, int, Considered]]] = {}
    cards: dict[int, CardFacts | None] = {}
    for one in outcome.proposal.considered:
        program_id, kind = one.program.id, one.program.loyalty_program_id
        if kind is None or one.reason is not None or outcome.case.cart.partner_id is None:
            continue
        earned = outcome.earned.base.get(program_id, 0) + outcome.earned.bonus.get(program_id, 0)
        spent = 0
        if one.program.on_card:
            spent = sum(
                taken.cost
                for taken in outcome.found.taken
                if taken.turn.candidate.program is one.program
            )
        if earned or spent:
            moves.setdefault(kind, []).append((earned, spent, one))
            cards[kind] = one.card
    entries = []
    for kind in sorted(moves):
        card = cards[kind]
        balance = 0 if card is None else to_e4(card.balance)
        moves[kind].sort(key=lambda move: (move[1] - move[0], move[2].program.id))
        for earned, spent, one in moves[kind]:
            after = balance + earned - spent
            entries.append(
                CardPoints(
                    one.program.id,
                    kind,
                    None if card is None else card.id,
                    number(balance),
                    number(earned),
                    number(spent),
                    number(after),
                    _by_line(one, earned, outcome),
                )
            )
            balance = after
    return tuple(entries)


def coupons_to_issue(outcome: Outcome) -> tuple[CouponToIssue, ...]:
    """Return the coupons for later (the partner's, if known) and the gift cards (the bearer's)."""
    issued = []
    for program_id, coupons in sorted(outcome.earned.coupons.items()):
        program = outcome.case.catalog.compiled[program_id]
        partner_id = None if program.is_payment else outcome.case.cart.partner_id
        made_by = () if program.is_payment else _lines_of(program_id, outcome)
        for points, line in coupons:
            line_ids = made_by if line is None else (outcome.case.cart.lines[line].line_id,)
            issued.append(CouponToIssue(program_id, number(points), partner_id, line_ids))
    return tuple(issued)


def _lines_of(program_id: int, outcome: Outcome) -> tuple[str, ...]:
    """Return the ids of the lines that make a program's points; none for a rule on all lines."""
    (one,) = (one for one in outcome.proposal.considered if one.program.id == program_id)
    matcher, basket = outcome.case.matcher, outcome.case.basket
    if any(rule.node.everything for rule in one.starting):
        return ()
    positions = {at for rule in one.starting for at in matcher.positions(rule.node)}
    lines = outcome.case.cart.lines
    return tuple(sorted(lines[line].line_id for at in positions for line in basket.members[at]))


def referrer_rewards(outcome: Outcome) -> tuple[ReferrerReward, ...]:
    """Return what the owners of referral codes get: point rewards, else a coupon of the program."""
    rewards = []
    for entry in outcome.case.entries.values():
        if entry.referral is None or entry.reason is not None:
            continue
        for one in outcome.proposal.considered:
            if one.program not in entry.programs or not one.starting or one.reason is not None:
                continue
            if one.program.id not in outcome.applied:
                continue  # the friend's reward was not given, so the referral did not happen
            rewards.append(_referrer_reward(one, entry.referral.referrer_id, outcome))
    return tuple(rewards)


def _referrer_reward(one: Considered, referrer_id: int, outcome: Outcome) -> ReferrerReward:
    program = one.program
    bonus = sum(
        reward.amount for reward in program.rewards if isinstance(reward, CompiledBonusPoints)
    )
    if bonus and program.loyalty_program_id is not None:
        return ReferrerReward(program.id, referrer_id, number(bonus), program.loyalty_program_id)
    points = gross_points(one.starting, outcome.case.matcher, program.point_unit)
    return ReferrerReward(program.id, referrer_id, coupon_points=number(points))


def _by_line(one: Considered, earned: int, outcome: Outcome) -> tuple[Share, ...]:
    """Split the points earned over the lines that made them: by quantity, or by what they cost."""
    if not earned:
        return ()
    basket, standing, matcher = outcome.case.basket, outcome.found.standing, outcome.case.matcher
    weights: dict[int, int] = {}
    for rule in one.starting:
        for position in matcher.positions(rule.node):
            if rule.per_unit:
                weight = (basket.qty[position] - standing.freed[position]) * rule.amount
            else:
                weight = standing.left[position] * basket.scale * rule.amount
            weights[position] = weights.get(position, 0) + weight
    total = sum(weights.values())
    if total <= 0:
        return ()
    parts = split(earned, list(weights.values()), total)
    line_ids = [line.line_id for line in outcome.case.cart.lines]
    return split_over_lines(basket, line_ids, dict(zip(weights, parts, strict=True)))
