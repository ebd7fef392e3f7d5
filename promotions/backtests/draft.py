"""The program that is back-tested: its draft, free of what would keep it out of the past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from core import codec, codes
from promotions.coupons.batch import takes_coupons
from promotions.definitions import read_definitions
from promotions.engine.cart import Cart
from promotions.engine.definition import Program
from promotions.engine.wallet import CouponFacts, Wallet
from promotions.errors import CouponsNotForProgram, ProgramNotFound
from promotions.models import Backtest
from promotions.orders.trial import TRIAL_CODE, TRIAL_KEY
from promotions.programs.completing import complete
from promotions.programs.currencies import read_store_currencies

_NO_ROW = -1


def read_draft(program_id: int, *, keeps_dates: bool) -> Program:
    """Return the draft as publishing it now would make it; without its dates unless they are kept.

    Raises: ProgramNotFound, ProgramIncomplete.
    """
    found = read_definitions([program_id]).get(program_id)
    if found is None:
        raise ProgramNotFound(program=program_id)
    program = complete(found, read_store_currencies())
    return program if keeps_dates else replace(program, date_from=None, date_to=None)


def check_shown(program: Program) -> None:
    """Refuse to show what the program does not have. Raises: CouponsNotForProgram."""
    if not (_codes(program) or _has_coupons(program)):
        raise CouponsNotForProgram(program=program.id, program_type=program.program_type)


@dataclass(frozen=True, slots=True)
class Draft:
    """The program, and whether every customer is taken to have shown its code or a coupon."""

    program: Program
    shows_code: bool = False

    @classmethod
    def of(cls, backtest: Backtest) -> Draft:
        """Return what is stored with a back-test."""
        return cls(codec.decode(Program, backtest.definition), backtest.shows_code)

    @property
    def is_limited(self) -> bool:
        """Tell whether what earlier orders used decides about later ones."""
        one = self.program
        limits = (one.limit_usage, one.limit_per_partner, one.budget)
        return any(limit is not None for limit in limits)

    def shown(self, cart: Cart, wallet: Wallet) -> tuple[Cart, Wallet]:
        """Return what the engine is asked if the customer had shown the code or a coupon."""
        if not self.shows_code:
            return cart, wallet
        own = _codes(self.program)
        if own:
            entered = {codes.normalise(code) for code in cart.codes}
            if entered.isdisjoint(map(codes.normalise, own)):
                cart = replace(cart, codes=(*cart.codes, own[0]))
            return cart, wallet
        least = min((one.required_points for one in self.program.rewards), default=Decimal(1))
        coupon = CouponFacts(_NO_ROW, TRIAL_CODE, self.program.id, least)
        return (
            replace(cart, codes=(*cart.codes, TRIAL_CODE)),
            replace(wallet, coupons={**wallet.coupons, TRIAL_KEY: coupon}),
        )


def _codes(program: Program) -> list[str]:
    return [rule.code for rule in program.rules if rule.code]


def _has_coupons(program: Program) -> bool:
    """Tell whether coupons of it can be used; a gift card has no usual value to show."""
    takes = takes_coupons(program.program_type, program.trigger, program.applies_on)
    return takes and not program.is_payment
