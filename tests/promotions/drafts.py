"""Making and publishing programs through the API."""

from __future__ import annotations

from typing import Any

from promotions.models import CatalogState
from tests.shop import Json, Shop, discount


def draft(shop: Shop, program_type: str = "promotion", **fields: Any) -> Json:
    """Make a draft; ten percent off, unless told otherwise."""
    fields = {"rewards": [discount("10")], **fields}
    body = {"name": "P", "program_type": program_type, **fields}
    return shop.admin.ok("POST", "programs", body)


def publish(shop: Shop, made: Json) -> Json:
    """Publish a draft."""
    return shop.admin.ok("POST", f"programs/{made['id']}/publish")


def catalog_version() -> int:
    """Return the catalog version."""
    return CatalogState.objects.get().version
