"""From the names in a body to the ids in the tables, with the unknown ones named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from django.db.models import Q
from msgspec import UNSET

from core.sentences import sentence as _
from promotions.engine.definition import ProductFilter, RewardProduct
from promotions.models import Category, PosConfig, Product
from promotions.programs.body import AnyRef, ProgramInput, RewardInput
from promotions.programs.faults import Fault
from promotions.programs.loyalty_lookups import find_levels, find_loyalty_programs

T = TypeVar("T")


class Filtering(Protocol):
    """Any part of a body that names products, categories and tags."""

    @property
    def products(self) -> tuple[AnyRef, ...]:
        """SKUs or ids."""

    @property
    def categories(self) -> tuple[AnyRef, ...]:
        """Paths or ids."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags."""


@dataclass(slots=True)
class References:
    """What was found. Looking a missing one up notes a fault at the given pointer."""

    products: dict[AnyRef, RewardProduct] = field(default_factory=dict)
    categories: dict[AnyRef, int] = field(default_factory=dict)
    pos_configs: dict[AnyRef, PosConfig] = field(default_factory=dict)
    loyalty_programs: dict[AnyRef, int] = field(default_factory=dict)
    levels: dict[AnyRef, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def filter(self, part: Filtering, pointer: str) -> ProductFilter:
        """Return the filter of a part of the body."""
        return ProductFilter(
            products=frozenset(p.id for p in self.products_of(part.products, pointer)),
            categories=frozenset(
                self._each(
                    self.categories, part.categories, f"{pointer}/categories", "unknown_category"
                )
            ),
            tags=frozenset(part.tags),
        )

    def products_of(self, wanted: tuple[AnyRef, ...], pointer: str) -> list[RewardProduct]:
        """Return products in the order given, each once."""
        found = self._each(self.products, wanted, f"{pointer}/products", "unknown_product")
        return list(dict.fromkeys(found))

    def stores(self, wanted: tuple[AnyRef, ...]) -> list[PosConfig]:
        """Return points of sale."""
        return list(self._each(self.pos_configs, wanted, "/pos_configs", "unknown_pos_config"))

    def level(self, wanted: AnyRef, pointer: str) -> int | None:
        """Return a membership level."""
        return self._one(self.levels, wanted, pointer, "unknown_membership")

    def loyalty_program(self, wanted: AnyRef) -> int | None:
        """Return a kind of points."""
        return self._one(
            self.loyalty_programs, wanted, "/loyalty_program", "unknown_loyalty_program"
        )

    def _each(
        self, found: dict[AnyRef, T], wanted: Iterable[AnyRef], pointer: str, code: str
    ) -> Iterator[T]:
        for index, one in enumerate(wanted):
            held = self._one(found, one, f"{pointer}/{index}", code)
            if held is not None:
                yield held

    def _one(self, found: dict[AnyRef, T], wanted: AnyRef, pointer: str, code: str) -> T | None:
        held = found.get(wanted)
        if held is None:
            detail = _("There is no “%(name)s”.") % {"name": wanted}
            self.faults.append(Fault(pointer, code, detail))
        return held


def look_up(data: ProgramInput) -> References:
    """Return everything the body refers to, in one statement per kind of thing."""
    filters = list(_filters(data))
    found = References()
    refs, ids = _split(name for one in filters for name in one.products)
    refs_free, ids_free = _split(
        name for reward in _rewards(data) if reward.product for name in reward.product.products
    )
    if refs | ids | refs_free | ids_free:
        rows = Product.objects.filter(Q(sku__in=refs | refs_free) | Q(pk__in=ids | ids_free))
        for key, sku, price in rows.values_list("pk", "sku", "price"):
            found.products[sku] = found.products[key] = RewardProduct(key, sku, price)
    refs, ids = _split(name for one in filters for name in one.categories)
    if refs | ids:
        rows_ = Category.objects.filter(Q(path__in=refs) | Q(pk__in=ids))
        for key, path in rows_.values_list("pk", "path"):
            found.categories[path] = found.categories[key] = key
    if data.pos_configs is not UNSET and data.pos_configs:
        refs, ids = _split(data.pos_configs)
        for pos in PosConfig.objects.filter(Q(ref__in=refs) | Q(pk__in=ids)):
            found.pos_configs[pos.ref] = found.pos_configs[pos.pk] = pos
    if data.loyalty_program is not UNSET and data.loyalty_program is not None:
        found.loyalty_programs = find_loyalty_programs(*_split([data.loyalty_program]))
    if data.rules is not UNSET:
        refs, ids = _split(r.membership for r in data.rules if r.membership is not None)
        if refs | ids:
            found.levels = find_levels(refs, ids)
    return found


def _rewards(data: ProgramInput) -> tuple[RewardInput, ...]:
    return () if data.rewards is UNSET else data.rewards


def _filters(data: ProgramInput) -> Iterator[Filtering]:
    """Yield every part of the body that filters products."""
    if data.rules is not UNSET:
        yield from data.rules
    for reward in _rewards(data):
        for part in (reward.discount, reward.special_price, reward.steps):
            if part is not None:
                yield part
        if reward.special_set is not None:
            yield from reward.special_set.slots


def _split(names: Iterable[AnyRef]) -> tuple[set[str], set[int]]:
    """Return the references and the ids among the names."""
    refs, ids = set[str](), set[int]()
    for name in names:
        if isinstance(name, int):
            ids.add(name)
        else:
            refs.add(name)
    return refs, ids
