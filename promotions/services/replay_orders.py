"""Decide committed orders again and say where that differs from what they stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from promotions.models import AppliedReward, Order
from promotions.orders.replaying import Difference, PastCatalogs, differences

_BATCH = 200
# More would only be repeated: the first ones say what is wrong.
_MOST_TOLD = 100


@dataclass(slots=True)
class OrdersReplayed:
    """How many orders were decided again, how many differ, and the first differences."""

    orders: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)


def replay_orders(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    pos_ref: str | None = None,
    program_id: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> OrdersReplayed:
    """Decide orders again from what they stored and the versions they were decided by.

    `since`, `until`: instants of sale, `until` not included; `program_id`: orders it gave
    something; `progress`: called with orders done and their number. Raises: nothing.
    Writes: nothing; a batch is in memory at a time, and one catalog.
    Safe under: anything; orders made meanwhile are taken as they come.
    """
    wanted = _wanted(since, until, pos_ref, program_id)
    total = wanted.count() if progress else 0
    done, catalogs, last = OrdersReplayed(), PastCatalogs(), 0
    while batch := list(wanted.filter(pk__gt=last)[:_BATCH]):
        for order in batch:
            found = list(differences(order, catalogs.of(order.catalog_version)))
            done.orders += 1
            done.different += bool(found)
            done.differences += found[: _MOST_TOLD - len(done.differences)]
        last = batch[-1].pk
        if progress:
            progress(done.orders, total)
    return done


def _wanted(
    since: datetime | None, until: datetime | None, pos_ref: str | None, program_id: int | None
) -> QuerySet[Order]:
    """Return the orders asked for, by id, with the rows that are compared."""
    orders = Order.objects.order_by("pk").prefetch_related("lines", "rewards", "points_moved")
    if since is not None:
        orders = orders.filter(ordered_at__gte=since)
    if until is not None:
        orders = orders.filter(ordered_at__lt=until)
    if pos_ref is not None:
        orders = orders.filter(pos_config__ref=pos_ref)
    if program_id is not None:
        given = AppliedReward.objects.filter(order=OuterRef("pk"), program_id=program_id)
        orders = orders.filter(Exists(given))
    return orders
