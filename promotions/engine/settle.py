"""What the order earns once all discounts are known, and claims that it then cannot pay for."""

from __future__ import annotations

from promotions.engine.amounts import E4, to_e4
from promotions.engine.case import Case
from promotions.engine.combine import Combination
from promotions.engine.compiled import CompiledProgram, CompiledRule
from promotions.engine.points import points_of, whole_parts
from promotions.engine.propose import Considered, Proposal
from promotions.engine.rewards.bonus_points import CompiledBonusPoints
from promotions.engine.rewards.reward import Turn
from promotions.engine.terms import EarnOn

_BEFORE_OWN_REWARDS = EarnOn.BEFORE_OWN_REWARDS  # looking it up in a class costs


class Earnings:
    """Points that the order makes for later, by considered program (ten-thousandths).

    `base`: by rules. `bonus`: by point rewards, on the card of the program's kind of points.
    `coupons`: points of each coupon or gift card to issue, with the line (by its index in the
    cart) that sold a gift card. `idle`: turns of point rewards that give nobody a point.
    """

    __slots__ = ("base", "bonus", "coupons", "idle")

    def __init__(self, case: Case, proposal: Proposal, found: Combination) -> None:
        """Count what is left of each position after the combination."""
        self.base: dict[int, int] = {}
        self.bonus: dict[int, int] = {}
        self.coupons: dict[int, list[tuple[int, int | None]]] = {}
        self.idle: list[Turn] = []
        own = _own_shares(found)
        for one in proposal.considered:
            program = one.program
            if one.reason is not None or not one.starting:
                continue
            if program.is_payment and program.is_gift_card:
                cards = _gift_cards(one, case, found)
                if cards:
                    self.coupons[program.id] = cards
            elif program.issues:
                points = _points(one, case, found, own)
                if points > 0:
                    self.coupons[program.id] = [(points, None)]
            elif program.on_card or (program.is_payment and case.cart.partner_id is not None):
                points = _points(one, case, found, own)
                self.base[program.id] = whole_parts(points, program.point_unit)
        self._add_bonuses(case, found)

    def _add_bonuses(self, case: Case, found: Combination) -> None:
        """Count bonus points; a multiplier counts what rules earn on the same card."""
        nobody = case.cart.partner_id is None
        for taken in found.taken:
            reward = taken.turn.reward
            if not isinstance(reward, CompiledBonusPoints):
                continue
            program = taken.turn.candidate.program
            if nobody or program.loyalty_program_id is None:
                self.idle.append(taken.turn)
                continue
            points = taken.bonus
            if reward.extra_rate:
                earned = sum(
                    base
                    for program_id, base in self.base.items()
                    if case.catalog.compiled[program_id].loyalty_program_id
                    == program.loyalty_program_id
                )
                points += earned * reward.extra_rate * taken.times // E4
            points = whole_parts(points, program.point_unit)
            if points > 0:
                self.bonus[program.id] = self.bonus.get(program.id, 0) + points
            else:
                self.idle.append(taken.turn)

    def on_card(self, case: Case, loyalty_program_id: int) -> int:
        """Return what the order earns on the partner's card of a kind of points and may spend."""
        return sum(
            points
            for program_id, points in self.base.items()
            if case.catalog.compiled[program_id].on_card
            and not case.catalog.compiled[program_id].definition.points_pending
            and case.catalog.compiled[program_id].loyalty_program_id == loyalty_program_id
        )


def _own_shares(found: Combination) -> dict[int, dict[int, int]]:
    """Return, for programs that earn before their own rewards, what these took by position."""
    own: dict[int, dict[int, int]] = {}
    for taken in found.taken:
        program = taken.turn.candidate.program
        if program.definition.earn_on is _BEFORE_OWN_REWARDS:
            shares = own.setdefault(program.id, {})
            for position, amount in taken.parts.items():
                shares[position] = shares.get(position, 0) + amount
    return own


def _points(one: Considered, case: Case, found: Combination, own: dict[int, dict[int, int]]) -> int:
    """Return what the passing rules make of the amount that the program counts.

    Units given free in the cart make no points per unit.
    """
    program, basket, standing = one.program, case.basket, found.standing
    if program.definition.earn_on is EarnOn.GROSS:
        net = basket.gross
    else:
        net = standing.left
        shares = own.get(program.id)
        if shares:
            net = [amount + shares.get(position, 0) for position, amount in enumerate(net)]
    total = 0
    for rule in one.starting:
        positions = case.matcher.positions(rule.node)
        amount = sum([net[position] for position in positions])
        amount += case.matcher.adjustment(rule.node)
        qty = sum([basket.qty[position] - standing.freed[position] for position in positions])
        total += points_of(rule, amount, qty, basket.scale, program.point_unit)
    return total


def _gift_cards(one: Considered, case: Case, found: Combination) -> list[tuple[int, int | None]]:
    """Return the points of each gift card sold: one card per whole unit, worth what it cost."""
    cards: list[tuple[int, int | None]] = []
    for rule in one.starting:
        if rule.per_order:
            cards.append((whole_parts(rule.amount, one.program.point_unit), None))
            continue
        for position in case.matcher.positions(rule.node):
            cards += _cards_at(position, rule, one.program, case, found)
    return [card for card in cards if card[0] > 0]


def _cards_at(
    position: int, rule: CompiledRule, program: CompiledProgram, case: Case, found: Combination
) -> list[tuple[int, int | None]]:
    basket, standing = case.basket, found.standing
    qty = basket.qty[position] - standing.freed[position]
    units = qty // E4
    if not units:
        return []
    if rule.per_unit:
        points = rule.amount
    else:
        points = rule.amount * standing.left[position] * basket.scale // qty
    points = whole_parts(points, program.point_unit)
    return [(points, line) for line in _lines_of_units(position, units, case)]


def _lines_of_units(position: int, units: int, case: Case) -> list[int]:
    """Return the line that each whole unit of a position begins on, lines by their id."""
    lines: list[int] = []
    reached = 0
    for line in case.basket.members[position]:
        reached += to_e4(case.cart.lines[line].qty)
        while len(lines) < units and len(lines) * E4 < reached:
            lines.append(line)
    return lines


def overdrawn(case: Case, proposal: Proposal, found: Combination, earned: Earnings) -> int | None:
    """Return a purse from which claims took more than balance + earned, None if there is none."""
    for one in proposal.considered:
        loyalty_program_id = one.program.loyalty_program_id
        if not one.program.on_card or not one.candidates or loyalty_program_id is None:
            continue
        purse = one.candidates[0].purse
        spent = sum(taken.cost for taken in found.taken if taken.turn.purse == purse)
        balance = 0 if one.card is None else to_e4(one.card.balance)
        if spent and balance + earned.on_card(case, loyalty_program_id) < spent:
            return purse
    return None
