"""Which currency a program's amounts are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.core import get_global

from core.money import currency_digits
from core.sentences import sentence as _
from promotions.engine.definition import Program
from promotions.engine.terms import DiscountMode
from promotions.models import PosConfig
from promotions.programs.checks import uses_money
from promotions.programs.faults import NOT_NEGATIVE, Fault, number_fault


@cache
def currencies() -> frozenset[str]:
    """Return the ISO 4217 codes that are legal tender somewhere today (Unicode CLDR)."""
    territories = get_global("territory_currencies")
    return frozenset(
        code
        for periods in territories.values()
        for code, _start, end, is_tender in periods
        if end is None and is_tender
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """The currency that a program is published in (None: any), and what stands against it."""

    currency: str | None
    faults: tuple[Fault, ...] = ()


def read_store_currencies() -> dict[int, str]:
    """Return the currency of every point of sale, by id."""
    return dict(PosConfig.objects.values_list("pk", "currency"))


def currency_faults(program: Program) -> list[Fault]:
    """Return what is wrong with the currency that a draft names."""
    if program.currency is None:
        return []
    if program.currency not in currencies():
        return [_fault("unknown_currency", _("Not an ISO 4217 currency, such as USD or IDR."))]
    stores = read_store_currencies() if program.pos_configs else {}
    return [*_other_currency(program, stores), *_too_precise(program, program.currency)]


def settle_currency(program: Program, stores: Mapping[int, str]) -> Settled:
    """Return the currency to publish in: the one given, else the one that its stores share.

    `stores`: currency of every point of sale. A program without amounts needs none.
    """
    currency = program.currency
    if currency is None and uses_money(program):
        wanted = program.pos_configs or stores.keys()
        shared = sorted({stores[key] for key in wanted if key in stores})
        if len(shared) > 1:
            detail = _("The points of sale use %(currencies)s: say which one the amounts are in.")
            return Settled(None, (_fault("required", detail % {"currencies": ", ".join(shared)}),))
        # Without any point of sale yet there is none to take it from, and none to be wrong at.
        currency = shared[0] if shared else None
    if currency is None:
        return Settled(None)
    faults = [
        *_other_currency(program, stores),
        *_too_precise(program, currency),
        *_points_too_coarse(program, currency),
    ]
    return Settled(currency, tuple(faults))


def money_decimals(program: Program) -> int:
    """Return the decimals of points that are to be worth money where the program runs, 2 or more.

    Its currency, else those of its stores.
    """
    stores = read_store_currencies()
    here = program.pos_configs or stores.keys()
    found = [program.currency] if program.currency else [stores[key] for key in here]
    return max([2, *(currency_digits(one) for one in found)])


def _fault(code: str, detail: str) -> Fault:
    return Fault("/currency", code, detail)


def _other_currency(program: Program, stores: Mapping[int, str]) -> Iterator[Fault]:
    """Refuse naming a store that sells in another currency."""
    if program.currency is None:
        return
    others = {stores.get(key, program.currency) for key in program.pos_configs}
    if others - {program.currency}:
        detail = _("A point of sale that the program names does not sell in %(currency)s.")
        yield _fault("other_currency", detail % {"currency": program.currency})


def _too_precise(program: Program, currency: str) -> Iterator[Fault]:
    """Amounts that are paid or taken off must exist in the currency."""
    digits = currency_digits(currency)
    for pointer, amount in _amounts(program):
        # What no column could hold is a fault of its own, and cannot even be rounded.
        if number_fault(pointer, amount, NOT_NEGATIVE) is None and amount != round(amount, digits):
            detail = _("%(currency)s has %(digits)s decimals.")
            yield Fault(pointer, "too_precise", detail % {"currency": currency, "digits": digits})


def _points_too_coarse(program: Program, currency: str) -> Iterator[Fault]:
    """Refuse a gift card or e-wallet that cannot hold the smallest amount of its currency."""
    digits = currency_digits(currency)
    if program.is_payment and program.point_decimals < digits:
        detail = _("%(currency)s has %(digits)s decimals, so its points need as many.")
        yield Fault(
            "/loyalty_program", "too_coarse", detail % {"currency": currency, "digits": digits}
        )


def _amounts(program: Program) -> Iterator[tuple[str, Decimal]]:
    if program.budget is not None:
        yield "/budget", program.budget
    for index, reward in enumerate(program.rewards):
        at = f"/rewards/{index}"
        discount = reward.discount
        if discount and discount.mode is DiscountMode.FIXED:
            yield f"{at}/discount/value", discount.value
        if discount and discount.max_amount is not None:
            yield f"{at}/discount/max_amount", discount.max_amount
        if reward.special_price:
            yield f"{at}/special_price/price", reward.special_price.price
        if reward.special_set:
            yield f"{at}/special_set/price", reward.special_set.price
