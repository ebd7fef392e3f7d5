"""Every type of program from its preset: given, counted, and all of it back with the order.

Referrals, coupons for later, gift cards and e-wallets have files of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from loyalty.models import LoyaltyCard
from promotions.models import Coupon, ProgramUsage
from tests.shop import Json, Shop, discount

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["proportional", "reprice"])
def shop(request) -> Shop:
    shop = Shop(return_policy=request.param)
    shop.products(A="100.00", B="5.00")
    shop.member("ann", points="200")
    return shop


@dataclass
class Life:
    """What an order says besides its lines, and what three A and two B then cost."""

    says: Callable[[Shop, Json], Json]
    total: str
    fields: Json


def nothing(shop: Shop, made: Json) -> Json:
    return {}


def coupon(shop: Shop, made: Json) -> Json:
    return {"codes": shop.admin.ok("POST", f"programs/{made['id']}/coupons", {"count": 1})["codes"]}


def claim(shop: Shop, made: Json) -> Json:
    reward = made["rewards"][0]["id"]
    return {"partner": "ann", "claims": [{"program": made["id"], "reward": reward}]}


LIVES = {
    "promotion": Life(nothing, "279.00", {"rewards": [discount("10")]}),
    "buy_x_get_y": Life(
        nothing,
        "210.00",
        {
            "rules": [{"products": ["A"]}],
            "rewards": [{"required_points": "2", "product": {"products": ["A"]}}],
        },
    ),
    "promo_code": Life(
        lambda shop, made: {"codes": ["summer"]},
        "279.00",
        {"rules": [{"code": "SUMMER"}], "rewards": [discount("10")]},
    ),
    "coupons": Life(coupon, "279.00", {"rewards": [discount("10")]}),
    "loyalty": Life(
        claim,
        "279.00",
        {
            "loyalty_program": "club",
            "rules": [{"reward_point_mode": "money"}],
            "rewards": [discount("10") | {"required_points": "100"}],
        },
    ),
}
BASKET = (("A", "3"), ("B", "2"))


def held() -> Any:
    """Everything that an order may use up."""
    return (
        list(ProgramUsage.objects.values_list("times", "amount")),
        list(Coupon.objects.values_list("points", flat=True)),
        list(LoyaltyCard.objects.values_list("points", flat=True)),
    )


@pytest.mark.parametrize("kind", LIVES)
@pytest.mark.parametrize(
    "steps",
    [
        None,
        [[("1", "3"), ("2", "2")]],
        [[("2", "1")], [("1", "1")], [("1", "2"), ("2", "1")]],
    ],
    ids=["cancel", "return", "in parts"],
)
def test_what_it_gives_comes_back_with_the_order(shop, kind, steps):
    life = LIVES[kind]
    made = shop.program(kind, limit_usage=1, **life.fields)
    says = life.says(shop, made)
    before = held()
    assert shop.quote(*BASKET, **says)["total"] == life.total
    assert held() == before
    answer = shop.commit(*BASKET, ref="R", **says)
    assert answer["total"] == life.total
    assert held() != before
    # The one use is gone.
    assert shop.quote(*BASKET)["total"] == "310.00"
    if steps is None:
        back = shop.till.ok("POST", "orders/R/cancel")
    for step in steps or ():
        back = shop.back("R", *step)
    assert back["refund_total"] == life.total
    assert held() == before
    assert shop.quote(*BASKET, **says)["total"] == life.total
