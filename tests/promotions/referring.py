"""A shop whose members bring new customers."""

from __future__ import annotations

from decimal import Decimal

from loyalty.models import LoyaltyCard
from tests.shop import Json, Shop, discount


def a_shop() -> Shop:
    shop = Shop()
    shop.products(A="100.00", B="5.00")
    shop.admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    for who in ("ann", "bob"):
        shop.member(who)
    return shop


def bring_a_friend(shop: Shop, **fields: object) -> Json:
    """10 % for the friend, 50 points for the referrer."""
    return shop.program(
        "referral",
        name="Bring a friend",
        loyalty_program="club",
        rules=[{"minimum_amount": "20"}],
        rewards=[discount("10"), {"reward_type": "point", "points": {"amount": "50"}}],
        **fields,
    )


def code_of(shop: Shop, who: str = "ann") -> str:
    return str(shop.till.ok("GET", f"partners/{who}/referral-code")["code"])


def points_of(who: str) -> Decimal:
    card = LoyaltyCard.objects.filter(partner__ref=who).first()
    return Decimal(0) if card is None else card.points
