"""The names that sentences about programs need, in as few statements as there are kinds."""

from __future__ import annotations

from collections.abc import Iterable

from loyalty.models import LoyaltyProgram, MembershipProduct
from promotions.engine.definition import Program
from promotions.models import Category, PosConfig, Product
from promotions.programs.mentions import mentioned
from promotions.sentences import Names


def names_for(programs: Iterable[Program]) -> Names:
    """Return the names of everything the programs mention; at most five statements."""
    described = list(programs)
    found = mentioned(described)
    given = {
        one.id
        for program in described
        for reward in program.rewards
        if reward.product is not None
        for one in reward.product.products
    }
    levels = MembershipProduct.objects.filter(pk__in=found.levels)
    points = LoyaltyProgram.objects.filter(pk__in=found.loyalty_programs)
    products = Product.objects.filter(pk__in=found.products | given)
    categories = Category.objects.filter(pk__in=found.categories)
    stores = PosConfig.objects.filter(pk__in=found.pos_configs)
    return Names(
        products=dict(products.values_list("pk", "name")),
        categories=dict(categories.values_list("pk", "name")),
        pos_configs=dict(stores.values_list("pk", "name")),
        levels=dict(levels.values_list("pk", "name")),
        points=dict(points.values_list("pk", "unit")),
    )
