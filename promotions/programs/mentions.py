"""What programs mention: the ids whose names or references are needed to tell them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from promotions.engine.definition import ProductFilter, Program


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Ids by kind."""

    products: set[int] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)
    pos_configs: set[int] = field(default_factory=set)
    levels: set[int] = field(default_factory=set)
    loyalty_programs: set[int] = field(default_factory=set)


def mentioned(programs: Iterable[Program]) -> Mentioned:
    """Return everything that the programs mention; free products have their SKU with them."""
    found = Mentioned()
    for program in programs:
        found.pos_configs.update(program.pos_configs)
        if program.loyalty_program_id is not None:
            found.loyalty_programs.add(program.loyalty_program_id)
        found.levels.update(r.membership for r in program.rules if r.membership is not None)
        for one in filters_of(program):
            found.products.update(one.products)
            found.categories.update(one.categories)
    return found


def filters_of(program: Program) -> Iterator[ProductFilter]:
    """Yield every product filter of the program: its rules' and what its rewards take from."""
    for rule in program.rules:
        yield rule.filter
    for reward in program.rewards:
        for part in (reward.discount, reward.special_price, reward.steps):
            if part is not None:
                yield part.filter
        if reward.special_set is not None:
            for slot in reward.special_set.slots:
                yield slot.filter
