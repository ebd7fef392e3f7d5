"""What became of every program: applied, offered or passed over, and why."""

from __future__ import annotations

from promotions.engine.amounts import E4, to_e4
from promotions.engine.candidates import Candidate
from promotions.engine.case import Case
from promotions.engine.combine import Combination
from promotions.engine.compiled import CompiledProgram, CompiledRule
from promotions.engine.payments import Paid
from promotions.engine.propose import Considered, Proposal
from promotions.engine.rewards.discount import CompiledDiscount
from promotions.engine.rules import Shortfall, shortfall, unmet_condition
from promotions.engine.settle import Earnings
from promotions.engine.standing import Standing
from promotions.engine.terms import Outcome as Word
from promotions.engine.terms import Reason
from promotions.engine.wallet import CardFacts


def _only_refers(one: Considered) -> bool:
    """Tell whether a referral holds that has something for the referrer alone."""
    return (
        one.program.is_referral
        and bool(one.starting)
        and one.reason is None
        and not one.program.own_rewards
    )


def _worth(program: CompiledProgram, rule: CompiledRule, price: int) -> int:
    """Return what a gift card is worth that a rule makes of a unit at a price."""
    points = rule.amount if rule.per_unit else rule.amount * price // E4
    values = (one.value for one in program.rewards if isinstance(one, CompiledDiscount))
    return points * max(values, default=0) // E4


class Outcome:
    """Everything decided, before it is written down."""

    __slots__ = (
        "applied", "case", "earned", "found", "payments", "proposal", "start", "taken_by",
    )  # fmt: skip

    def __init__(
        self,
        case: Case,
        proposal: Proposal,
        start: Standing,
        found: Combination,
        earned: Earnings,
        payments: list[Paid],
    ) -> None:
        """Note which programs did anything."""
        self.case = case
        self.proposal = proposal
        self.start = start
        self.found = found
        self.earned = earned
        self.payments = payments
        self.taken_by: set[Candidate] = {taken.turn.candidate for taken in found.taken}
        self.applied: set[int] = {one.program.id for one in self.taken_by}
        self.applied.update(paid.program.id for paid in payments)
        self.applied.update(earned.coupons)
        self.applied.update(program_id for program_id, points in earned.base.items() if points > 0)
        self.applied.update(one.program.id for one in proposal.considered if _only_refers(one))

    def of(self, one: Considered) -> tuple[Word, Reason | None]:
        """Return what became of a program and, unless it was applied, why."""
        program = one.program
        if program.id in self.applied:
            return Word.APPLIED, None
        if one.reason is not None:
            return Word.PASSED_OVER, one.reason
        if one.candidates:
            reasons = [self.of_candidate(candidate) for candidate in one.candidates]
            return Word.PASSED_OVER, reasons[0]
        if one.sources and not program.on_card:
            if self.can_pay(one.sources[0]):
                return Word.OFFERED, self.waits(one)
            return Word.PASSED_OVER, Reason.NOT_ENOUGH_POINTS
        if one.card is not None and self._can_claim(one, one.card):
            return Word.OFFERED, Reason.WAITS_FOR_CLAIM
        if one.used_up is not None or self.sold_for_nothing(one):
            return Word.PASSED_OVER, one.used_up or self.sold_for_nothing(one)
        missing = self._shortfall(one)
        if missing is not None:
            return Word.PASSED_OVER, missing.reason
        return Word.PASSED_OVER, Reason.NOT_ENOUGH_POINTS if one.starting else Reason.CODE_REQUIRED

    def sold_for_nothing(self, one: Considered) -> Reason | None:
        """Return why a gift card or top-up in the cart would put its money on no card, or None."""
        program = one.program
        if not program.is_payment or all(rule.per_order for rule in one.conditions):
            return None
        if program.is_gift_card or self.case.cart.partner_id is not None:
            return one.used_up
        return Reason.CUSTOMER_REQUIRED

    def sold_in_parts(self, one: Considered) -> tuple[int, ...]:
        """Return the products of which a part of a gift card is in the cart.

        A card is one whole unit: what is paid for the part would be on none. Cards worth less
        than the unit they come with are given for goods, which may well be weighed.
        """
        program, basket = one.program, self.case.basket
        if not program.is_gift_card or one.reason is not None:
            return ()
        parts = {
            basket.product[position]
            for rule in one.starting
            if not rule.per_order
            for position in self.case.matcher.positions(rule.node)
            if basket.qty[position] % E4
            and _worth(program, rule, basket.price[position]) >= basket.price[position] > 0
        }
        return tuple(sorted(parts))

    @staticmethod
    def _can_claim(one: Considered, card: CardFacts) -> bool:
        least = min((reward.required for reward in one.program.rewards), default=None)
        if one.program.is_payment:
            return card.balance > 0 and not one.program.is_gift_card
        return one.program.on_card and least is not None and to_e4(card.balance) >= least

    def of_candidate(self, candidate: Candidate) -> Reason:
        """Return why a candidate with planned rewards gave nothing."""
        if candidate not in self.found.chosen:
            return Reason.NOT_COMBINABLE
        if self.can_pay(candidate):
            return Reason.NOTHING_TO_DISCOUNT
        return Reason.NOT_ENOUGH_POINTS

    def can_pay(self, candidate: Candidate) -> bool:
        """Tell whether the points left suffice for its least reward."""
        least = min((reward.required for reward in candidate.program.rewards), default=0)
        return self.points_left(candidate) >= least

    def points_left(self, candidate: Candidate) -> int:
        """Return the points left in a candidate's purse."""
        points = self.found.standing.purses[candidate.purse]
        return points if points >= 0 else candidate.points_now(self.found.standing)

    def spent_from(self, purse: int) -> int:
        """Return the points that rewards took from a purse."""
        return sum(taken.cost for taken in self.found.taken if taken.turn.purse == purse)

    @staticmethod
    def waits(one: Considered) -> Reason:
        """Return what an offered program waits for."""
        if any(reward.needs_choice for reward in one.program.rewards):
            return Reason.CHOICE_REQUIRED
        return Reason.WAITS_FOR_CLAIM

    def missing(self, one: Considered) -> Shortfall | None:
        """Return what a program in force is missing, None if nothing or if no basket would do."""
        if one.reason is not None or one.used_up is not None:
            return None
        if one.starting or one.program.id in self.applied:
            return None
        return self._shortfall(one)

    def _shortfall(self, one: Considered) -> Shortfall | None:
        """Return why no rule passes: behind a coupon a rule is a condition and needs no code."""
        find = unmet_condition if self.is_entered(one) else shortfall
        return find(one.program, self.case)

    def is_entered(self, one: Considered) -> bool:
        """Tell whether a coupon of the program was entered."""
        return any(
            entry.coupon is not None and one.program in entry.programs
            for entry in self.case.entries.values()
        )
