"""Members counted by the orders that stayed with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stayed:
    """The orders of each member in each group, without those that came back whole in it."""

    orders: dict[Hashable, dict[int, set[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def note(self, group: Hashable, partner_id: int, order: int, change: int) -> None:
        """Note that an order was sold (1), came back whole (-1), or neither (0)."""
        if change > 0:
            self.orders[group][partner_id].add(order)
        elif change < 0:
            self.orders[group][partner_id].discard(order)

    def members(self, group: Hashable) -> int:
        """Return how many members have an order left."""
        return sum(bool(orders) for orders in self.orders[group].values())
