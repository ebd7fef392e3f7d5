"""Who does which chunk, and what earlier chunks used of a draft that is limited."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q, Sum

from promotions.backtests.deciding import Worlds, decide
from promotions.backtests.draft import Draft
from promotions.backtests.figures import ChunkFigures
from promotions.backtests.orders import PastOrder, Span, orders_of
from promotions.engine.wallet import UsageFacts
from promotions.models import Backtest, BacktestChunk, BacktestOrder
from promotions.orders.counting import counted_programs, used_programs

_PARTNERS = """
SELECT partner_id, count(*) FROM promotions_backtestorder
WHERE backtest_id = %(backtest)s AND hit AND counted AND partner_id IN (
    SELECT partner_id FROM promotions_order
    WHERE (ordered_at, id) > (%(after_at)s, %(after_id)s)
      AND (ordered_at, id) <= (%(upto_at)s, %(upto_id)s))
GROUP BY 1
"""


def take_chunk(backtest: Backtest, *, in_turn: bool) -> BacktestChunk | None:
    """Lock a chunk that nobody is at until the transaction ends; None if there is none.

    `in_turn`: the first that is not done, or none while somebody is at it.
    """
    left = BacktestChunk.objects.filter(backtest=backtest, figures__isnull=True)
    if in_turn:
        first = left.aggregate(first=Min("number"))["first"]
        left = left.filter(number=first)
    return left.select_for_update(skip_locked=True).order_by("number").first()


def decide_chunk(
    backtest: Backtest, chunk: BacktestChunk, draft: Draft, worlds: Worlds
) -> ChunkFigures:
    """Decide the orders of a chunk twice and keep what differs.

    Writes: backtestorder, backtestchunk; in the transaction in which the chunk was taken.
    """
    figures = ChunkFigures(draft.program)
    uses = Uses.read(backtest, chunk) if draft.is_limited else None
    for order in orders_of(Span.of(backtest), chunk):
        used = None if uses is None else uses.of(order)
        before, after = decide(order, draft, worlds, used)
        programs = worlds.of(order.catalog_version)[1].programs
        counted = draft.program.id in counted_programs(after, programs)
        if figures.add(order, before, after, counted=counted) and uses is not None:
            uses.count(order, used_programs(after)[draft.program.id], counted=counted)
    figures.write_rows(backtest.pk)
    chunk.figures = figures.as_json()
    chunk.save(update_fields=["figures"])
    return figures


@dataclass(slots=True)
class Uses:
    """What the orders so far used of the draft's limits, as if nobody had used it before."""

    times: int
    amount: Decimal
    by_partner: dict[int, int]

    @classmethod
    def read(cls, backtest: Backtest, chunk: BacktestChunk) -> Uses:
        """Return what the chunks before used; of partners only those of this chunk."""
        hit = BacktestOrder.objects.filter(backtest=backtest, hit=True)
        sums = hit.aggregate(times=Count("pk", filter=Q(counted=True)), amount=Sum("given"))
        asked: dict[str, Any] = {
            "backtest": backtest.pk,
            "after_at": chunk.after_at,
            "after_id": chunk.after_id,
            "upto_at": chunk.upto_at,
            "upto_id": chunk.upto_id,
        }
        with connection.cursor() as cursor:
            cursor.execute(_PARTNERS, asked)
            partners: dict[int, int] = dict(cursor.fetchall())
        return cls(sums["times"], sums["amount"] or Decimal(0), partners)

    def of(self, order: PastOrder) -> UsageFacts:
        """Return what the engine is told before this order."""
        by_partner = self.by_partner.get(order.partner_id or 0, 0)
        return UsageFacts(times=self.times, times_by_partner=by_partner, amount=self.amount)

    def count(self, order: PastOrder, given: Decimal, *, counted: bool) -> None:
        """Count an order that the draft gave something.

        `counted`: it is one more use, not merely of a coupon that the draft gave out before.
        """
        self.amount += given
        self.times += counted
        if counted and order.partner_id is not None:
            self.by_partner[order.partner_id] = self.by_partner.get(order.partner_id, 0) + 1
