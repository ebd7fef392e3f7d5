"""Reading product filters and numbers from rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.numbers import plain
from promotions.engine.definition import ProductFilter
from promotions.models import PromotionReward, PromotionRule, PromotionSetSlot


@dataclass(frozen=True, slots=True)
class Filters:
    """The products and categories of many rows of one table."""

    products: Mapping[int, list[int]]
    categories: Mapping[int, list[int]]

    @classmethod
    def read(
        cls, model: type[PromotionRule | PromotionReward | PromotionSetSlot], keys: Iterable[int]
    ) -> Filters:
        """Read the links of these rows; one statement each for products and categories."""
        own = f"{model._meta.model_name}_id"
        keys = list(keys)

        def links(through: Any, other: str) -> dict[int, list[int]]:
            found = defaultdict[int, list[int]](list)
            if keys:
                rows = through.objects.filter(**{f"{own}__in": keys}).values_list(own, other)
                for key, linked in rows:
                    found[key].append(linked)
            return found

        return cls(
            links(model.products.through, "product_id"),
            links(model.categories.through, "category_id"),
        )

    def of(self, key: int, tags: list[str]) -> ProductFilter:
        """Return the filter of one row."""
        return ProductFilter(
            products=frozenset(self.products.get(key, ())),
            categories=frozenset(self.categories.get(key, ())),
            tags=frozenset(tags),
        )


def number(stored: Decimal) -> Decimal:
    """Return the number without the zeros that its column pads it with."""
    return Decimal(plain(stored))


def tidy(stored: Decimal | None) -> Decimal | None:
    """Return the number without padding, or None."""
    return None if stored is None else number(stored)
