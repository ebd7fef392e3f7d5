"""Operations of the ledger, from ClickHouse: rows as reporting/queries/points.py reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reporting.queries.clickhouse.server import ask, stream
from reporting.queries.clickhouse.tables import FINAL
from reporting.queries.clickhouse.wall_clock import instant

_SPAN = "date >= {since:Date} AND date < {until:Date}"
_CHOICES = {
    "partner": " AND partner_id = {partner:UInt64}",
    "card": " AND card_id = {card:UInt64}",
    "programs": " AND has({programs:Array(UInt64)}, loyalty_program_id)",
    "kinds": " AND has({kinds:Array(String)}, transaction_type)",
}
_PAGE = """
SELECT card_id, nullIf(partner_id, 0), loyalty_program_id, operation_id, transaction_date,
       transaction_type, points_amount, balance, origin
FROM point_analytics FINAL WHERE %s
ORDER BY transaction_date DESC, operation_id DESC
%s %s
"""
Row = tuple[Any, ...]


def point_page(asked: Mapping[str, Any]) -> tuple[list[Row], int]:
    """Return the rows of a page, and how many there are in all. Raises: ClickHouseDown."""
    chosen = _chosen(asked)
    page = ask(_PAGE % (chosen, "LIMIT {limit:UInt64} OFFSET {offset:UInt64}", FINAL), asked)
    return [_row(row) for row in page], count_points(asked)


def each_point(asked: Mapping[str, Any]) -> Iterator[Row]:
    """Yield all rows. Raises: ClickHouseDown."""
    for row in stream(_PAGE % (_chosen(asked), "", FINAL), asked):
        yield _row(row)


def count_points(asked: Mapping[str, Any]) -> int:
    """Return how many rows there are. Raises: ClickHouseDown."""
    sql = f"SELECT count() FROM point_analytics FINAL WHERE {_chosen(asked)} {FINAL}"  # noqa: S608
    ((total,),) = ask(sql, asked)
    return int(total)


def _chosen(asked: Mapping[str, Any]) -> str:
    return _SPAN + "".join(sql for name, sql in _CHOICES.items() if asked[name] is not None)


def _row(row: Sequence[Any]) -> Row:
    card, partner, program, operation, at, *rest = row
    return card, partner, program, operation, instant(at), *rest
