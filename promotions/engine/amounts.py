"""The numbers inside the engine: whole minor units of money, ten-thousandths of everything else.

Decimals are for the edges. Inside, money is an int of minor units (cents), and quantities,
points, percents and unit prices are ints of ten-thousandths, named `..._e4` where it is not
plain: the tables keep four decimals, so nothing is lost, and ints are several times faster.
"""

from decimal import ROUND_HALF_UP, Decimal

E4 = 10_000
_KEPT = 100_000


class _Scaled(dict[Decimal, int]):
    """Numbers in ten-thousandths, each worked out once: carts repeat prices and quantities."""

    def __missing__(self, value: Decimal) -> int:
        """Work a number out and keep it, within bounds."""
        if len(self) >= _KEPT:
            self.clear()
        made = self[value] = int((value * E4).to_integral_value(ROUND_HALF_UP))
        return made


SCALED = _Scaled()
"""Numbers to ten-thousandths, half up beyond the fourth decimal."""


def to_e4(value: Decimal) -> int:
    """Return a number in ten-thousandths, half up beyond the fourth decimal."""
    return SCALED[value]


def divide(numerator: int, denominator: int, *, down: bool = False) -> int:
    """Return the quotient rounded half up (away from zero), or towards zero if `down`."""
    if numerator < 0:
        return -divide(-numerator, denominator, down=down)
    if down:
        return numerator // denominator
    return (2 * numerator + denominator) // (2 * denominator)


class Decimals(dict[int, Decimal]):
    """Decimals of whole units, each made once: `Decimals(2)[120]` is 1.20.

    A decision names hundreds of amounts and most of them again and again.
    """

    def __init__(self, digits: int) -> None:
        """Take the number of decimals."""
        super().__init__()
        self._exponent = -digits

    def __missing__(self, units: int) -> Decimal:
        """Make a Decimal and keep it, within bounds."""
        if len(self) >= _KEPT:
            self.clear()
        made = self[units] = self._make(units)
        return made

    def _make(self, units: int) -> Decimal:
        return Decimal(units).scaleb(self._exponent)


class _Plain(Decimals):
    """Ten-thousandths as plain numbers without needless zeros."""

    def _make(self, units: int) -> Decimal:
        if units % E4 == 0:
            return Decimal(units // E4)
        return Decimal(units).scaleb(-4).normalize()


CASH = tuple(Decimals(digits) for digits in range(5))
"""By the currency's digits: minor units to amounts."""
PLAIN = _Plain(4)
"""Ten-thousandths to plain numbers."""


def money(minor: int, digits: int) -> Decimal:
    """Return minor units as an amount with the currency's digits."""
    return CASH[digits][minor]


def number(e4: int) -> Decimal:
    """Return ten-thousandths as a plain number without needless zeros."""
    return PLAIN[e4]
