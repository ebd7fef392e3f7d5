"""A body that is not the JSON object an address asks for is refused, whatever the address."""

import pytest

from access.caller import Role
from access.services.create_token import create_token
from tests.shop import Shop, discount

pytestmark = pytest.mark.django_db

ADDRESSES = [
    ("PUT", "partners/bob"),
    ("POST", "partners/ann/membership/change"),
    ("POST", "partners/ann/membership/evaluate"),
    ("PUT", "membership-products/gold"),
    ("PUT", "level-paths/gold"),
    ("PUT", "loyalty-programs/club"),
    ("POST", "cards"),
    ("PUT", "cards/new"),
    ("POST", "cards/club-ann/earn"),
    ("POST", "cards/club-ann/redeem"),
    ("POST", "cards/club-ann/adjust"),
    ("POST", "cards/club-ann/transfer"),
    ("POST", "cards/club-ann/merge"),
    ("POST", "point-operations/{operation}/reverse"),
    ("POST", "products/bulk"),
    ("PUT", "products/B"),
    ("PUT", "pos-configs/second"),
    ("POST", "programs"),
    ("PATCH", "programs/{program}"),
    ("POST", "programs/{program}/send-back"),
    ("POST", "programs/{program}/roll-back"),
    ("POST", "programs/{program}/try"),
    ("POST", "programs/{program}/coupons"),
    ("POST", "orders/quote"),
    ("POST", "orders"),
    ("POST", "orders/sync"),
    ("POST", "orders/R/returns"),
]


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00")
    shop.member("ann", points="5")
    shop.commit(("A", "1"), ref="R")
    return shop


@pytest.mark.parametrize("content", [b"null", b"7", b'"text"', b"[7]"])
def test_a_body_that_is_no_object_is_refused(shop, client, content):
    token = create_token(username="root", role=Role.ADMIN).key
    program = shop.program("coupons", name="c", rewards=[discount("10")])["id"]
    operation = shop.admin.ok("GET", "cards/club-ann/history")["results"][0]["operation"]
    for method, path in ADDRESSES:
        answer = client.generic(
            method,
            f"/api/v1/{path.format(program=program, operation=operation)}",
            content,
            content_type="application/json",
            headers={"Authorization": f"Token {token}"},
        )
        told = answer.json()
        assert (answer.status_code, told["code"]) == (400, "invalid"), (method, path, told)
        assert told["errors"], (method, path)
