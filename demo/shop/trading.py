"""Selling a year of baskets through the very services that tills use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec

from demo.claiming import Savings
from demo.known import (
    do_not_wait_for_the_disk,
    known_orders,
    known_partners,
    open_coupons,
)
from demo.programs import program_in_force
from demo.shop.assortment import read_products
from demo.shop.opening import join
from demo.shop.people import MEMBER_PREFIX, ShopMember, invent_members
from demo.shop.plan import DAYS, PlannedOrder, plan_orders
from demo.shop.programs import CLUB, E_WALLET, HELD, NEXT_ORDER
from promotions.orders.errors import ClaimRefused
from promotions.orders.receipt import Receipt
from promotions.orders.request import ClaimRequest, LineRequest, OrderRequest
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
    counter = _Counter(members)
    done = 0
    for place, (at, order, is_return) in enumerate(_events(year.plan(), shard, shards)):
        if is_return:
            if known.get(order.ref, "committed") == "committed":
                return_order(ref=order.ref, quantities=_ONE_UNIT, at=at, user_id=None)
        elif order.ref not in known:
            counter.sell(order)
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
    for number in range(shard, len(members), shards):
        if members[number].ref not in known:
            join(members[number], number, year.first_day)
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


class _Counter:
    """What a till and its customers know beyond the plan: points saved, coupons in the pocket."""

    def __init__(self, members: tuple[ShopMember, ...]) -> None:
        self._members = members
        self._savings = Savings(program="punchcard-club", points=CLUB)
        self._pockets = open_coupons(NEXT_ORDER)
        wallet = program_in_force(E_WALLET)
        self._wallet = (
            (ClaimRequest(program=wallet.id, reward=wallet.rewards[0].id),) if wallet else ()
        )

    def sell(self, order: PlannedOrder) -> None:
        """Commit the order; what cannot be claimed after all is left for the next time."""
        member = self._members[order.member] if order.member is not None else None
        request = self._request(order, member)
        receipt = _commit(request, order.sold_at)
        if member is not None:
            self._savings.learn(member.ref, receipt)
            self._pocket(member.ref, receipt)

    def _pocket(self, partner: str, receipt: Receipt) -> None:
        """Put the coupons of a receipt with those the member has, and drop what was used."""
        used = {fate["code"] for fate in receipt["codes"] if fate["status"] == "applied"}
        kept = [code for code in self._pockets.get(partner, ()) if code not in used]
        self._pockets[partner] = kept + [issued["code"] for issued in receipt["coupons_issued"]]

    def _request(self, order: PlannedOrder, member: ShopMember | None) -> OrderRequest:
        codes = order.codes
        claims: tuple[ClaimRequest, ...] = ()
        if member is not None and order.redeems:
            codes += tuple(self._pockets.get(member.ref, ()))
            claims = self._savings.claims(member.ref, order.sold_at)
            if member.level in HELD[E_WALLET].levels:
                claims += self._wallet
        return OrderRequest(
            ref=order.ref,
            pos_config=order.store,
            partner=member.ref if member is not None else None,
            codes=codes,
            claims=claims,
            lines=tuple(LineRequest(sku=sku, qty=Decimal(qty)) for sku, qty in order.lines),
        )


def _commit(request: OrderRequest, at: datetime) -> Receipt:
    """Commit the order, without the claims that turn out not to be given.

    A better discount may stand against one, nothing be left to pay, an e-wallet be empty.
    """
    try:
        return commit_order(order=request, at=at, user_id=None).receipt
    except ClaimRefused as refusal:
        refused = refusal.facts["claims"]
        assert isinstance(refused, list)
        programs = {claim["program"] for claim in refused}
        kept = tuple(claim for claim in request.claims if claim.program not in programs)
        if len(kept) == len(request.claims):
            raise
        return _commit(msgspec.structs.replace(request, claims=kept), at)
