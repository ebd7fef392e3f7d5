"""Selling a year of baskets through the very services that tills use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from demo.claiming import Savings
from demo.known import do_not_wait_for_the_disk, known_orders, known_partners
from demo.shop.assortment import read_products
from demo.shop.opening import join
from demo.shop.people import MEMBER_PREFIX, ShopMember, invent_members
from demo.shop.plan import DAYS, PlannedOrder, plan_orders
from demo.shop.programs import CLUB
from promotions.orders.errors import ClaimRefused
from promotions.orders.request import LineRequest, OrderRequest
from promotions.services.commit_order import commit_order
from promotions.services.return_order import return_order

PREFIX = "demo-"
_REPORT_EVERY = 25
_ONE_UNIT = (("1", Decimal(1)),)


@dataclass(frozen=True, slots=True)
class ShopYear:
    """What decides every basket: the same year is the same shop."""

    seed: int
    members: int
    orders: int
    last_day: date

    @property
    def first_day(self) -> date:
        """The first day of the year."""
        return self.last_day - timedelta(days=DAYS - 1)

    def people(self) -> tuple[ShopMember, ...]:
        """Return the members."""
        return invent_members(self.members, self.seed)

    def plan(self) -> tuple[PlannedOrder, ...]:
        """Return the baskets, in time order."""
        return plan_orders(
            count=self.orders,
            products=read_products(),
            members=self.people(),
            last_day=self.last_day,
            seed=self.seed,
        )


def trade(shard: int, shards: int, year: ShopYear, report: Callable[[int], None]) -> None:
    """Enrol a share of the members, commit their baskets and take some goods back, in time order.

    What an earlier run did is left out.
    """
    do_not_wait_for_the_disk()
    members = year.people()
    _enrol(members, shard, shards, year, report)
    known = known_orders(PREFIX)
    savings = Savings(program="punchcard-club", points=CLUB)
    done = 0
    for place, (at, order, is_return) in enumerate(_events(year.plan(), shard, shards)):
        if is_return:
            if known.get(order.ref, "committed") == "committed":
                return_order(ref=order.ref, quantities=_ONE_UNIT, at=at, user_id=None)
        elif order.ref not in known:
            _sell(order, members, savings)
            done += 1
        if done and place % _REPORT_EVERY == 0:
            report(done)
            done = 0
    report(done)


def _enrol(
    members: tuple[ShopMember, ...],
    shard: int,
    shards: int,
    year: ShopYear,
    report: Callable[[int], None],
) -> None:
    known = known_partners(MEMBER_PREFIX)
    now = timezone.now()
    for number in range(shard, len(members), shards):
        if members[number].ref not in known:
            join(members[number], number, year.first_day, now)
            report(1)


def _events(
    orders: tuple[PlannedOrder, ...], shard: int, shards: int
) -> list[tuple[datetime, PlannedOrder, bool]]:
    """Return the sales and returns of one share in time order."""
    events = []
    for number, order in enumerate(orders):
        if (order.member if order.member is not None else number) % shards != shard:
            continue
        events.append((order.sold_at, order, False))
        if order.returned_at is not None:
            events.append((order.returned_at, order, True))
    return sorted(events, key=lambda event: event[0])


def _sell(order: PlannedOrder, members: tuple[ShopMember, ...], savings: Savings) -> None:
    partner = members[order.member].ref if order.member is not None else None
    claims = savings.claims(partner, order.sold_at) if partner and order.redeems else ()
    request = OrderRequest(
        ref=order.ref,
        pos_config=order.store,
        partner=partner,
        codes=order.codes,
        claims=claims,
        lines=tuple(LineRequest(sku=sku, qty=Decimal(qty)) for sku, qty in order.lines),
    )
    try:
        receipt = commit_order(order=request, at=order.sold_at, user_id=None).receipt
    except ClaimRefused:
        # Another whole-order discount was the better one, or nothing was left to pay.
        without = OrderRequest(
            ref=order.ref,
            pos_config=order.store,
            partner=partner,
            codes=order.codes,
            lines=request.lines,
        )
        receipt = commit_order(order=without, at=order.sold_at, user_id=None).receipt
    if partner is not None:
        savings.learn(partner, receipt)
