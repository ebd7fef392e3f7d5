"""Opening the demo shop: stores, shelves, members, programs and coupons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from demo.programs import ensure_programs, program_in_force
from demo.shop.assortment import CURRENCY, STORES, ShopProduct
from demo.shop.people import ShopMember
from demo.shop.programs import CLUB, HELD, coupon_code, shop_programs
from loyalty.domain.terms import Expiry, RoundUp
from loyalty.services.upsert_level_path import upsert_level_path
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from loyalty.services.upsert_membership_product import upsert_membership_product
from loyalty.services.upsert_partner import upsert_partner
from promotions.catalog.input import PosConfigInput, ProductInput
from promotions.services.issue_coupons import issue_coupons
from promotions.services.upsert_pos_config import upsert_pos_config
from promotions.services.upsert_products import upsert_products

# Level, name, and what is spent in a year to reach it.
_LEVELS = (
    ("bronze", "Bronze", Decimal(0)),
    ("silver", "Silver", Decimal(250)),
    ("gold", "Gold", Decimal(600)),
)
# Members reach their levels in these days of the year, so that no level has run out yet.
_JOINING_DAYS = 300
_ZONE = ZoneInfo(STORES[0].time_zone)


def open_stores(products: Sequence[ShopProduct]) -> None:
    """Make the stores and what they sell."""
    for store in STORES:
        upsert_pos_config(
            pos_config=PosConfigInput(
                ref=store.ref, name=store.name, time_zone=store.time_zone, currency=CURRENCY
            )
        )
    upsert_products(
        products=[
            ProductInput(
                sku=product.sku,
                name=product.name,
                price=product.price,
                category=product.category,
                tags=product.tags,
            )
            for product in products
        ]
    )


def open_club() -> None:
    """Make the levels and the points: they last a year after they were gained, to a month's end."""
    for rank, (ref, name, threshold) in enumerate(_LEVELS, start=1):
        upsert_membership_product(ref=ref, name=name, rank=rank)
        upsert_level_path(
            ref=ref,
            membership_product=ref,
            threshold=threshold,
            sequence=rank,
            is_upgradable=True,
            is_downgradable=True,
        )
    upsert_loyalty_program(
        ref=CLUB,
        name="Punchcard Club",
        unit="points",
        point_decimals=2,
        expiry=Expiry.MONTHS,
        expiry_length=12,
        expiry_round_up=RoundUp.MONTH,
        time_zone=STORES[0].time_zone,
    )


def start_programs(first_day: date, at: datetime) -> None:
    """Make and publish the programs."""
    ensure_programs(shop_programs(first_day), at=at)


def join(member: ShopMember, number: int, first_day: date) -> None:
    """Make a member, who reached their level on some day of the year, with what they hold."""
    with transaction.atomic():
        saved = upsert_partner(
            ref=member.ref,
            name=member.name,
            email=member.email,
            phone=member.phone,
            membership=member.level,
            at=opening(first_day) + timedelta(days=int(_JOINING_DAYS * member.joined)),
        )
        for ref, held in HELD.items():
            program = program_in_force(ref) if member.level in held.levels else None
            if program is not None:
                issue_coupons(
                    program_id=program.id,
                    codes=[coupon_code(ref, number)],
                    points=held.points,
                    partner_id=saved.partner_id if held.in_name else None,
                    at=opening(first_day),
                )


def opening(day: date) -> datetime:
    """Return an instant of a day before the first store opens."""
    return datetime.combine(day, time(4), _ZONE)
