"""What every considered program could give: candidates, refused claims, and the open offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promotions.engine.amounts import to_e4
from promotions.engine.candidates import Candidate
from promotions.engine.cart import Claim
from promotions.engine.case import Case
from promotions.engine.claims import place_claims
from promotions.engine.compiled import CompiledProgram, CompiledRule
from promotions.engine.points import gross_points, whole_parts
from promotions.engine.rewards.reward import Turn
from promotions.engine.rules import passing_rules, shortfall
from promotions.engine.scope import budget_left, budget_spent, outside, used_up
from promotions.engine.terms import Reason
from promotions.engine.wallet import CardFacts, CouponFacts

UNCOUNTED = -1
"""A purse whose points are counted when its turn comes."""


class Considered:
    """One program under consideration.

    `reason`: why it is not in force, or None. `used_up`: why it makes nothing more, though what
    it gave out before is honoured, or None. `starting`: passing rules that make points;
    `conditions`: all passing rules. `card`: the partner's, for programs on a card. `sources`:
    what rewards could be paid from; `candidates`: those with rewards to take, in `turns`.
    """

    __slots__ = (
        "candidates", "card", "conditions", "program", "reason", "sources", "starting", "turns",
        "used_up",
    )  # fmt: skip

    def __init__(self, program: CompiledProgram, case: Case) -> None:
        """Check scope and rules."""
        self.program = program
        self.reason: Reason | None = None
        self.used_up: Reason | None = None
        self.conditions: Sequence[CompiledRule] = ()
        self.starting: Sequence[CompiledRule] = ()
        self.sources: Sequence[Candidate] = ()
        self.candidates: Sequence[Candidate] = ()
        self.turns: Sequence[Turn] = ()
        self.card: CardFacts | None = None
        if program.scoped or program.limited:
            self.reason, self.used_up = _scope(program, case)
            if self.reason is not None:
                return
        self.starting = self.conditions = passing_rules(program, case)
        if self.used_up is not None:
            self.starting = ()
        elif program.is_referral:
            if not _is_referred(program, case):
                self.starting = ()
        elif program.behind_code:
            self.starting = [rule for rule in self.conditions if rule.starts]
        if program.loyalty_program_id is not None and not program.is_gift_card:
            self.card = case.card_for(program.loyalty_program_id)
        if case.cart.partner_id is None and (program.on_card or program.only_points):
            self.reason = Reason.CUSTOMER_REQUIRED


def _scope(program: CompiledProgram, case: Case) -> tuple[Reason | None, Reason | None]:
    """Return why the program is not in force, and why it only honours what it gave out."""
    reason = outside(program.definition, case.cart.pos, case.now) if program.scoped else None
    if reason is not None or not program.limited:
        return reason, None
    gone = used_up(program, case)
    if gone is not None and not program.definition.keeps_its_word:
        return gone, None
    return budget_spent(program, case), gone


def _is_referred(program: CompiledProgram, case: Case) -> bool:
    """Tell whether a valid referral code of the program was entered."""
    return any(
        entry.referral is not None and entry.reason is None and program in entry.programs
        for entry in case.entries.values()
    )


class Proposal:
    """All candidates with their purses, and the claims that were refused at once.

    `refused`: (index of the claim, reason). `purses` in ten-thousandths of a point.
    """

    def __init__(self, case: Case) -> None:
        """Consider every program of the case."""
        self.case = case
        self.considered = [Considered(program, case) for program in case.programs]
        self.candidates: list[Candidate] = []
        self.purses: list[int] = []
        self.budgets: dict[int, int] = {}
        self.refused: list[tuple[int, Reason]] = []
        self._card_purses: dict[int, int] = {}
        self._group_bits: dict[str | tuple[int, int], int] = {}
        self._coupons: dict[int, list[CouponFacts]] = {}
        for entry in case.entries.values():
            if entry.coupon is not None and entry.reason is None:
                self._coupons.setdefault(entry.coupon.program_id, []).append(entry.coupon)
        for one in self.considered:
            if one.program.plain and not (case.claims or self._coupons):
                self._take_plain(one)
            elif not one.program.is_payment:  # payments come last: see payments.py
                self._propose(one)
        for program_id, claims in case.claims.items():
            if program_id not in case.catalog.compiled:
                self.refuse(claims, Reason.UNKNOWN)

    def refuse(self, claims: Sequence[tuple[int, Claim]], reason: Reason) -> None:
        """Note why claims are not given."""
        self.refused += [(index, reason) for index, _ in claims]

    def turns(self) -> list[Turn]:
        """Return the turns of all candidates."""
        return [turn for one in self.considered for turn in one.turns]

    def drop(self, turn: Turn) -> None:
        """Take a reward out of the plan."""
        turn.candidate.keys.remove(turn.key)
        for one in self.considered:
            if one.program is turn.candidate.program:
                one.turns = [other for other in one.turns if other is not turn]

    def _propose(self, one: Considered) -> None:
        program = one.program
        claims = self.case.claims.get(program.id) if self.case.claims else None
        if one.reason is not None:
            self.refuse(claims or (), one.reason)
            return
        if one.starting or self._coupons or program.on_card:
            self._add_sources(one)
        if not one.sources:
            if claims:
                self.refuse(claims, self._why_no_source(one))
            return
        if claims:
            one.turns, refused = place_claims(claims, one.sources, self.purses)
            self.refused += refused
            one.candidates = [source for source in one.sources if source.keys]
        elif not program.on_card:
            one.turns = [turn for source in one.sources for turn in self._by_itself(source)]
            one.candidates = [turn.candidate for turn in one.turns]
        if one.candidates:
            self._admit(one)

    def _take_plain(self, one: Considered) -> None:
        """Plan the reward of a plain program; short for what `_propose` would do."""
        if one.reason is not None or not one.starting:
            return
        program, case, purses = one.program, self.case, self.purses
        reward = program.sole_reward
        assert reward is not None
        source = Candidate(program, case.matcher, one.starting, len(purses))
        purses.append(gross_points(one.starting, case.matcher, program.point_unit))
        one.turns = [source.plan(reward)]
        one.sources = one.candidates = [source]  # neither is changed any more
        if program.group is None and not program.limited:
            self.candidates.append(source)
        else:
            self._admit(one)

    def _add_sources(self, one: Considered) -> None:
        """Add a candidate for every source of points that the program can be paid from."""
        program, matcher = one.program, self.case.matcher
        sources: list[Candidate] = []
        if one.starting and (program.gives_now or program.is_referral):
            purse = self._new_purse(self._order_points(one))
            sources.append(Candidate(program, matcher, one.starting, purse))
        if program.issues or not program.rules or one.conditions:
            for coupon in self._coupons.get(program.id, ()):
                purse = self._new_purse(to_e4(coupon.points))
                # What made a coupon for later is no condition of using it.
                rules = () if program.issues else one.conditions
                sources.append(Candidate(program, matcher, rules, purse, coupon=coupon))
        if program.on_card and program.loyalty_program_id is not None:
            purse = self._card_purse(program.loyalty_program_id, one.card)
            # Points that wait before they can be spent pay for nothing of this order.
            rules = () if program.definition.points_pending else one.starting
            sources.append(Candidate(program, matcher, rules, purse, card=one.card))
        one.sources = sources

    def _why_no_source(self, one: Considered) -> Reason:
        if one.used_up is not None:
            return one.used_up
        if not one.starting:
            missing = shortfall(one.program, self.case)
            if missing is not None:
                return missing.reason
        return Reason.CODE_REQUIRED

    def _order_points(self, one: Considered) -> int:
        """Return the points this order makes, or UNCOUNTED if they depend on what is left."""
        if one.program.counts_money and one.program.gives_now:
            return UNCOUNTED
        return self._gross_points(one)

    def _gross_points(self, one: Considered) -> int:
        return gross_points(one.starting, self.case.matcher, one.program.point_unit)

    def _new_purse(self, points: int) -> int:
        self.purses.append(points)
        return len(self.purses) - 1

    def _card_purse(self, loyalty_program_id: int, card: CardFacts | None) -> int:
        """Return the purse of a kind of points: the balance and what this order may earn.

        What it may earn is counted on the gross amount; once all discounts are known the claims
        are cut back to what it does earn (see settle.py).
        """
        purse = self._card_purses.get(loyalty_program_id)
        if purse is None:
            points = sum(
                whole_parts(self._gross_points(one), one.program.point_unit)
                for one in self.considered
                if one.program.on_card
                and not one.program.definition.points_pending
                and one.reason is None
                and one.program.loyalty_program_id == loyalty_program_id
            )
            if card is not None:
                points += to_e4(card.balance)
            # A card may be in debt; a purse below zero would mean: not counted yet.
            purse = self._card_purses[loyalty_program_id] = self._new_purse(max(0, points))
        return purse

    def _by_itself(self, source: Candidate) -> Iterator[Turn]:
        """Yield the turns that need no claim, each with a candidate of its own.

        One reward that needs no choice is taken by itself. Of several rewards behind a code, each
        is an alternative, so that the best is found; of several rewards without a code, none is
        taken before it is claimed.
        """
        program = source.program
        if program.sole_reward is not None:
            yield source.plan(program.sole_reward)
            return
        if len(program.own_rewards) < 2 or not (source.coupon or program.behind_code):
            return
        bit = self._bit((program.id, source.source_id))
        for reward in program.own_rewards:
            if not reward.needs_choice:
                yield source.twin(bit).plan(reward)

    def _bit(self, group: str | tuple[int, int]) -> int:
        """Return the bit of a group, or of the alternatives of (program, source), once new."""
        bit = self._group_bits.get(group)
        if bit is None:
            bit = self._group_bits[group] = 1 << len(self._group_bits)
        return bit

    def _admit(self, one: Considered) -> None:
        program = one.program
        if program.group is not None:
            bit = self._bit(program.group)
            for candidate in one.candidates:
                candidate.groups = bit  # alternatives of one program exclude each other by it too
        if program.limited:
            budget = budget_left(program, self.case)
            if budget is not None:
                self.budgets[program.id] = to_e4(budget) // self.case.basket.scale
        self.candidates += one.candidates
