"""The sums of a chunk: by day and currency, by kind of points, by product; and the orders changed.

Everything adds, so that the sums of a back-test are those of its chunks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from promotions.backtests.orders import PastOrder
from promotions.engine.decision import Decision
from promotions.engine.definition import Program
from promotions.engine.wallet import Wallet
from promotions.orders.counting import used_programs

ZERO = Decimal(0)
_WRITE = """
INSERT INTO promotions_backtestorder (
  backtest_id, order_id, partner_id, day, currency, hit, counted, given, discount_before,
  discount_after, total_before, total_after, points)
SELECT %s::bigint, one.* FROM unnest(
  %s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::bool[], %s::bool[], %s::numeric[],
  %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[]) AS one
"""

#: Points earned and spent, by kind.
Moves = dict[int, tuple[Decimal, Decimal]]


@dataclass(slots=True)
class ChunkFigures:
    """What the draft changed in the orders of a chunk.

    `days`: by day and currency orders, hit, changed, given, discount before and after, sales
    before and after. `points`: by day and kind earned before and after, spent before and after.
    `products`: by currency and product units and how much more was taken off them. `coupons`: how
    many more would have been issued. `rows`: of the orders that were hit or changed.
    """

    program: Program
    days: dict[tuple[date, str], list[Any]] = field(default_factory=dict)
    points: dict[tuple[date, int], list[Decimal]] = field(default_factory=dict)
    products: dict[tuple[str, int], list[Decimal]] = field(default_factory=dict)
    coupons: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, order: PastOrder, before: Decision, after: Decision, *, counted: bool) -> bool:
        """Add an order and return whether the draft gave it something.

        `counted`: the order is one more use of the draft.
        """
        used = used_programs(after)
        hit = self.program.id in used
        given = used.get(self.program.id, ZERO)
        moved_before = _moves(before, order.wallet)
        moved_after = moved_before if before is after else _moves(after, order.wallet)
        issued = len(after.coupons_to_issue) - len(before.coupons_to_issue)
        changed = before is not after and (
            before.total != after.total or moved_before != moved_after or bool(issued)
        )
        self._add_day(order, before, after, given, hit=hit, changed=changed)
        self._add_points(order.day, moved_before, moved_after)
        self.coupons += issued
        if hit or changed:
            self._add_lines(order, before, after)
            kind = self.program.loyalty_program_id
            more = _net(moved_after, kind) - _net(moved_before, kind)
            self.rows.append(
                (
                    *(order.id, order.partner_id, order.day, after.currency),
                    *(hit, counted, given),
                    *(before.discount_total, after.discount_total),
                    *(before.total, after.total, more),
                )
            )
        return hit

    def _add_day(
        self,
        order: PastOrder,
        before: Decision,
        after: Decision,
        given: Decimal,
        *,
        hit: bool,
        changed: bool,
    ) -> None:
        sums = self.days.setdefault(
            (order.day, after.currency), [0, 0, 0, ZERO, ZERO, ZERO, ZERO, ZERO]
        )
        more = (
            *(1, int(hit), int(changed), given, before.discount_total, after.discount_total),
            *(before.total, after.total),
        )
        sums[:] = [one + other for one, other in zip(sums, more, strict=True)]

    def _add_points(self, day: date, before: Moves, after: Moves) -> None:
        nothing = (ZERO, ZERO)
        for kind in before.keys() | after.keys():
            sums = self.points.setdefault((day, kind), [ZERO] * 4)
            was, would = before.get(kind, nothing), after.get(kind, nothing)
            more = (was[0], would[0], was[1], would[1])
            sums[:] = [one + other for one, other in zip(sums, more, strict=True)]

    def _add_lines(self, order: PastOrder, before: Decision, after: Decision) -> None:
        lines = {line.line_id: line for line in order.cart.lines}
        for was, would in zip(before.lines, after.lines, strict=True):
            if was.discount != would.discount:
                line = lines[would.line_id]
                sums = self.products.setdefault((after.currency, line.product_id), [ZERO, ZERO])
                sums[0] += line.qty
                sums[1] += would.discount - was.discount

    def as_json(self) -> dict[str, Any]:
        """Return the sums as JSON data: rows that begin with what they are summed by."""
        return {
            "days": [[str(day), name, *_plain(sums)] for (day, name), sums in self.days.items()],
            "points": [
                [str(day), kind, *_plain(sums)] for (day, kind), sums in self.points.items()
            ],
            "products": [[name, key, *_plain(sums)] for (name, key), sums in self.products.items()],
            "coupons": self.coupons,
        }

    def write_rows(self, backtest_id: int) -> None:
        """Keep the orders that were hit or changed. Writes: backtestorder."""
        if self.rows:
            with connection.cursor() as cursor:
                columns = [list(one) for one in zip(*self.rows, strict=True)]
                cursor.execute(_WRITE, [backtest_id, *columns])


def _plain(sums: list[Any]) -> list[int | str]:
    return [one if isinstance(one, int) else str(one) for one in sums]


def _net(moves: Moves, kind: int | None) -> Decimal:
    """Return how many more points of a kind there are after the order."""
    earned, spent = moves.get(kind, (ZERO, ZERO)) if kind is not None else (ZERO, ZERO)
    return earned - spent


def _moves(decision: Decision, wallet: Wallet) -> Moves:
    """Return the points earned and spent, by kind; also those that pay, or that referrers get."""
    earned: dict[int, Decimal] = defaultdict(Decimal)
    spent: dict[int, Decimal] = defaultdict(Decimal)
    for one in decision.points:
        earned[one.loyalty_program_id] += one.earned
        spent[one.loyalty_program_id] += one.spent
    if decision.payments:
        cards = {one.id: one for one in (*wallet.cards, *wallet.cards_by_code.values())}
        for paid in decision.payments:
            spent[cards[paid.card_id].loyalty_program_id] += paid.points
    for referral in decision.referrals:
        if referral.loyalty_program_id is not None:
            earned[referral.loyalty_program_id] += referral.card_points
    return {
        kind: (earned[kind], spent[kind])
        for kind in earned.keys() | spent.keys()
        if earned[kind] or spent[kind]
    }
