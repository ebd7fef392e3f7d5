"""Whatever is sent, the answer is a thing that was made or a problem document; never a crash."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promotions.models import PromotionProgram
from tests.promotions.test_program_fields import FIELDS, GROUPS, RULE
from tests.shop import Api, Json, Shop

pytestmark = pytest.mark.django_db
PROGRAM: Json = {
    **FIELDS,
    "program_type": "promotion",
    "rules": [RULE],
    "rewards": list(GROUPS.values()),
    "publish": True,
}
BODIES: dict[str, tuple[str, str, Any]] = {
    "program": ("POST", "programs", PROGRAM),
    "change": ("PATCH", "programs/p", PROGRAM),
    "coupons": (
        "POST",
        "programs/p/coupons",
        {"codes": ["A"], "points": "1", "partner": "ann", "expires_at": "2030-01-01"},
    ),
    "product": (
        "PUT",
        "products/X",
        {"name": "X", "price": "1", "category": "A > B", "tags": ["t"], "active": True},
    ),
    "products": ("POST", "products/bulk", [{"sku": "X", "name": "X", "price": "1"}]),
    "pos config": (
        "PUT",
        "pos-configs/x",
        {"name": "X", "time_zone": "UTC", "currency": "USD", "discount_rounding": "down"},
    ),
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**63, -(2**63), 10**30]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [
            "", " ", "\0", "a\0b", "NaN", "-Infinity", "1e999999", "1e-999999", "-0", "0.00000001",
            "9" * 40, "0001-01-01T00:00:00+14:00", "9999-12-31", "9999-12-31T23:59:59-14:00",
            "2026-02-30", "24:00", "23:59:60", "\u0130" * 64, "ß" * 64, "\ud7ff", "🎁", ">", " > ",
            "x" * 500, "auto", "order", "coupons", "gift_card",
        ]
    ),
    st.lists(st.none() | st.text(max_size=3) | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in the data, itself included."""
    found = [path]
    if isinstance(data, dict | list):
        for key, held in data.items() if isinstance(data, dict) else enumerate(data):
            found += places(held, (*path, key))
    return found


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy with one value replaced."""
    if not path:
        return value
    made = copy.deepcopy(data)
    target = made
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return made


@pytest.fixture
def admin() -> Api:
    shop = Shop()
    shop.admin.ok("PUT", "pos-configs/airport", {"name": "Airport"})
    shop.admin.ok("PUT", "membership-products/gold", {"name": "Gold"})
    shop.member("ann", points="5")
    for sku, category in (("A", "Drinks > Coffee"), ("B", "Food")):
        body = {"name": sku, "price": "10.00", "category": category}
        shop.admin.ok("PUT", f"products/{sku}", body)
    shop.program("coupons", ref="p", publish=False)
    return shop.admin


@pytest.mark.parametrize("body", BODIES)
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_nothing_that_is_sent_is_a_crash(admin, body, data):
    method, path, valid = BODIES[body]
    sent = valid
    for _ in range(data.draw(st.integers(1, 2))):
        sent = changed(sent, data.draw(st.sampled_from(places(sent))), data.draw(ODD))
    before = list(PromotionProgram.objects.values())
    with transaction.atomic():
        response = admin._client.generic(
            method,
            f"/api/v1/{path}",
            json.dumps(sent),  # orjson would refuse numbers that a client may well send
            content_type="application/json",
            headers=admin._headers,
        )
        assert response.status_code < 500, (sent, response.content)
        if response.status_code >= 400:
            assert response.json()["code"]
            assert list(PromotionProgram.objects.values()) == before
        connection.check_constraints()
        transaction.set_rollback(True)
