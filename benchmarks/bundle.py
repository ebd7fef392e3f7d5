"""How large a bundle for offline tills is, and what it costs to make, to check and to quote from.

`python -m benchmarks.bundle [PRODUCTS PROGRAMS]`: 10,000 products with categories, tags and names,
1,000 programs of four kinds with ranges of twenty products, as `python -m benchmarks.engine` has
them. Times are of processor time.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.engine_floor import Shop
from benchmarks.engine_shapes import NOW, POS, program
from promotions.engine.definition import Program
from promotions.offline.bundle import (
    FORMAT,
    Bundle,
    BundleCategory,
    BundleProduct,
    read_bundle,
    write_bundle,
)
from promotions.offline.quote import Till
from promotions.offline.signature import sign, verify
from promotions.orders.request import LineRequest, OrderRequest

CATEGORIES = 200
LINES = 20
WORDS = (
    "organic oat whole fresh red green baby light dark family milk bread coffee tea soap".split()
)


def bundle_of(products: int, programs: int) -> Bundle:
    """Return a bundle of so many products and programs, the same every time."""
    dice = random.Random(7)
    shop = Shop()
    made: tuple[Program, ...] = tuple(program(one, shop.price) for one in shop.offers(programs))
    texts = {f"{one.id}/1": f"{5 + one.id % 20}% off selected products" for one in made}
    return Bundle(
        format=FORMAT,
        catalog_version=41,
        made_at=NOW,
        valid_until=NOW + timedelta(hours=72),
        pos=POS,
        pos_name="Main street",
        programs=made,
        points_refs={1: "club"},
        products=tuple(
            BundleProduct(
                number,
                f"SKU-{dice.randrange(10**10):010}" if number >= len(shop.price) else str(number),
                " ".join(dice.choices(WORDS, k=4)).title(),
                Decimal(dice.randint(100, 20_000)) / 100,
                dice.randrange(CATEGORIES),
                tuple(dice.sample(WORDS, dice.randrange(3))),
            )
            for number in range(products)
        ),
        categories=tuple(
            BundleCategory(number, f"Aisle {number % 20} > Shelf {number}", (number % 20, number))
            for number in range(CATEGORIES)
        ),
        descriptions={"en": texts, "id": texts},
        usage={},
    )


def taken(work: Callable[[], object], times: int = 5) -> float:
    """Return the least processor time of some calls, in milliseconds."""
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
    return least * 1000


def main(products: int, programs: int) -> None:
    """Print the table."""
    bundle = bundle_of(products, programs)
    key = Ed25519PrivateKey.generate()
    payload = write_bundle(bundle)
    document = json.dumps(sign(payload, key)).encode()
    order = OrderRequest(
        pos_config="main",
        lines=tuple(LineRequest(sku=str(one), qty=Decimal(2)) for one in range(LINES)),
    )
    till = Till(bundle)
    till.quote(order, at=NOW)
    rows = [
        ("JSON", f"{len(payload) / 1e6:.2f} MB"),
        ("signed document, as it is sent", f"{len(document) / 1e3:.0f} kB"),
        ("write it", f"{taken(lambda: write_bundle(bundle)):.0f} ms"),
        ("compress and sign it", f"{taken(lambda: sign(payload, key)):.0f} ms"),
        ("check the signature", f"{taken(lambda: verify(json.loads(document), None)):.1f} ms"),
        ("read it", f"{taken(lambda: read_bundle(payload)):.0f} ms"),
        (
            "index programs and products",
            f"{taken(lambda: Till(bundle).quote(order, at=NOW)):.0f} ms",
        ),
        (f"quote {LINES} lines", f"{taken(lambda: till.quote(order, at=NOW), 50):.2f} ms"),
    ]
    print(f"{products:,} products, {programs:,} programs")
    for name, value in rows:
        print(f"  {name:32} {value:>10}")


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]] or [10_000, 1_000]
    main(*given)
