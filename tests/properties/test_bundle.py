"""What a bundle holds is what was put in, whatever programs and customers there are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given

from core import codec
from promotions.engine import evaluate
from promotions.engine.wallet import UsageFacts
from promotions.offline.bundle import (
    FORMAT,
    Bundle,
    BundleCategory,
    BundleProduct,
    read_bundle,
    write_bundle,
)
from promotions.offline.quote import KnownCustomer, Till, read_customer
from promotions.offline.signature import sign, verify
from tests.properties.engine_shops import NOW, Shop, shops

KEY = Ed25519PrivateKey.generate()


def bundle_of(shop: Shop) -> Bundle:
    made = datetime(2026, 3, 2, tzinfo=UTC)
    return Bundle(
        format=FORMAT,
        catalog_version=1,
        made_at=made,
        valid_until=made + timedelta(hours=72),
        pos=shop.cart.pos,
        pos_name="Käse & Söhne",
        programs=shop.programs,
        points_refs={1: "club"},
        products=tuple(
            BundleProduct(line.product_id, line.sku, "“P”", line.unit_price, 1, tuple(line.tags))
            for line in shop.cart.lines
        ),
        categories=(BundleCategory(1, "A > B", (2, 1)),),
        descriptions={"en": {"1/1": "10% off"}, "id": {"1/1": "diskon 10%"}},
        usage={4: UsageFacts(2, 1, Decimal("9.50"))},
    )


@given(shops())
def test_a_till_decides_from_its_bundle_what_the_server_decides(shop: Shop) -> None:
    bundle = bundle_of(shop)
    document = json.loads(json.dumps(sign(write_bundle(bundle), KEY)))
    read = read_bundle(verify(document, None))
    assert read == bundle
    customer = KnownCustomer(shop.cart.partner_id, shop.wallet)
    known = read_customer(json.dumps(codec.encode(customer)).encode())
    assert known == customer
    decided = evaluate(shop.cart, Till(read).catalog, known.wallet, NOW, explain=True)
    assert decided == shop.decide(explain=True)
