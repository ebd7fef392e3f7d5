"""Orders and returns one by one, from the details: all of a period, or those of one program.

Of a program: those it had a part in, with the amount and discount of its matching lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from reporting.queries.period import Page, Period
from reporting.queries.streaming import stream

# Stores have their own days: the span is cut by each store's clock, and once more, wider, by the
# instant, which the partitions and their indexes are made for.
_WITHIN = """
    transaction_date >= %(since)s::timestamp - interval '1 day'
    AND transaction_date < %(until)s::timestamp + interval '1 day'
    AND local_time >= %(since)s AND local_time < %(until)s
    AND (%(stores)s::bigint[] IS NULL OR pos_config_id = ANY(%(stores)s))
"""
_ALL = f"""
SELECT order_id, order_ref, kind, source_id, pos_config_id, transaction_date, local_time,
       currency, amount, discount
FROM order_report_detail WHERE {_WITHIN}
"""  # noqa: S608 - the parts are constants of this file
_OF_PROGRAMS = f"""
SELECT order_id, order_ref, kind, source_id, pos_config_id, max(transaction_date),
       max(local_time), currency, sum(amount), sum(discount)
FROM promotion_report_detail WHERE program_id = ANY(%(programs)s::bigint[]) AND {_WITHIN}
GROUP BY order_id, order_ref, kind, source_id, pos_config_id, currency
"""  # noqa: S608
_COUNT = "SELECT count(*) FROM ({facts}) AS one"
_PAGE = """
SELECT f.order_id, f.order_ref, f.kind, pos.ref, pos.name, f.at, f.local_time, f.currency,
       f.amount, f.discount
FROM ({facts}) AS f(order_id, order_ref, kind, source_id, pos_config_id, at, local_time, currency,
                    amount, discount)
JOIN promotions_posconfig pos ON pos.id = f.pos_config_id
ORDER BY f.at DESC, f.order_id DESC, f.kind, f.source_id DESC
LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """An order, or a return of one with minus signs; `kind`: sale or return.

    `local_time`: the store's wall clock.
    """

    order_id: int
    order_ref: str
    kind: str
    pos_config: str
    pos_config_name: str
    transaction_date: datetime
    local_time: datetime
    currency: str
    amount: Decimal
    discount: Decimal


def reported_orders(
    period: Period,
    *,
    program_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
    page: int = 1,
    per_page: int = 100,
) -> Page[ReportedOrder]:
    """Return one page of orders and returns, the newest first; at most two statements."""
    asked = _asked(period, program_ids, pos_config_ids)
    asked |= {"limit": per_page, "offset": (page - 1) * per_page}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(facts=_facts(program_ids)), asked)
        rows = [ReportedOrder(*row) for row in cursor.fetchall()]
    total = len(rows)
    if page > 1 or total == per_page:
        total = count_reported_orders(
            period, program_ids=program_ids, pos_config_ids=pos_config_ids
        )
    return Page(rows, page, per_page, total)


def each_reported_order(
    period: Period,
    *,
    program_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
) -> Iterator[ReportedOrder]:
    """Yield all of them in the same order, without ever holding all of them."""
    asked = _asked(period, program_ids, pos_config_ids) | {"limit": None, "offset": 0}
    for row in stream(_PAGE.format(facts=_facts(program_ids)), asked):
        yield ReportedOrder(*row)


def count_reported_orders(
    period: Period,
    *,
    program_ids: Sequence[int] | None = None,
    pos_config_ids: Sequence[int] | None = None,
) -> int:
    """Return how many there are."""
    with connection.cursor() as cursor:
        asked = _asked(period, program_ids, pos_config_ids)
        cursor.execute(_COUNT.format(facts=_facts(program_ids)), asked)
        return int(cursor.fetchone()[0])


def _facts(program_ids: Sequence[int] | None) -> str:
    return _ALL if program_ids is None else _OF_PROGRAMS


def _asked(
    period: Period, program_ids: Sequence[int] | None, pos_config_ids: Sequence[int] | None
) -> dict[str, Any]:
    return {
        "since": period.date_from,
        "until": period.until,
        "programs": None if program_ids is None else list(program_ids),
        "stores": None if pos_config_ids is None else list(pos_config_ids),
    }
