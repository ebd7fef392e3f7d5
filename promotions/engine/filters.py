"""Product filters, shared: each distinct filter of a catalog is one node.

Nodes are compared by identity, so that looking one up costs nothing, and what a filter matches
in a basket is found once however many programs use it.
"""

from __future__ import annotations

from collections.abc import Sequence

from promotions.engine.basket import Basket
from promotions.engine.definition import ProductFilter


class FilterNode:
    """A product filter of a catalog. `everything`: it is empty and matches every product."""

    __slots__ = ("categories", "everything", "products", "tags")

    def __init__(self, products: ProductFilter) -> None:
        """Take the sets of a filter."""
        self.products = products.products
        self.categories = products.categories
        self.tags = products.tags
        self.everything = not (self.products or self.categories or self.tags)

    def matches(self, product: int, categories: frozenset[int], tags: frozenset[str]) -> bool:
        """Tell whether a product is meant."""
        return (
            self.everything
            or product in self.products
            or not self.categories.isdisjoint(categories)
            or not self.tags.isdisjoint(tags)
        )

    def find(self, basket: Basket) -> Sequence[int]:
        """Return the matching positions of a basket, in their order."""
        if self.everything:
            return basket.all
        return [
            position
            for position in basket.all
            if self.matches(
                basket.product[position], basket.categories[position], basket.tags[position]
            )
        ]


EVERYTHING = FilterNode(ProductFilter())


class Matcher:
    """What the filters match in one basket, found at most once per filter."""

    __slots__ = ("_positions", "_totals", "basket")

    def __init__(self, basket: Basket, found: dict[FilterNode, Sequence[int]]) -> None:
        """Take a basket and what the catalog's index has found already."""
        self.basket = basket
        self._positions = found
        self._totals: dict[FilterNode, tuple[int, int]] = {}

    def positions(self, node: FilterNode) -> Sequence[int]:
        """Return the matching positions."""
        found = self._positions.get(node)
        if found is None:
            found = self._positions[node] = node.find(self.basket)
        return found

    def totals(self, node: FilterNode) -> tuple[int, int]:
        """Return (gross in minor units, quantity in ten-thousandths) of the matching lines.

        Manual adjustments that match lower the gross, but they are no goods and have no quantity.
        """
        totals = self._totals.get(node)
        if totals is None:
            basket = self.basket
            positions = self.positions(node)
            gross, qty = basket.gross, basket.qty
            totals = (
                sum([gross[position] for position in positions]) + self.adjustment(node),
                sum([qty[position] for position in positions]),
            )
            self._totals[node] = totals
        return totals

    def adjustment(self, node: FilterNode) -> int:
        """Return the sum of the manual adjustments that match, zero or negative."""
        adjustments = self.basket.adjustments
        if not adjustments:
            return 0
        return sum(
            gross
            for product, categories, tags, gross in adjustments
            if node.matches(product, categories, tags)
        )
