"""Money: rounding to a currency's digits and splitting without losing a cent."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

# ISO 4217: currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


def currency_digits(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 currency code."""
    return _DIGITS.get(currency.upper(), 2)


def to_minor(amount: Decimal, digits: int, *, down: bool = False) -> int:
    """Return an amount in whole minor units, rounded half up, or towards zero if `down`."""
    rounding = ROUND_DOWN if down else ROUND_HALF_UP
    return int(amount.scaleb(digits).to_integral_value(rounding))


def from_minor(minor: int, digits: int) -> Decimal:
    """Return whole minor units as an amount with exactly the currency's digits."""
    return Decimal(minor).scaleb(-digits)


def round_money(amount: Decimal, digits: int, *, down: bool = False) -> Decimal:
    """Return the amount rounded to the currency's digits, half up, or towards zero if `down`."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_DOWN if down else ROUND_HALF_UP)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Split a whole amount in proportion to weights so that the parts sum to it exactly.

    Largest remainder (Hamilton): every part is its share rounded down, and what is left goes to
    the largest remainders, one unit each; among equal remainders the earlier weight first. No
    part exceeds its weight when `amount` does not exceed the sum of the weights.

    Raises: ValueError if a weight is negative, or all are zero and the amount is not.
    """
    total = sum(weights)
    if any(weight < 0 for weight in weights) or (total == 0 and amount):
        raise ValueError("weights must be non-negative and not all zero")
    if not amount:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    left = amount - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts
