"""Replaying baskets: one share of the households, in time order, through `commit_order`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from demo.claiming import Savings
from demo.groceries.calendar import Shift
from demo.groceries.habits import Habits
from demo.groceries.source import GroceryBasket, GrocerySource
from demo.groceries.stocking import CLUB, POINTS, coupon_code, household_ref, store_ref
from demo.known import do_not_wait_for_the_disk, known_orders
from promotions.orders.errors import ClaimRefused
from promotions.orders.receipt import Receipt
from promotions.orders.request import ClaimRequest, LineRequest, OrderRequest
from promotions.services.commit_order import commit_order

PREFIX = "journey-"
_REPORT_EVERY = 20


@dataclass(frozen=True, slots=True)
class Replay:
    """Which baskets of which tables are replayed, and when they are said to have been sold.

    `most`: at most so many, the earliest of all shares. `own_offers`: households use what the
    grocer's own programs give them, and bring some goods back.
    """

    folder: Path
    before: date
    shift: Shift
    most: int | None = None
    own_offers: bool = False


def replay(shard: int, shards: int, work: Replay, report: Callable[[int], None]) -> None:
    """Commit one share of the baskets; those that an earlier run committed are left out."""
    do_not_wait_for_the_disk()
    source = GrocerySource(work.folder)
    known = known_orders(PREFIX).keys()
    savings = Savings(program=CLUB, points=POINTS)
    habits = Habits() if work.own_offers else None
    done = 0
    baskets = source.baskets(before=work.before, most=work.most, shard=shard, shards=shards)
    for basket in baskets:
        if order_ref(basket) in known:
            continue
        commit_basket(basket, work.shift, savings, habits)
        done += 1
        if done == _REPORT_EVERY:
            report(done)
            done = 0
    report(done)


def order_ref(basket: GroceryBasket) -> str:
    """Return the reference of a basket's order."""
    return f"{PREFIX}{basket.id}"


def commit_basket(
    basket: GroceryBasket, shift: Shift, savings: Savings, habits: Habits | None = None
) -> Receipt:
    """Commit one basket as its till would have, and return the receipt."""
    partner = household_ref(basket.household)
    at = shift.instant(basket.sold_at)
    order = _order(basket, partner, savings.claims(partner, at))
    if habits is not None:
        order = habits.more_of(basket, order, at)
    try:
        receipt = commit_order(order=order, at=at, user_id=None).receipt
    except ClaimRefused:
        # Coupons left nothing that the points could take off; they are kept for the next time.
        order = msgspec.structs.replace(order, claims=())
        receipt = commit_order(order=order, at=at, user_id=None).receipt
    savings.learn(partner, receipt)
    if habits is not None:
        habits.after(basket, receipt, at)
    return receipt


def _order(basket: GroceryBasket, partner: str, claims: tuple[ClaimRequest, ...]) -> OrderRequest:
    return OrderRequest(
        ref=order_ref(basket),
        pos_config=store_ref(basket.store),
        partner=partner,
        codes=tuple(
            coupon_code(campaign, upc, basket.household) for campaign, upc in basket.redeemed
        ),
        claims=claims,
        lines=tuple(
            LineRequest(sku=line.sku, qty=line.qty, unit_price=line.unit_price)
            for line in basket.lines
        ),
    )
