"""Goods for a basket: of each filter the product that was made first and costs something."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection

from promotions.conflicts.baskets import EVERYTHING, Goods, Shelf
from promotions.engine.definition import ProductFilter

_FIRST = """
SELECT f.number, p.id, p.sku, p.name, p.price, coalesce(c.lineage, '{}'), p.tags
FROM jsonb_to_recordset(%s::jsonb)
  AS f(number int, everything boolean, products bigint[], categories bigint[], tags varchar[])
CROSS JOIN LATERAL (
  SELECT * FROM promotions_product WHERE active AND price > 0 AND (
    f.everything OR id = ANY(f.products) OR tags && f.tags
    OR category_id IN (SELECT id FROM promotions_category WHERE lineage && f.categories)
  ) ORDER BY id LIMIT 1
) p
LEFT JOIN promotions_category c ON c.id = p.category_id
"""


def read_shelf(wanted: Iterable[ProductFilter]) -> Shelf:
    """Return goods by filter, for the filters that are wanted, in one statement."""
    filters = list(dict.fromkeys([EVERYTHING, *wanted]))
    asked = [
        {
            "number": number,
            "everything": one == EVERYTHING,
            "products": sorted(one.products),
            "categories": sorted(one.categories),
            "tags": sorted(one.tags),
        }
        for number, one in enumerate(filters)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [json.dumps(asked)])
        found = {
            filters[number]: Goods(key, sku, name, price, frozenset(lineage), frozenset(tags))
            for number, key, sku, name, price, lineage, tags in cursor.fetchall()
        }
    return found.get
