"""How programs performed, order by order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from promotions.catalog_store import catalog_of, store_facts
from promotions.engine.cart import PosFacts
from promotions.engine.definition import Program
from promotions.engine.scope import outside
from reporting.checking.records import Record, Return, records, undone_points
from reporting.checking.stayed import Stayed
from reporting.queries.period import GroupBy

Bucket = date | datetime
Key = tuple[Bucket, int, str]
MEASURES = (
    *("transactions", "order amount", "quantity", "amount", "discount"),
    *("points earned", "points redeemed"),
)
_DIGITS = Decimal("0.0001")


@dataclass(slots=True)
class ProgramTally:
    """Sums by time, program and currency, in the order of MEASURES; and what is no sum."""

    group_by: GroupBy
    sums: dict[Key, list[Decimal]] = field(default_factory=dict)
    in_force: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    stayed: Stayed = field(default_factory=Stayed)


def tally_programs(since: date, until: date, group_by: GroupBy) -> ProgramTally:
    """Return how programs performed on these days, both included."""
    tally, in_force = ProgramTally(group_by), _InForce()
    for order in records(since, until):
        undone = undone_points([order.key]) if order.returns and order.points else {}
        for at, orders, program_id, cells in _contributions(order, undone):
            local = at.astimezone(order.zone)
            if since <= local.date() <= until:
                bucket = cut(local, group_by)
                held = tally.sums.setdefault(
                    (bucket, program_id, order.currency), [Decimal(0)] * len(MEASURES)
                )
                for place, cell in enumerate((Decimal(orders), *cells)):
                    held[place] += cell
                if order.partner_id is not None:
                    tally.stayed.note((bucket, program_id), order.partner_id, order.key, orders)
        for at, orders in ((order.at, 1), *((one.at, -1) for one in given_back(order))):
            local = at.astimezone(order.zone)
            if since <= local.date() <= until:
                for program_id in in_force.of(order):
                    tally.in_force[cut(local, group_by), program_id, order.currency] += orders
    return tally


def cut(local: datetime, group_by: GroupBy) -> Bucket:
    """Return the start of the span that an instant of the store's clock lies in."""
    day = local.date()
    if group_by is GroupBy.HOUR:
        return local.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    if group_by is GroupBy.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if group_by is GroupBy.MONTH else day


def _contributions(
    order: Record, undone: dict[str, Decimal]
) -> Iterator[tuple[datetime, int, int, tuple[Decimal, ...]]]:
    """Yield what a sale and its returns add: when, orders, program, the other measures."""
    whole = {one.key for one in given_back(order)}
    for program_id in order.programs:
        given = order.discounts.get(program_id, {})
        lines = given or dict.fromkeys(order.lines, Decimal(0))
        moved = [one for one in order.points if one[1] == program_id]
        yield (
            order.at,
            1,
            program_id,
            (
                order.total,
                sum((order.lines[key].qty for key in lines), Decimal(0)),
                sum((order.lines[key].total for key in lines), Decimal(0)),
                sum(lines.values(), Decimal(0)),
                sum((points for _, _, kind, points in moved if kind != "spend"), Decimal(0)),
                sum((points for _, _, kind, points in moved if kind == "spend"), Decimal(0)),
            ),
        )
        so_far: dict[int, Decimal] = defaultdict(Decimal)
        for one in order.returns:
            qty = amount = discount = Decimal(0)
            for key, share in lines.items():
                units, refund = one.lines.get(key, (Decimal(0), Decimal(0)))
                bought, before = order.lines[key].qty, so_far[key]
                qty, amount = qty + units, amount + refund
                discount += _part(share, before + units, bought) - _part(share, before, bought)
                so_far[key] += units
            back = {
                spends: sum(
                    (
                        undone.get(f"return:{one.key}:{key}", Decimal(0))
                        for key, _, kind, _ in moved
                        if (kind == "spend") is spends
                    ),
                    Decimal(0),
                )
                for spends in (False, True)
            }
            yield (
                one.at,
                -int(one.key in whole),
                program_id,
                (
                    *(-one.refund, -qty, -amount, -discount),
                    *(-back[False], -back[True]),
                ),
            )


def given_back(order: Record) -> list[Return]:
    """Return the return by which the last unit came back, if there is one."""
    left = {key: line.qty for key, line in order.lines.items()}
    for one in order.returns:
        for key, (units, _refund) in one.lines.items():
            left[key] -= units
        if not any(left.values()) and any(units for units, _ in one.lines.values()):
            return [one]
    return []


def _part(discount: Decimal, units: Decimal, bought: Decimal) -> Decimal:
    return (discount * units / bought).quantize(_DIGITS, ROUND_HALF_UP)


@dataclass(slots=True)
class _Catalog:
    """The programs of one version; `turns`: the instants at which one begins or ends."""

    everywhere: dict[int, Program]
    others: dict[int, Program]
    turns: list[datetime]


class _InForce:
    """Which programs were in force at each sale.

    Between two instants at which a program begins or ends it is the same everywhere for those
    that are bound to no hours and no point of sale, so it is asked once.
    """

    def __init__(self) -> None:
        self._stores = store_facts()
        self._catalogs: dict[int, _Catalog] = {}
        self._held: dict[tuple[int, str, int, int], list[int]] = {}

    def of(self, order: Record) -> list[int]:
        """Return their ids."""
        store, catalog = self._stores[order.pos_id], self._catalog(order.version)
        between = (bisect_left(catalog.turns, order.at), bisect_right(catalog.turns, order.at))
        key = (order.version, store.currency, *between)
        if key not in self._held:
            self._held[key] = _open(catalog.everywhere, store, order.at)
        return self._held[key] + _open(catalog.others, store, order.at)

    def _catalog(self, version: int) -> _Catalog:
        held = self._catalogs.get(version)
        if held is None:
            programs = catalog_of(version).programs
            bound = {key for key, one in programs.items() if one.schedule or one.pos_configs}
            days = [(one.date_from, one.date_to) for one in programs.values()]
            held = self._catalogs[version] = _Catalog(
                {key: one for key, one in programs.items() if key not in bound},
                {key: one for key, one in programs.items() if key in bound},
                sorted({one for pair in days for one in pair if one is not None}),
            )
        return held


def _open(programs: dict[int, Program], store: PosFacts, at: datetime) -> list[int]:
    return [key for key, one in programs.items() if outside(one, store, at) is None]
