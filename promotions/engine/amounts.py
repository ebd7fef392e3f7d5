"""The numbers inside the engine: whole minor units of money, ten-thousandths of everything else.

Decimals are for the edges. Inside, money is an int of minor units (cents), and quantities,
points, percents and unit prices are ints of ten-thousandths, named `..._e4`: the tables keep
four decimals, so nothing is lost, and ints are several times faster than Decimals.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

E4 = 10_000


def to_e4(value: Decimal) -> int:
    """Return a number in ten-thousandths, half up beyond the fourth decimal."""
    return int((value * E4).to_integral_value(ROUND_HALF_UP))


def divide(numerator: int, denominator: int, *, down: bool = False) -> int:
    """Return numerator / denominator, rounded half up (away from zero), or towards zero if `down`."""
    if numerator < 0:
        return -divide(-numerator, denominator, down=down)
    if down:
        return numerator // denominator
    return (2 * numerator + denominator) // (2 * denominator)


@lru_cache(maxsize=65_536)
def money(minor: int, digits: int) -> Decimal:
    """Return minor units as an amount with the currency's digits."""
    return Decimal(minor).scaleb(-digits)


@lru_cache(maxsize=16_384)
def number(e4: int) -> Decimal:
    """Return ten-thousandths as a plain number without needless zeros."""
    if e4 % E4 == 0:
        return Decimal(e4 // E4)
    return Decimal(e4).scaleb(-4).normalize()
