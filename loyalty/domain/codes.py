"""Codes of cards."""

from core import codes
from loyalty.errors import InvalidCardCode

MAX_CODE = 64


def check_code(code: str) -> str:
    """Return the key a card's code is looked up by.

    Raises: InvalidCardCode if nothing is left of it, or it is too long.
    """
    key = codes.normalise(code)
    # Upper case can be longer than what was typed.
    if not key or len(code) > MAX_CODE or len(key) > MAX_CODE or not code.isprintable():
        raise InvalidCardCode(code=code, most=MAX_CODE)
    return key
