"""From what a caller names to an id or a row."""

from __future__ import annotations

from django.db.models import Q

from access.serializers import MAX_ID
from promotions.errors import ProductNotFound, ProgramNotFound
from promotions.models import PosConfig, Product, PromotionProgram
from promotions.orders.errors import PosConfigNotFound


def find_program(name: str) -> int:
    """Return the id of a program; digits alone are an id, as no reference is.

    Raises: ProgramNotFound.
    """
    is_id = name.isascii() and name.isdigit() and int(name[:20]) <= MAX_ID
    found = PromotionProgram.objects.filter(Q(pk=name) if is_id else Q(ref=name))
    key = found.values_list("pk", flat=True).first()
    if key is None:
        raise ProgramNotFound(program=name)
    return key


def find_product(sku: str) -> Product:
    """Return the product with this SKU. Raises: ProductNotFound."""
    row = Product.objects.select_related("category").filter(sku=sku).first()
    if row is None:
        raise ProductNotFound(sku=sku)
    return row


def find_pos_config(ref: str) -> PosConfig:
    """Return the point of sale with this reference. Raises: PosConfigNotFound."""
    row = PosConfig.objects.filter(ref=ref).first()
    if row is None:
        raise PosConfigNotFound(pos_config=ref)
    return row
