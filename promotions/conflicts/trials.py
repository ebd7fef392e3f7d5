"""One program in the world in which it has the best chance: time, store, customer, codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.codes import normalise
from promotions.conflicts.baskets import Basket
from promotions.coupons.batch import takes_coupons
from promotions.engine import evaluate
from promotions.engine.cart import Cart, CartLine, PosFacts
from promotions.engine.catalog import Catalog
from promotions.engine.decision import Decision, ProgramTrace
from promotions.engine.definition import Program
from promotions.engine.scope import outside
from promotions.engine.terms import Outcome, ProgramType, Reason
from promotions.engine.wallet import CardFacts, CouponFacts, ReferralFacts, UsageFacts, Wallet

# A customer, a card and a referrer that no row has.
_NOBODY, _REFERRER = -1, -2
_REFERRAL = "REFERRED"
_DAYS = 8
#: Begins what stands for a coupon of a program, followed by the program's id.
COUPON = "coupon of "
#: As many codes as a till may send.
_MOST_CODES = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a program is tried."""

    pos: PosFacts
    at: datetime


def place_for(program: Program, stores: Sequence[PosFacts], at: datetime) -> Place | Reason:
    """Return the first store and instant from `at` on at which it runs, or why there is none."""
    why = Reason.WRONG_POS
    start = at if program.date_from is None else max(at, program.date_from)
    for pos in stores:
        for instant in _instants(program, pos, start):
            reason = outside(program, pos, instant)
            if reason is None:
                return Place(pos, instant)
            if reason not in {Reason.WRONG_POS, Reason.WRONG_CURRENCY} or why is Reason.WRONG_POS:
                why = reason
    return why


def _instants(program: Program, pos: PosFacts, start: datetime) -> Iterable[datetime]:
    """Return when to try: at once, and where the windows of the next days begin."""
    yield start
    zone = ZoneInfo(pos.time_zone)
    today = start.astimezone(zone).date()
    for day in range(_DAYS if program.schedule else 0):
        for window in program.schedule:
            begins = datetime.combine(today + timedelta(days=day), window.start, zone)
            if begins >= start:
                yield begins


class Customer:
    """A member who holds whatever a program asks for.

    `usage`: what is gone of the limits of programs, by id.
    """

    def __init__(self, usage: Mapping[int, UsageFacts]) -> None:
        """Hold nothing yet."""
        self.codes: list[str] = []
        self._wallet = Wallet(usage=usage)

    def holding(self, program: Program, basket: Basket) -> Customer:
        """Return the customer with what this program asks for: level, codes, points."""
        other = Customer(self._wallet.usage)
        wallet = self._wallet
        if basket.rule is not None and basket.rule.membership is not None:
            wallet = replace(wallet, membership_id=basket.rule.membership)
        if program.loyalty_program_id is not None:
            points = max((one.required_points for one in program.rewards), default=Decimal(0))
            holders = frozenset({_NOBODY})
            card = CardFacts(_NOBODY, "CARD", program.loyalty_program_id, points, holders)
            wallet = replace(wallet, cards=(card,))
        if program.program_type is ProgramType.REFERRAL:
            wallet = replace(wallet, referrals={_REFERRAL: ReferralFacts(_REFERRAL, _REFERRER)})
            other.codes = [_REFERRAL]
        other._wallet = wallet
        rules = [basket.rule] if basket.rule is not None else []
        other.codes += [rule.code for rule in rules if rule.code is not None]
        return other.with_coupons([program])

    def with_every_code(self, programs: Iterable[Program]) -> Customer:
        """Return the customer showing also a code or a coupon of every program that takes one."""
        listed = list(programs)
        other = self.with_coupons(listed)
        known = {normalise(code) for code in other.codes}
        for program in listed:
            for rule in program.rules:
                if rule.code is not None and normalise(rule.code) not in known:
                    known.add(normalise(rule.code))
                    other.codes.append(rule.code)
        del other.codes[_MOST_CODES:]
        return other

    def with_coupons(self, programs: Iterable[Program]) -> Customer:
        """Return the customer with a coupon of each of these programs that has coupons."""
        other = Customer(self._wallet.usage)
        other.codes = list(self.codes)
        coupons = dict(self._wallet.coupons)
        for program in programs:
            kind = (program.program_type, program.trigger, program.applies_on)
            by_code = any(rule.code is not None for rule in program.rules)
            if program.is_payment or by_code or not takes_coupons(*kind):
                continue
            key = f"{COUPON}{program.id}"
            if normalise(key) in coupons:
                continue
            points = max((one.required_points for one in program.rewards), default=Decimal(1))
            coupons[normalise(key)] = CouponFacts(-program.id, key, program.id, points)
            other.codes.append(key)
        other._wallet = replace(self._wallet, coupons=coupons)
        return other

    def buy(
        self, basket: Basket, place: Place, catalog: Catalog, *, also: int | None = None
    ) -> Decision:
        """Return what the engine decides, with its trace."""
        lines = tuple(
            CartLine(
                line_id=str(number),
                product_id=goods.id,
                sku=goods.sku,
                qty=Decimal(count),
                unit_price=goods.price,
                categories=goods.categories,
                tags=goods.tags,
            )
            for number, (goods, count) in enumerate(basket.units.items(), 1)
        )
        cart = Cart(pos=place.pos, lines=lines, partner_id=_NOBODY, codes=tuple(self.codes))
        also_told = () if also is None else (also,)
        return evaluate(
            cart, catalog, self._wallet, place.at, explain=bool(also_told), also=also_told
        )


def told_of(decision: Decision, program_id: int) -> ProgramTrace | None:
    """Return what the trace says of a program."""
    return next((one for one in decision.trace or () if one.program_id == program_id), None)


def gives(told: ProgramTrace | None) -> bool:
    """Tell whether the program gave something or would on demand."""
    return told is not None and told.outcome in {Outcome.APPLIED, Outcome.OFFERED}


def taking(decision: Decision) -> set[int]:
    """Return the programs that took money off."""
    return {one.program_id for one in decision.rewards if one.amount > 0}
