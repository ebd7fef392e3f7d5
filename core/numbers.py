"""Numbers as the API writes and reads them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# No table holds as many digits; the limit bounds what `read_plain` keeps.
_LONGEST = 64
_EXPECTED = "Expected a decimal such as 10.50: ASCII digits, at most one point between them"

if TYPE_CHECKING:
    PlainDecimal = Decimal
else:

    class _IsDecimal(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, Decimal)

    class PlainDecimal(metaclass=_IsDecimal):
        """The type of a Decimal in a msgspec body, read by `decimal_hook`.

        For a Decimal itself msgspec never asks, and takes all that Python does: 1_000, ٣, NaN.
        """


def plain(number: Decimal) -> str:
    """Return a quantity or points as a decimal string without exponent or trailing zeros."""
    text = str(number)
    if "E" in text:
        text = format(number, "f")  # which costs three times as much
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(amount: Decimal, digits: int) -> str:
    """Return an amount with exactly the currency's digits."""
    return f"{amount:.{digits}f}"


@lru_cache(maxsize=4096)  # a shop's prices and quantities come again and again
def read_plain(text: str) -> Decimal:
    """Return the number that a decimal string is. Raises: ValueError if it is not a plain one."""
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        raise ValueError(_EXPECTED)
    return Decimal(text)


def decimal_hook(_kind: type, given: Any) -> Decimal:
    """Return a PlainDecimal: msgspec's `dec_hook`, beside `float_hook=Decimal`.

    Raises: ValueError, which msgspec turns into its ValidationError.
    """
    kind = type(given)
    if kind is str:
        return read_plain(given)
    if kind is int:
        return Decimal(given)
    if kind is Decimal:  # a JSON number with a point, by the float_hook
        return given  # type: ignore[no-any-return]
    raise ValueError(_EXPECTED)
