"""What the till asks about: lines, codes, claims, the POS and the customer.

Amounts are in major units.
"""

from dataclasses import dataclass
from decimal import Decimal

from promotions.engine.terms import Rounding


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line; a negative unit price is a manual adjustment of the till.

    `categories` holds the product's category and all its ancestors, so that a filter on a
    category also matches the products of its children.
    """

    line_id: str
    product_id: int
    sku: str
    qty: Decimal
    unit_price: Decimal
    categories: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claim:
    """A reward that the customer asked for; None means: the engine's own choice."""

    program_id: int
    reward_id: int
    points: Decimal | None = None
    product_id: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class PosFacts:
    """The point of sale as far as a decision depends on it. `digits`: decimals of its currency."""

    id: int
    ref: str
    currency: str
    digits: int
    time_zone: str = "UTC"
    discount_rounding: Rounding = Rounding.HALF_UP


@dataclass(frozen=True, slots=True)
class Cart:
    """A basket. `codes` are as the cashier entered them; their order means nothing."""

    pos: PosFacts
    lines: tuple[CartLine, ...]
    partner_id: int | None = None
    codes: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
