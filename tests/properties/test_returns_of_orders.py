"""Orders under every type of program that come back in parts: no way leads elsewhere.

Over the services and the database. The one order comes back at once and is then, after that was
taken back, brought back in parts: books and refunds are the same, to the cent and the point; and
the books are those from before the order, unless what it sold was spent.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.services.verify_ledger import verify_ledger
from promotions.models import LineDiscount, Order
from promotions.orders.errors import ClaimRefused
from promotions.services.replay_orders import replay_orders
from tests.properties.returns_shop import (
    BASKETS,
    ReturnsShop,
    books,
    ended,
    open_shop,
    sell,
    take_back,
    undone,
)
from tests.shop import Json

pytestmark = pytest.mark.django_db
# A few statements a step, so a part of what the pure properties look at.
EXAMPLES = settings.default.max_examples * 3 // 20 if settings.default else 30


@pytest.fixture
def shop() -> ReturnsShop:
    return open_shop()


@st.composite
def sales(draw: st.DrawFn) -> Json:
    """What is bought by whom, with which codes and claims, under which policy."""
    lines = [
        {"line_id": str(place), "sku": sku, "qty": str(qty)}
        for place, (sku, qty) in enumerate(sorted(draw(BASKETS).items()), start=1)
    ]
    if draw(st.integers(0, 4)) == 0:
        lines.append({"line_id": "w", "sku": "B", "qty": draw(st.sampled_from(["0.375", "1.5"]))})
    if draw(st.integers(0, 4)) == 0:
        price = draw(st.sampled_from(["-0.01", "-1.00", "-7.77"]))
        lines.append({"line_id": "off", "sku": "A", "qty": "1", "unit_price": price})
    return {
        "lines": lines,
        "charged": draw(st.sampled_from([None, None, None, "0.00", "0.37", "0.8", "0.999"])),
        "partner": draw(st.sampled_from(["ann", "ann", "bob", None])),
        "pos_config": draw(st.sampled_from(["main", "reprice"])),
        "codes": sorted(
            draw(st.sets(st.sampled_from(["promo", "coupon", "again", "gift", "friend"])))
        ),
        "claims": sorted(draw(st.sets(st.sampled_from(["club", "points", "wallet"])))),
    }


def bodies(shop: ReturnsShop, sale: Json) -> Json:
    """Return the order that a sale stands for."""
    claims = [shop.claims[name] for name in sale["claims"]] if sale["partner"] else []
    codes = [shop.codes[name] for name in sale["codes"]]
    asked = {key: sale[key] for key in ("lines", "partner", "pos_config")}
    return {**asked, "ref": "R", "claims": claims, "codes": codes}


def steps_of(data: st.DataObject, lines: list[Json]) -> list[dict[str, Decimal]]:
    """Draw returns that add up to all of the order."""
    left = {one["line_id"]: Decimal(one["qty"]) for one in lines if one["line_id"] != "off"}
    steps = []
    while left:
        step = {}
        for line_id in data.draw(
            st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True), label="lines back"
        ):
            whole = int(left[line_id])
            qty = Decimal(data.draw(st.integers(min(1, whole), whole), label="units"))
            step[line_id] = qty or left[line_id]
        steps.append(step)
        left = {key: rest for key, held in left.items() if (rest := held - step.get(key, 0))}
    return steps


def spend(receipt: Json) -> None:
    """Spend a part of the first gift card or coupon that the order made."""
    codes = [one["code"] for one in receipt["coupons_issued"]][:1]
    body = {
        "ref": "S",
        "pos_config": "main",
        "partner": receipt["partner"],
        "codes": codes,
        "lines": [{"sku": "A", "qty": "1"}],
    }
    sell(body, timezone.now())


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sale=sales(), spent=st.booleans(), data=st.data())
def test_in_parts_and_at_once_an_order_ends_alike(shop, sale, spent, data):
    with undone():
        before = books()
        body = bodies(shop, sale)
        try:
            receipt = sell(body, timezone.now(), charged=sale["charged"])
        except ClaimRefused:
            body["claims"] = []
            receipt = sell(body, timezone.now(), charged=sale["charged"])
        total = Order.objects.get(ref="R").total
        assert replay_orders().differences == []
        if spent and receipt["coupons_issued"]:
            spend({**receipt, "partner": sale["partner"]})
        with undone():
            take_back("R", None)
            whole, whole_books = ended("R"), books()
        for step in steps_of(data, body["lines"]):
            answer = take_back("R", step)
            assert Decimal(answer["clawback"]) >= 0
            assert Decimal(answer["refund_due"]) >= 0
        parts, parts_books = ended("R"), books()
        assert parts | {"status": "cancelled"} == whole
        assert parts_books == whole_books
        if not Order.objects.filter(ref="S").exists():
            assert whole["refund_total"] == max(total, Decimal(0))
            assert without_new(parts_books, before) == before
        assert verify_ledger().flaw is None


def without_new(now: Json, before: Json) -> Json:
    """Return the books without cards that the order opened: they are empty, and stay."""
    known = {row[0] for row in before["cards"]}
    new = [row for row in now["cards"] if row[0] not in known]
    assert all(points == debt == 0 for _, points, debt in new)
    return {**now, "cards": [row for row in now["cards"] if row[0] in known]}


def test_the_shop_uses_every_program(shop):
    """The property looks at nothing if the programs give nothing."""
    given: set[str] = set()
    for who, codes, claims in (
        ("ann", ["promo", "coupon", "gift"], ["club", "wallet"]),
        ("ann", ["again"], ["points"]),
        ("bob", ["friend"], []),
    ):
        with undone():
            sale = {
                "lines": [{"line_id": sku, "sku": sku, "qty": "4"} for sku in ("A", "B", "C", "D")],
                "partner": who,
                "pos_config": "main",
                "codes": codes,
                "claims": claims,
            }
            receipt = sell(bodies(shop, sale), timezone.now())
            given |= {one["program_name"] for one in receipt["rewards"]}
            given |= {"wallet" for one in receipt["payments"]}
            assert LineDiscount.objects.exists()
    wanted = {"two_for_one", "extra", "set", "promo", "coupon", "again", "club", "points", "bonus"}
    assert given >= wanted | {"each", "friend", "wallet"}
