"""Numbers as the API writes them."""

from decimal import Decimal


def plain(number: Decimal) -> str:
    """Return a quantity or points as a decimal string without exponent or trailing zeros."""
    text = str(number)
    if "E" in text:
        text = format(number, "f")  # which costs three times as much
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(amount: Decimal, digits: int) -> str:
    """Return an amount with exactly the currency's digits."""
    return f"{amount:.{digits}f}"
