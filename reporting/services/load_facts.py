"""Turning orders, returns and moves of points into facts and summaries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from reporting.archive.archived import last_archived_month, not_archived
from reporting.facts import orders, points, promotions
from reporting.facts.force import force_sets_of
from reporting.facts.months import CALENDAR
from reporting.facts.summaries import lock_facts
from reporting.facts.version import note_change

Ids = list[int]
Pair = tuple[Ids, Ids]
# Only those with rows: an old order may come with one of today.
_MONTHS = """
SELECT count(*), coalesce(array_agg(DISTINCT date_trunc('month', at, 'UTC')) FILTER (
    WHERE at >= %(opens)s AND at < %(closes)s), '{}')
FROM (
    SELECT ordered_at AS at FROM promotions_order WHERE id = ANY(%(orders)s::bigint[])
    UNION ALL
    SELECT returned_at FROM promotions_orderreturn WHERE id = ANY(%(returns)s::bigint[])
    UNION ALL
    SELECT transaction_time FROM loyalty_pointoperation WHERE id = ANY(%(operations)s::bigint[])
) AS moments
"""
_MAKE_PARTITIONS = (
    "SELECT report_make_partitions(month, month) FROM unnest(%s::timestamptz[]) AS month"
)
_ORDERS_OF_RETURNS = (
    "SELECT id, order_id FROM promotions_orderreturn WHERE id = ANY(%s) ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class FactsLoaded:
    """How many rows were new: per line and program, per order or return, per ledger operation."""

    promotion_facts: int
    order_facts: int
    point_facts: int

    def __add__(self, other: FactsLoaded) -> FactsLoaded:
        return FactsLoaded(
            self.promotion_facts + other.promotion_facts,
            self.order_facts + other.order_facts,
            self.point_facts + other.point_facts,
        )


def load_facts(
    *,
    order_ids: Collection[int] = (),
    return_ids: Collection[int] = (),
    operation_ids: Collection[int] = (),
) -> FactsLoaded:
    """Write the facts of these orders, returns and ledger operations that are not there yet.

    Raises: nothing of its own; ids that do not exist, or are in an archive, are passed over.
    Writes: the details, their summaries, program_force_set, report_change; partitions if missing.
    Safe under: replay and concurrency, a fact is unique and only new facts are summed up.
    """
    sold, back, moved = sorted(order_ids), sorted(return_ids), sorted(operation_ids)
    with transaction.atomic(), connection.cursor() as cursor:
        lock_facts(exclusively=False)
        known, months = _months(sold, back, moved)
        if not known:
            return FactsLoaded(0, 0, 0)
        by_line, by_order = (sold, back), (sold, back)
        if (archived := last_archived_month()) and any(one.date() <= archived for one in months):
            by_line, by_order, moved = _not_in_files(sold, back, moved)
        cursor.execute(_MAKE_PARTITIONS, (months,))
        promotion_facts = order_facts = point_facts = 0
        if by_line[0]:
            promotion_facts += _run(promotions.SALES + promotions.SUMMARISE, {"ids": by_line[0]})
        if by_order[0]:
            sets = force_sets_of(by_order[0])
            asked = {"ids": list(sets), "force_sets": list(sets.values())}
            order_facts += _run(orders.SALES + orders.SUMMARISE, asked)
        if by_line[1]:
            promotion_facts += _run(promotions.RETURNS + promotions.SUMMARISE, {"ids": by_line[1]})
        if by_order[1]:
            order_facts += _run(orders.RETURNS + orders.SUMMARISE, _with_force_sets(by_order[1]))
        if moved:
            point_facts += _run(points.OPERATIONS + points.SUMMARISE, {"ids": moved})
        if promotion_facts or order_facts or point_facts:
            note_change()
    return FactsLoaded(promotion_facts, order_facts, point_facts)


def _months(sold: Ids, back: Ids, moved: Ids) -> tuple[int, list[datetime]]:
    """Return how many of these there are, and in which months of the calendar they fall."""
    opens, closes = CALENDAR
    asked = {"orders": sold, "returns": back, "operations": moved}
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {**asked, "opens": opens, "closes": closes})
        known, months = cursor.fetchone()
    return known, months


def _not_in_files(sold: list[int], back: list[int], moved: list[int]) -> tuple[Pair, Pair, Ids]:
    """Return the sales and returns by line, by order, and the operations that are in no archive.

    The kinds of details go into files one after the other, so each is asked for itself.
    """
    by_line, by_order = (
        (not_archived(sold, "sales", relation), not_archived(back, "returns", relation))
        for relation in ("promotion_report_detail", "order_report_detail")
    )
    return by_line, by_order, not_archived(moved, "operations", "point_report_detail")


def _with_force_sets(return_ids: list[int]) -> dict[str, list[int]]:
    """Return what the facts of returns are made from: each with its order's set of programs."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS_OF_RETURNS, (return_ids,))
        rows = cursor.fetchall()
    sets = force_sets_of(sorted({order_id for _, order_id in rows}))
    return {
        "ids": [return_id for return_id, _ in rows],
        "force_sets": [sets[order_id] for _, order_id in rows],
    }


def _run(sql: str, arguments: dict[str, list[int]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return int(cursor.fetchone()[0])
