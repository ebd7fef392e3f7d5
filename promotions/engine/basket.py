"""The cart as the engine counts it: positions.

A position is all units of one product at one price. Lines that differ only in their id are one
position, and positions are ordered by (unit price, product id), lines inside by line id; so
neither the order of lines nor splitting a line can change a decision.
"""

from __future__ import annotations

from promotions.engine.amounts import E4, SCALED, divide
from promotions.engine.cart import Cart
from promotions.engine.terms import Rounding


class Basket:
    """Positions of a cart as parallel lists, by index.

    `price` and `qty` are ten-thousandths, `gross` minor units. `members` names the lines of each
    position by their index in `cart.lines`. Lines with a negative price or quantity are
    `adjustments`: (product id, categories, tags, gross), never a position; their sum is
    `adjustment`.
    `scale` turns minor units into ten-thousandths of the major unit.
    """

    __slots__ = (
        "adjustment",
        "adjustments",
        "all",
        "categories",
        "digits",
        "down",
        "goods",
        "gross",
        "line_gross",
        "members",
        "of_product",
        "price",
        "product",
        "qty",
        "scale",
        "tags",
    )

    def __init__(self, cart: Cart) -> None:
        """Group the lines of a cart; each line's gross is rounded half up to the currency."""
        self.digits = cart.pos.digits
        self.scale: int = 10 ** (4 - cart.pos.digits)
        self.down = cart.pos.discount_rounding is Rounding.DOWN
        self.line_gross: list[int] = []
        self.product: list[int] = []
        self.price: list[int] = []
        self.qty: list[int] = []
        self.gross: list[int] = []
        self.categories: list[frozenset[int]] = []
        self.tags: list[frozenset[str]] = []
        self.members: list[list[int]] = []
        self.adjustments: list[tuple[int, frozenset[int], frozenset[str], int]] = []
        self._group(cart)
        self.goods = sum(self.gross)
        self.adjustment = sum(entry[3] for entry in self.adjustments)
        self.all = tuple(range(len(self.product)))
        self.of_product: dict[int, list[int]] = {}
        for position, product in enumerate(self.product):
            self.of_product.setdefault(product, []).append(position)

    def _group(self, cart: Cart) -> None:
        lines = cart.lines
        divisor = E4 * self.scale
        half = divisor // 2
        entries = []
        for index, line in enumerate(lines):
            price, qty = SCALED[line.unit_price], SCALED[line.qty]
            if price < 0 or qty < 0:
                gross = divide(price * qty, divisor)
                self.adjustments.append((line.product_id, line.categories, line.tags, gross))
            else:
                gross = (price * qty + half) // divisor
                entries.append((price, line.product_id, line.line_id, index, qty))
            self.line_gross.append(gross)
        entries.sort()
        last = None
        for price, product, _line_id, index, qty in entries:
            line = lines[index]
            if last == (price, product):
                self._join(index, qty, line.categories, line.tags)
                continue
            last = (price, product)
            self.price.append(price)
            self.product.append(product)
            self.qty.append(qty)
            self.gross.append(self.line_gross[index])
            self.categories.append(line.categories)
            self.tags.append(line.tags)
            self.members.append([index])

    def _join(self, index: int, qty: int, categories: frozenset[int], tags: frozenset[str]) -> None:
        """Add a line to the last position; what it says of the product is added too."""
        self.qty[-1] += qty
        self.gross[-1] += self.line_gross[index]
        self.categories[-1] |= categories
        self.tags[-1] |= tags
        self.members[-1].append(index)


def whole_units(qty: int) -> int:
    """Return the whole units in a quantity, in ten-thousandths: weighed goods count as far."""
    return qty - qty % E4
