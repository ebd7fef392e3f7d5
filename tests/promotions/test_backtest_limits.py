"""A limited draft in a back-test counts what sales count."""

from __future__ import annotations

import pytest

from promotions.backtests import orders as cutting
from promotions.backtests.reading import compare_order
from promotions.models import Backtest, Order
from tests.promotions.backtests import backtest
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("in_a_chunk", [1, 500])
@pytest.mark.parametrize("limits", [{"limit_usage": 2}, {"limit_per_partner": 2}])
def test_using_a_coupon_for_later_is_no_use_of_the_draft(
    limits: Json, in_a_chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two coupons are made with one used between them, as they were when it was in force."""
    monkeypatch.setattr(cutting, "ORDERS_IN_A_CHUNK", in_a_chunk)
    shop = Shop(currency="USD")
    shop.products(A="10.00")
    shop.member("ann", points="0")
    again = shop.program(
        "next_order_coupons",
        name="Again",
        rules=[{"minimum_qty": "2"}],
        rewards=[discount("1", "fixed")],
        **limits,
    )
    (coupon,) = shop.commit(("A", "2"), partner="ann")["coupons_issued"]
    used = shop.commit(("A", "1"), partner="ann", codes=[coupon["code"]])
    assert used["discount_total"] == "1.00"
    assert len(shop.commit(("A", "2"), partner="ann", ref="third")["coupons_issued"]) == 1
    assert shop.commit(("A", "2"), partner="ann")["coupons_issued"] == []
    result = backtest(again)
    assert (result["orders"], result["hit"], result["changed"]) == (4, 3, 0)
    third = compare_order(Backtest.objects.get(), Order.objects.get(ref="third").pk)
    assert len(third.after.coupons_to_issue) == 1
