"""A shop with a program of every type, whose orders come back in every way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st

from loyalty.models import LoyaltyCard
from promotions.models import Coupon, Order, OrderReturn, PartnerUsage, ProgramUsage, Referral
from promotions.offline.sale import OfflineSale
from promotions.orders.request import parse_order
from promotions.services.cancel_order import cancel_order
from promotions.services.commit_order import commit_order
from promotions.services.quote_order import quote_order
from promotions.services.return_order import return_order
from tests.shop import Json, Shop, discount

PRICES = {"A": "10.00", "B": "3.33", "C": "0.99", "D": "47.50", "GIFT": "25.00", "TOP": "20.00"}
LIMITS: Json = {"limit_usage": 9, "budget": "900.00"}
BASKETS = st.dictionaries(
    st.sampled_from(sorted(PRICES)), st.integers(1, 4), min_size=1, max_size=5
)


@dataclass
class ReturnsShop:
    """The shop: `claims` by name of what they claim, `codes` by name of what is behind them."""

    shop: Shop
    claims: dict[str, Json]
    codes: dict[str, str]


def open_shop() -> ReturnsShop:
    """Set the shop up over REST: Ann is a member with points, money and codes; Bob is new."""
    shop = Shop()
    shop.admin.ok("PUT", "pos-configs/reprice", {"name": "R", "return_policy": "reprice"})
    shop.products(**PRICES)
    shop.member("ann", points="300")
    shop.member("bob")
    for kind in ("gift", "wallet"):
        shop.admin.ok("PUT", f"loyalty-programs/{kind}", {"name": kind})
    wallet = {"loyalty_program": "wallet", "partner": "ann"}
    shop.admin.ok("PUT", "cards/wallet-ann", wallet)
    shop.admin.ok("POST", "cards/wallet-ann/earn", {"points": "30", "origin": "opening"})
    made = {name: shop.program(**fields, **LIMITS) for name, fields in PROGRAMS.items()}
    claims = {
        name: {"program": made[name]["id"], "reward": made[name]["rewards"][place]["id"]}
        for name, place in (("club", 0), ("points", 0), ("wallet", 0))
    }
    codes = {"promo": "THREE", "unknown": "NOBODY"}
    for name, points in (("coupon", "1"), ("again", "2"), ("gift", "40")):
        body = {"count": 1, "points": points}
        answer = shop.admin.ok("POST", f"programs/{made[name]['id']}/coupons", body)
        codes[name] = answer["codes"][0]
    codes["friend"] = shop.till.ok("GET", "partners/ann/referral-code")["code"]
    return ReturnsShop(shop, claims, codes)


PROGRAMS: dict[str, Json] = {
    "off": {"program_type": "promotion", "rewards": [discount("7.5")]},
    "each": {
        "program_type": "promotion",
        "limit_per_partner": 5,
        "rules": [{"products": ["D"], "minimum_amount": "50"}],
        "rewards": [discount("12.5", applies_to="specific", products=["D", "C"])],
    },
    "two_for_one": {
        "program_type": "buy_x_get_y",
        "rules": [{"products": ["A"], "reward_point_mode": "unit"}],
        "rewards": [{"required_points": "2", "product": {"products": ["A"]}}],
    },
    "extra": {
        "program_type": "buy_x_get_y",
        "rules": [{"products": ["D"], "reward_point_mode": "unit"}],
        "rewards": [{"required_points": "2", "product": {"products": ["C"], "placement": "extra"}}],
    },
    "set": {
        "program_type": "promotion",
        "rewards": [
            {
                "special_set": {
                    "slots": [{"products": ["B"], "qty": "2"}, {"products": ["C"], "qty": "1"}],
                    "price": "5.00",
                }
            }
        ],
    },
    "promo": {
        "program_type": "promo_code",
        "rules": [{"code": "THREE", "minimum_amount": "9"}],
        "rewards": [discount("3", "fixed", "specific", products=["B", "D"])],
    },
    "coupon": {
        "program_type": "coupons",
        "rewards": [discount("15", applies_to="cheapest")],
    },
    "again": {
        "program_type": "next_order_coupons",
        "rules": [{"products": ["A", "D"], "minimum_amount": "20"}],
        "rewards": [discount("1.50", "fixed") | {"required_points": "1"}],
        "exclusion_group": None,
    },
    "club": {
        "program_type": "loyalty",
        "loyalty_program": "club",
        "rules": [{"reward_point_mode": "money", "reward_point_amount": "1.5"}],
        "rewards": [discount("4", "fixed") | {"required_points": "30"}],
        "exclusion_group": None,
    },
    "points": {
        "program_type": "loyalty",
        "loyalty_program": "club",
        "rules": [{"products": ["B"], "reward_point_mode": "unit", "reward_point_amount": "2"}],
        "rewards": [discount("0.07", "per_point") | {"required_points": "10"}],
    },
    "bonus": {
        "program_type": "promotion",
        "loyalty_program": "club",
        "rules": [{"products": ["C"]}],
        "rewards": [{"reward_type": "point", "points": {"amount": "11"}}],
    },
    "gift": {
        "program_type": "gift_card",
        "loyalty_program": "gift",
        "rules": [{"products": ["GIFT"], "reward_point_mode": "money"}],
    },
    "wallet": {
        "program_type": "ewallet",
        "loyalty_program": "wallet",
        "rules": [{"products": ["TOP"], "reward_point_mode": "money"}],
    },
    "friend": {
        "program_type": "referral",
        "loyalty_program": "club",
        "rewards": [
            discount("5"),
            {"reward_type": "point", "points": {"amount": "40"}},
        ],
        "exclusion_group": None,
    },
}
for _name, _fields in PROGRAMS.items():
    _fields["name"] = _name


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sell(body: Json, at: datetime, *, charged: str | None = None) -> Json:
    """Commit an order; `charged`: so much of its total was charged by a till without a line."""
    order = parse_order(orjson.dumps(body))
    sale = None
    if charged is not None:
        quoted = quote_order(order=order, at=at, explain=False).receipt
        total = Decimal(quoted["total"])
        if total >= 0:  # nobody is charged for a basket that is worth less than nothing
            sale = OfflineSale(quoted["catalog_version"], round(total * Decimal(charged), 2))
    return commit_order(order=order, at=at, user_id=None, sale=sale).receipt


def take_back(ref: str, step: dict[str, Decimal] | None) -> Json:
    """Return units of an order, or cancel it."""
    at = timezone.now()
    if step is None:
        return cancel_order(ref=ref, at=at, user_id=None).receipt
    return return_order(ref=ref, quantities=list(step.items()), at=at, user_id=None).receipt


def books() -> dict[str, Any]:
    """Return everything that orders use up and make, which comes back with them."""
    return {
        "cards": sorted(LoyaltyCard.objects.values_list("pk", "points", "debt")),
        "coupons": sorted(
            Coupon.objects.filter(withdrawn_at__isnull=True).values_list("pk", "points")
        ),
        "uses": sorted(ProgramUsage.objects.values_list("pk", "times", "amount")),
        "by customer": sorted(PartnerUsage.objects.filter(times__gt=0).values_list("pk", "times")),
        "referrals": sorted(
            Referral.objects.exclude(status="withdrawn").values_list("pk", "status")
        ),
    }


def ended(ref: str) -> dict[str, Any]:
    """Return what an order that came back ended with, to the cent."""
    order = Order.objects.get(ref=ref)
    answers = list(OrderReturn.objects.filter(order=order).order_by("pk"))
    totals = {
        key: sum((Decimal(one.summary[key]) for one in answers), Decimal(0))
        for key in ("refund", "refund_to_cards", "refund_due")
    }
    return {"refund_total": order.refund_total, "status": order.status, **totals}
