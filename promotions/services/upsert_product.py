"""Making or changing one product."""

from dataclasses import dataclass

from promotions.catalog.input import ProductInput
from promotions.errors import InvalidProduct
from promotions.services.upsert_products import upsert_products


@dataclass(frozen=True, slots=True)
class ProductSaved:
    """A product as it now is."""

    product_id: int
    sku: str
    created: bool


def upsert_product(*, product: ProductInput) -> ProductSaved:
    """Make the product with this SKU, or change the fields given.

    Raises: InvalidProduct with every fault.
    Writes: product, category.
    Safe under: replay and concurrency, by the unique SKU.
    """
    try:
        saved = upsert_products(products=[product])
    except InvalidProduct as error:
        errors = error.facts["errors"]
        assert isinstance(errors, list)
        # The list has one item, which the caller does not know of.
        raise InvalidProduct(
            errors=[{**one, "pointer": one["pointer"].removeprefix("/0")} for one in errors]
        ) from None
    return ProductSaved(saved.ids[product.sku], product.sku, saved.created == 1)
