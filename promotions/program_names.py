"""The names that sentences about programs need, in as few statements as there are kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loyalty.models import LoyaltyProgram, MembershipProduct
from promotions.engine.definition import ProductFilter, Program
from promotions.models import Category, PosConfig, Product
from promotions.sentences import Names


def names_for(programs: Iterable[Program]) -> Names:
    """Return the names of everything the programs mention; at most five statements."""
    described = list(programs)
    filters = [one for program in described for one in _filters(program)]
    products = {key for one in filters for key in one.products}
    categories = {key for one in filters for key in one.categories}
    stores = {key for program in described for key in program.pos_configs}
    levels = {
        rule.membership
        for program in described
        for rule in program.rules
        if rule.membership is not None
    }
    points = {one.loyalty_program_id for one in described if one.loyalty_program_id is not None}
    return Names(
        products=dict(Product.objects.filter(pk__in=products).values_list("pk", "name")),
        categories=dict(Category.objects.filter(pk__in=categories).values_list("pk", "name")),
        pos_configs=dict(PosConfig.objects.filter(pk__in=stores).values_list("pk", "name")),
        levels=dict(MembershipProduct.objects.filter(pk__in=levels).values_list("pk", "name")),
        points=dict(LoyaltyProgram.objects.filter(pk__in=points).values_list("pk", "unit")),
    )


def _filters(program: Program) -> Iterator[ProductFilter]:
    """Yield every filter of the program, and the products it gives."""
    for rule in program.rules:
        yield rule.filter
    for reward in program.rewards:
        for part in (reward.discount, reward.special_price, reward.steps):
            if part is not None:
                yield part.filter
        if reward.special_set is not None:
            for slot in reward.special_set.slots:
                yield slot.filter
        if reward.product is not None:
            yield ProductFilter(products=frozenset(one.id for one in reward.product.products))
