"""Making and changing many products at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from msgspec import UNSET

from core.db import lock_rows
from core.sentences import sentence as _
from promotions.catalog.category_tree import ensure_categories, path_fault, read_path
from promotions.catalog.input import ProductInput
from promotions.errors import InvalidProduct
from promotions.models import Product
from promotions.programs.faults import NOT_NEGATIVE, Fault, as_errors, number_fault

MAX_PRODUCTS = 5_000
_COLUMNS = ["name", "price", "category", "tags", "active"]


@dataclass(frozen=True, slots=True)
class ProductsSaved:
    """How many products were made, and how many were there before. `ids`: by SKU."""

    created: int
    updated: int
    ids: dict[str, int]


def upsert_products(*, products: Sequence[ProductInput]) -> ProductsSaved:
    """Make or change up to 5,000 products, all or none; fields left out stay as they are.

    Categories that a path names are made with their ancestors. No catalog version: the tills
    read products as they are.
    Raises: InvalidProduct with every fault, pointing into the list (`/17/price`).
    Writes: product, category; a fixed number of statements.
    Safe under: replay; concurrency, by the unique SKU and row locks in one order.
    """
    faults = [*_faults(products)]
    if faults:
        raise InvalidProduct(errors=as_errors(faults))
    with transaction.atomic():
        paths = {read_path(one.category) or "" for one in products if one.category}
        categories = ensure_categories(paths)
        skus = [one.sku for one in products]
        before = {row.sku: row for row in lock_rows(Product.objects.filter(sku__in=skus))}
        rows = [_row(one, before.get(one.sku), categories) for one in products]
        # In the order of SKUs, so that two such calls cannot wait for each other.
        saved = Product.objects.bulk_create(
            sorted(rows, key=lambda row: row.sku),
            update_conflicts=True,
            unique_fields=["sku"],
            update_fields=_COLUMNS,
        )
    return ProductsSaved(
        created=len(rows) - len(before),
        updated=len(before),
        ids={row.sku: row.pk for row in saved},
    )


def _row(data: ProductInput, before: Product | None, categories: dict[str, int]) -> Product:
    """Return the whole row: what is stored, with what was given over it."""
    row = Product(sku=data.sku, name=data.name.strip(), price=data.price)
    if before is not None:
        row.category_id, row.tags, row.active = before.category_id, before.tags, before.active
    if data.category is not UNSET:
        path = read_path(data.category) if data.category else None
        row.category_id = categories[path] if path else None
    if data.tags is not UNSET:
        row.tags = list(dict.fromkeys(data.tags))
    if data.active is not UNSET:
        row.active = data.active
    return row


def _faults(products: Sequence[ProductInput]) -> Iterator[Fault]:
    if len(products) > MAX_PRODUCTS:
        yield Fault("", "too_many", _("At most 5,000 products at once; split the list."))
        return
    seen: set[str] = set()
    for index, one in enumerate(products):
        at = f"/{index}"
        if one.sku in seen:
            detail = _("“%(sku)s” is in the list twice.") % {"sku": one.sku}
            yield Fault(f"{at}/sku", "duplicate", detail)
        seen.add(one.sku)
        fault = number_fault(f"{at}/price", one.price, NOT_NEGATIVE)
        if fault:
            yield fault
        if one.category is not UNSET and one.category is not None:
            fault = path_fault(f"{at}/category", one.category)
            if fault:
                yield fault
