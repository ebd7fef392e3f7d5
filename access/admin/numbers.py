"""Numbers as the language of the page writes them."""

from __future__ import annotations

from decimal import Decimal

from django.utils import formats

from core.numbers import plain


def shown(number: Decimal) -> str:
    """Return points or a quantity without needless zeros: 1,250.5 or 1.250,5."""
    return str(formats.number_format(Decimal(plain(number)), use_l10n=True, force_grouping=True))


def rounded(number: float | Decimal, decimals: int = 0) -> str:
    """Return a count or a measured value with so many decimals: 1,250.5 or 1.250,5."""
    # Django cuts what is too long, so it is rounded before.
    text = Decimal(f"{number:.{decimals}f}")
    return str(formats.number_format(text, use_l10n=True, force_grouping=True))
