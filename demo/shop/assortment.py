"""What the demo shop sells and where."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

_PRODUCTS = Path(__file__).with_name("products.csv")


@dataclass(frozen=True, slots=True)
class ShopProduct:
    """A product of the shop."""

    sku: str
    name: str
    category: str
    price: Decimal
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopStore:
    """A store; all sell in one currency, as a product has one price."""

    ref: str
    name: str
    time_zone: str
    share_of_trade: int


STORES = (
    ShopStore("new-york", "New York, Union Square", "America/New_York", 30),
    ShopStore("chicago", "Chicago, Wicker Park", "America/Chicago", 22),
    ShopStore("denver", "Denver, Highlands", "America/Denver", 14),
    ShopStore("los-angeles", "Los Angeles, Echo Park", "America/Los_Angeles", 24),
    ShopStore("honolulu", "Honolulu, Kaimuki", "Pacific/Honolulu", 10),
)
CURRENCY = "USD"


def read_products() -> tuple[ShopProduct, ...]:
    """Return the 300 products of the shop, in the order of their file."""
    with _PRODUCTS.open(newline="", encoding="utf-8") as file:
        return tuple(
            ShopProduct(
                row["sku"],
                row["name"],
                row["category"],
                Decimal(row["price"]),
                tuple(row["tags"].split()),
            )
            for row in csv.DictReader(file)
        )
