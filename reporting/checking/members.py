"""How members of each level came, bought and moved, and what happened to points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from django.conf import settings

from loyalty.models import Membership, PointHistory, PointOperation
from reporting.checking.programs import Bucket, cut, given_back
from reporting.checking.records import AT_ONCE, records
from reporting.checking.stayed import Stayed
from reporting.queries.period import GroupBy

LEVEL_MEASURES = ("new members", "upgraded", "downgraded", "points earned", "points redeemed")
Level = tuple[Bucket, int]


@dataclass(frozen=True, slots=True)
class Move:
    """An operation of the ledger; `level` 0: of a member without one."""

    operation_id: int
    local: datetime
    kind: str
    points: Decimal
    balance: Decimal
    level: int
    earned: Decimal
    redeemed: Decimal


@dataclass(slots=True)
class LevelTally:
    """Sums by time and level in the order of LEVEL_MEASURES; purchases by currency, too."""

    sums: dict[Level, list[Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: [Decimal(0)] * len(LEVEL_MEASURES))
    )
    bought: dict[tuple[Bucket, int, str], dict[int, tuple[int, Decimal]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    stayed: Stayed = field(default_factory=Stayed)


def tally_levels(since: date, until: date, group_by: GroupBy) -> LevelTally:
    """Return how levels did on these days, both included."""
    tally, held = LevelTally(), _memberships()
    zone = ZoneInfo(settings.TIME_ZONE)
    for rows in held.values():
        before: int | None = None
        for start, _closed, level, rank in rows:
            local = start.astimezone(zone)
            if since <= local.date() <= until:
                sums = tally.sums[cut(local, group_by), level]
                sums[0 if before is None else 1 if rank > before else 2] += (
                    1 if before is None or rank != before else 0
                )
            before = rank
    for order in records(since, until):
        if order.partner_id is None:
            continue
        level = next(
            (
                level
                for start, closed, level, _rank in held.get(order.partner_id, [])
                if start < order.at and (closed is None or closed >= order.at)
            ),
            0,
        )
        whole = {one.key for one in given_back(order)}
        moves = [(one.at, -int(one.key in whole), -one.refund) for one in order.returns]
        for at, orders, amount in ((order.at, 1, order.total), *moves):
            local = at.astimezone(order.zone)
            if since <= local.date() <= until:
                key = (cut(local, group_by), level, order.currency)
                by_partner = tally.bought[key]
                so_far = by_partner.get(order.partner_id, (0, Decimal(0)))
                by_partner[order.partner_id] = (so_far[0] + orders, so_far[1] + amount)
                tally.stayed.note(key, order.partner_id, order.key, orders)
    for move in moves_of_points(since, until):
        sums = tally.sums[cut(move.local, group_by), move.level]
        sums[3] += move.earned
        sums[4] += move.redeemed
    return tally


def moves_of_points(since: date, until: date) -> Iterator[Move]:
    """Yield the operations that moved points on these days of their program."""
    opens = datetime.combine(since, time(), UTC) - timedelta(days=1)
    closes = datetime.combine(until, time(), UTC) + timedelta(days=2)
    found = PointOperation.objects.filter(transaction_time__range=(opens, closes))
    found = found.exclude(points=0).select_related("card__loyalty_program", "reverses")
    for some in _batched(found.order_by("pk").iterator(AT_ONCE)):
        levels = _levels_of([one.pk for one in some])
        for one in some:
            local = one.transaction_time.astimezone(ZoneInfo(one.card.loyalty_program.time_zone))
            if since <= local.date() <= until:
                yield _move(one, local, levels.get(one.pk) or 0)


def _move(one: PointOperation, local: datetime, level: int) -> Move:
    counts_as = one.reverses.kind if one.kind == "reverse" and one.reverses else one.kind
    earned = one.points if counts_as == "earn" else Decimal(0)
    redeemed = -one.points if counts_as == "redeem" else Decimal(0)
    return Move(one.pk, local, one.kind, one.points, one.balance_after, level, earned, redeemed)


def _batched(found: Iterator[PointOperation]) -> Iterator[list[PointOperation]]:
    """Yield some at a time."""
    while some := list(islice(found, AT_ONCE)):
        yield some


def _levels_of(operation_ids: list[int]) -> dict[int, int | None]:
    """Return the member's level at each operation, as its first row of the journal has it."""
    rows = PointHistory.objects.filter(operation_id__in=operation_ids)
    first = rows.order_by("operation_id", "pk").distinct("operation_id")
    return dict(first.values_list("operation_id", "status_membership_product_id"))


def _memberships() -> dict[int, list[tuple[datetime, datetime | None, int, int]]]:
    """Return when each member came to which level, until when, and its rank."""
    rows = Membership.objects.order_by("partner_id", "membership_start", "pk").values_list(
        "partner_id",
        "membership_start",
        "closed_at",
        "membership_product_id",
        "membership_product__rank",
    )
    return {
        partner_id: [(start, closed, level, rank) for _, start, closed, level, rank in found]
        for partner_id, found in groupby(rows, key=lambda row: row[0])
    }
