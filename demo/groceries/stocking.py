"""Making the grocer: stores, shelves, households, the points club and the campaigns' coupons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Count

from core.progress import Bar
from demo.groceries.calendar import Shift
from demo.groceries.source import STORE_ZONE, GroceryCoupon, GroceryProduct, GrocerySource
from demo.programs import ensure_programs
from loyalty.domain.terms import Expiry, RoundUp
from loyalty.services.upsert_loyalty_program import upsert_loyalty_program
from loyalty.services.upsert_partner import upsert_partner
from promotions.catalog.input import PosConfigInput, ProductInput
from promotions.models import Coupon, PromotionProgram
from promotions.services.issue_coupons import issue_coupons
from promotions.services.upsert_pos_config import upsert_pos_config
from promotions.services.upsert_products import MAX_PRODUCTS, upsert_products

CURRENCY = "USD"
POINTS = "journey-points"
HOUSEHOLD = "household-"
CLUB = "journey-club"
# The points that take 5.00 off.
POINTS_FOR_FIVE = 250
_COUPONS_AT_ONCE = 1_000
_PROGRAMS_AT_ONCE = 100

T = TypeVar("T")


def store_ref(store: int) -> str:
    """Return the reference of a store."""
    return f"journey-{store}"


def household_ref(household: int) -> str:
    """Return the reference of a household."""
    return f"{HOUSEHOLD}{household}"


def coupon_program_ref(campaign: int, upc: int) -> str:
    """Return the reference of the program of a coupon in a campaign."""
    return f"journey-{campaign}-{upc}"


def coupon_code(campaign: int, upc: int, household: int) -> str:
    """Return the code on the copy of a coupon that was mailed to a household."""
    return f"J{campaign}-{upc}-{household}"


def stock(source: GrocerySource, bar: Bar) -> None:
    """Make the stores and all products."""
    for store in source.stores():
        upsert_pos_config(
            pos_config=PosConfigInput(
                ref=store_ref(store),
                name=f"Grocery store {store}",
                time_zone=STORE_ZONE,
                currency=CURRENCY,
            )
        )
    for batch in _batches(source.products(), MAX_PRODUCTS):
        upsert_products(products=[_product(one) for one in batch])
        bar.advance(len(batch))


def enrol(source: GrocerySource, at: datetime, bar: Bar) -> None:
    """Make the households."""
    for household in source.households():
        upsert_partner(ref=household_ref(household), name=f"Household {household}", at=at)
        bar.advance()


def open_club(source: GrocerySource, at: datetime) -> None:
    """Make the points and their program: a point for every dollar, 250 points for 5 off.

    The data knows no points. These are the store's own, so that the year has some.
    """
    upsert_loyalty_program(
        ref=POINTS,
        name="Journey points",
        unit="points",
        point_decimals=2,
        expiry=Expiry.MONTHS,
        expiry_length=12,
        expiry_round_up=RoundUp.MONTH,
        time_zone=STORE_ZONE,
    )
    club = {
        "ref": CLUB,
        "name": "Journey club",
        "program_type": "loyalty",
        "loyalty_program": POINTS,
        "currency": CURRENCY,
        "date_from": at.isoformat(),
        "pos_configs": [store_ref(store) for store in source.stores()],
        "rules": [{"reward_point_mode": "money", "reward_point_amount": "1"}],
        "rewards": [
            {
                "required_points": str(POINTS_FOR_FIVE),
                "discount": {"mode": "fixed", "value": "5"},
                "description": f"5 off for {POINTS_FOR_FIVE} points",
            }
        ],
    }
    ensure_programs([club], at=at)


def run_campaigns(
    source: GrocerySource, shift: Shift, before: date, at: datetime, bar: Bar
) -> None:
    """Make and mail every coupon of the campaigns begun before a day: a program for each."""
    for batch in _batches(source.coupons(before=before), _PROGRAMS_AT_ONCE):
        ensure_programs((_program(one, shift) for one in batch), at=at)
        refs = [coupon_program_ref(one.campaign, one.upc) for one in batch]
        # Counted, not remembered: a run before may have been stopped between program and coupons.
        programs = PromotionProgram.objects.filter(ref__in=refs).exclude(state="archived")
        counted = programs.annotate(mailed=Count("coupons")).values_list("ref", "pk", "mailed")
        mailed = {ref: (key, count) for ref, key, count in counted}
        for ref, one in zip(refs, batch, strict=True):
            program_id, count = mailed.get(ref, (0, len(one.held_by)))
            if count < len(one.held_by):
                _mail(one, program_id, at)
            bar.advance()


def _product(one: GroceryProduct) -> ProductInput:
    return ProductInput(
        sku=one.sku,
        name=one.name,
        price=one.price,
        category=one.path or None,
        tags=(one.brand,),
    )


def _program(one: GroceryCoupon, shift: Shift) -> dict[str, Any]:
    return {
        "ref": coupon_program_ref(one.campaign, one.upc),
        "name": f"Campaign {one.campaign} ({one.campaign_type}), coupon {one.upc}",
        "program_type": "coupons",
        "currency": CURRENCY,
        "date_from": shift.start_of(one.first_day).isoformat(),
        "date_to": shift.end_of(one.last_day).isoformat(),
        "rewards": [
            {
                "discount": {
                    "mode": "fixed",
                    "value": str(one.value),
                    "applies_to": "specific",
                    "products": list(one.products),
                }
            }
        ],
    }


def _mail(one: GroceryCoupon, program_id: int, at: datetime) -> None:
    there = set(Coupon.objects.filter(program_id=program_id).values_list("code", flat=True))
    held = (coupon_code(one.campaign, one.upc, household) for household in one.held_by)
    codes = (code for code in held if code not in there)
    for batch in _batches(codes, _COUPONS_AT_ONCE):
        issue_coupons(program_id=program_id, codes=batch, at=at)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
