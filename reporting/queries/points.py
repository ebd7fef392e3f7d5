"""What happened to points: every operation of the ledger, from its own journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from reporting.queries.caching import kept_page
from reporting.queries.clickhouse.points import count_points, each_point, point_page
from reporting.queries.clickhouse.server import each_from_clickhouse, from_clickhouse
from reporting.queries.period import Page, Period
from reporting.queries.streaming import stream


class TransactionType(StrEnum):
    """The kinds of operations of the ledger."""

    EARN = "earn"
    REDEEM = "redeem"
    EXPIRE = "expire"
    TRANSFER = "transfer"
    ADJUST = "adjust"
    REVERSE = "reverse"


# A kind of points has its own days: the span is cut by each program's clock, and once more,
# wider, by the instant, which the partitions and their indexes are made for.
_CHOSEN = """
FROM point_report_detail
WHERE transaction_date >= %(since)s::timestamp - interval '1 day'
  AND transaction_date < %(until)s::timestamp + interval '1 day'
  AND local_time >= %(since)s AND local_time < %(until)s
  AND (%(partner)s::bigint IS NULL OR partner_id = %(partner)s)
  AND (%(card)s::bigint IS NULL OR card_id = %(card)s)
  AND (%(programs)s::bigint[] IS NULL OR loyalty_program_id = ANY(%(programs)s))
  AND (%(kinds)s::text[] IS NULL OR transaction_type = ANY(%(kinds)s))
"""
_PAGE = f"""
SELECT card_id, partner_id, loyalty_program_id, operation_id, transaction_date, transaction_type,
       points_amount, balance, origin
{_CHOSEN}
ORDER BY transaction_date DESC, operation_id DESC
LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT = f"SELECT count(*) {_CHOSEN}"


@dataclass(frozen=True, slots=True)
class PointTransaction:
    """One operation; `points_amount` as the card saw it, `balance_after` what could be spent."""

    card_id: int
    partner_id: int | None
    loyalty_program_id: int
    operation_id: int
    transaction_date: datetime
    transaction_type: str
    points_amount: Decimal
    balance_after: Decimal
    origin: str


def point_transactions(
    period: Period,
    *,
    partner_id: int | None = None,
    card_id: int | None = None,
    loyalty_program_ids: Sequence[int] | None = None,
    transaction_types: Sequence[TransactionType] | None = None,
    page: int = 1,
    per_page: int = 100,
) -> Page[PointTransaction]:
    """Return one page of operations that moved points, the latest first; two statements."""
    asked = _asked(period, partner_id, card_id, loyalty_program_ids, transaction_types)
    asked |= {"limit": per_page, "offset": (page - 1) * per_page}

    def from_details() -> tuple[list[tuple[Any, ...]], int]:
        with connection.cursor() as cursor:
            cursor.execute(_PAGE, asked)
            return cursor.fetchall(), _count(asked)

    def make() -> Page[PointTransaction]:
        found, total = from_clickhouse(period, lambda: point_page(asked), from_details)
        return Page([PointTransaction(*row) for row in found], page, per_page, total)

    return kept_page(PointTransaction, _PAGE, asked, make)


def each_point_transaction(
    period: Period,
    *,
    partner_id: int | None = None,
    card_id: int | None = None,
    loyalty_program_ids: Sequence[int] | None = None,
    transaction_types: Sequence[TransactionType] | None = None,
) -> Iterator[PointTransaction]:
    """Yield all rows in the same order, without ever holding all of them."""
    asked = _asked(period, partner_id, card_id, loyalty_program_ids, transaction_types)
    for row in each_from_clickhouse(
        period,
        lambda: each_point(asked),
        lambda: stream(_PAGE, asked | {"limit": None, "offset": 0}),
    ):
        yield PointTransaction(*row)


def count_point_transactions(
    period: Period,
    *,
    partner_id: int | None = None,
    card_id: int | None = None,
    loyalty_program_ids: Sequence[int] | None = None,
    transaction_types: Sequence[TransactionType] | None = None,
) -> int:
    """Return how many rows there are."""
    asked = _asked(period, partner_id, card_id, loyalty_program_ids, transaction_types)
    return from_clickhouse(period, lambda: count_points(asked), lambda: _count(asked))


def _count(asked: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, asked)
        return int(cursor.fetchone()[0])


def _asked(
    period: Period,
    partner_id: int | None,
    card_id: int | None,
    loyalty_program_ids: Sequence[int] | None,
    transaction_types: Sequence[TransactionType] | None,
) -> dict[str, Any]:
    return {
        "since": period.date_from,
        "until": period.until,
        "partner": partner_id,
        "card": card_id,
        "programs": None if loyalty_program_ids is None else list(loyalty_program_ids),
        "kinds": None if transaction_types is None else [one.value for one in transaction_types],
    }
