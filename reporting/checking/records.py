"""Orders with all that reports need of them, read table by table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q

from loyalty.models import PointOperation
from promotions.models import (
    AppliedReward,
    Coupon,
    LineDiscount,
    Order,
    OrderLine,
    OrderPoints,
    OrderReturn,
    OrderReturnLine,
    PosConfig,
)

AT_ONCE = 500


@dataclass(slots=True)
class Line:
    """A line of an order."""

    qty: Decimal
    total: Decimal
    discount: Decimal


@dataclass(slots=True)
class Return:
    """A return of an order: what came back of each line, and its refund; points that it undid."""

    key: int
    at: datetime
    refund: Decimal
    lines: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """An order. `discounts`: by program and line. `points`: (its id, program, kind, points)."""

    key: int
    partner_id: int | None
    pos_id: int
    currency: str
    version: int
    total: Decimal
    at: datetime
    zone: ZoneInfo
    lines: dict[int, Line] = field(default_factory=dict)
    programs: set[int] = field(default_factory=set)
    discounts: dict[int, dict[int, Decimal]] = field(default_factory=dict)
    points: list[tuple[int, int, str, Decimal]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)


def records(since: date, until: date) -> Iterator[Record]:
    """Yield the orders that were sold, or of which something came back, about these days."""
    opens = datetime.combine(since, time(), UTC) - timedelta(days=1)
    closes = datetime.combine(until, time(), UTC) + timedelta(days=2)
    span = (opens, closes)
    asked = Q(ordered_at__range=span) | Q(returns__returned_at__range=span)
    keys = list(Order.objects.filter(asked).order_by("id").distinct().values_list("pk", flat=True))
    zones = {pos.pk: ZoneInfo(pos.time_zone) for pos in PosConfig.objects.all()}
    for start in range(0, len(keys), AT_ONCE):
        yield from _read(keys[start : start + AT_ONCE], zones)


def undone_points(order_ids: Sequence[int]) -> dict[str, Decimal]:
    """Return how many points each return of these orders undid, by the operation's key."""
    keys = [
        f"return:{one}:{moved}"
        for order_id in order_ids
        for one in OrderReturn.objects.filter(order_id=order_id).values_list("pk", flat=True)
        for moved in OrderPoints.objects.filter(order_id=order_id).values_list("pk", flat=True)
    ]
    found = PointOperation.objects.filter(idempotency_key__in=keys)
    return {key: abs(points) for key, points in found.values_list("idempotency_key", "points")}


def _read(keys: list[int], zones: dict[int, ZoneInfo]) -> Iterable[Record]:
    found = {
        one.pk: Record(
            one.pk,
            one.partner_id,
            one.pos_config_id,
            one.currency,
            one.catalog_version,
            one.total,
            one.ordered_at,
            zones[one.pos_config_id],
        )
        for one in Order.objects.filter(pk__in=keys).order_by("pk").defer("evaluation")
    }
    lines = OrderLine.objects.filter(order_id__in=keys)
    for order_id, key, *cells in lines.values_list("order_id", "pk", "qty", "total", "discount"):
        found[order_id].lines[key] = Line(*cells)
    rewards = AppliedReward.objects.filter(order_id__in=keys)
    for order_id, program_id in rewards.values_list("order_id", "program_id"):
        found[order_id].programs.add(program_id)
    shares = LineDiscount.objects.filter(reward__order_id__in=keys)
    shared = shares.values_list("reward__order_id", "reward__program_id", "line_id", "amount")
    for order_id, program_id, line_id, amount in shared:
        by_line = found[order_id].discounts.setdefault(program_id, defaultdict(Decimal))
        by_line[line_id] += amount
    for moved in OrderPoints.objects.filter(order_id__in=keys):
        row = (moved.pk, moved.program_id, moved.kind, moved.points)
        found[moved.order_id].points.append(row)
        found[moved.order_id].programs.add(moved.program_id)
    coupons = Coupon.objects.filter(issued_by_id__in=keys)
    for order_id, program_id in coupons.values_list("issued_by_id", "program_id"):
        found[order_id].programs.add(program_id)
    returns: dict[int, Return] = {}
    back = OrderReturn.objects.filter(order_id__in=keys).order_by("pk")
    for order_id, key, at, refund in back.values_list("order_id", "pk", "returned_at", "refund"):
        returns[key] = Return(key, at, refund)
        found[order_id].returns.append(returns[key])
    units = OrderReturnLine.objects.filter(order_return_id__in=list(returns))
    for key, line_id, qty, refund in units.values_list(
        "order_return_id", "line_id", "qty", "refund"
    ):
        returns[key].lines[line_id] = (qty, refund)
    return found.values()
