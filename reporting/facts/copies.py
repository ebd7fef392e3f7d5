"""The facts as ClickHouse keeps them: what is copied from where, and the copying."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from events.errors import TargetDown
from reporting.facts.months import CALENDAR
from reporting.queries.clickhouse.server import ClickHouseDown, insert

BATCH = 20_000
# What a column of ClickHouse is made from, where it is not the fact's column of that name.
_MADE_FROM = {
    "date": "one.local_time::date",
    "partner_id": "coalesce(one.partner_id, 0)",
    "membership_product_id": "coalesce(one.membership_product_id, 0)",
    "membership_id": "one.id",
    "program_ids": "(SELECT f.program_ids FROM program_force_set f WHERE f.id = one.force_set_id)",
}
# Table of ClickHouse: the facts it copies, and its columns.
COPIES = {
    "promotion_performance": (
        "promotion_report_detail",
        (
            "program_id date local_time kind source_id order_id order_ref order_line_id partner_id "
            "pos_config_id product_id currency transaction_date orders order_amount qty amount "
            "discount points_earned points_redeemed"
        ),
    ),
    "order_analytics": (
        "order_report_detail",
        (
            "date local_time kind source_id order_id order_ref partner_id pos_config_id "
            "membership_product_id force_set_id program_ids currency transaction_date orders qty "
            "amount discount"
        ),
    ),
    "point_analytics": (
        "point_report_detail",
        (
            "loyalty_program_id date local_time operation_id card_id partner_id "
            "membership_product_id transaction_type transaction_date points_earned points_redeemed "
            "points_expired points_adjusted points_amount balance origin"
        ),
    ),
    "membership_analytics": (
        "loyalty_membership",
        "membership_id membership_product_id partner_id membership_start",
    ),
}


def lock_copies(*, exclusively: bool) -> None:
    """Wait for the right to copy until the transaction ends.

    Those who add share it; who takes rows away first has it alone, since what came in between
    would be taken away too.
    """
    shared = "" if exclusively else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(hashtext('reporting clickhouse'))")


def copy_rows(table: str, wanted: str, asked: dict[str, Any]) -> int:
    """Copy the rows of a table for which `wanted` is true; return how many.

    Raises: TargetDown. It needs a transaction: the rows are read through a cursor on the server.
    """
    source, names = COPIES[table]
    columns = names.split()
    read = ", ".join(_MADE_FROM.get(name, f"one.{name}") for name in columns)
    when = "membership_start" if source == "loyalty_membership" else "transaction_date"
    sql = (
        f"SELECT {read} FROM {source} one "  # noqa: S608 - constants of this file
        f"WHERE ({wanted}) AND {when} >= %(calendar_opens)s AND {when} < %(calendar_closes)s"
    )
    # ClickHouse's dates end where others go on, and would be other days.
    calendar = {"calendar_opens": CALENDAR[0], "calendar_closes": CALENDAR[1]}
    copied = 0
    for rows in _batches(sql, {**asked, **calendar}):
        try:
            insert(table, columns, rows)
        except ClickHouseDown as error:
            raise TargetDown(f"ClickHouse: {error}") from error
        copied += len(rows)
    return copied


def _batches(sql: str, asked: dict[str, Any]) -> Iterator[Sequence[Sequence[Any]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, asked)
        while rows := cursor.fetchmany(BATCH):
            yield [[_as_utc(cell) for cell in row] for row in rows]


def _as_utc(cell: Any) -> Any:
    """Return a wall clock as if it were UTC: the client takes it for the machine's own else."""
    if isinstance(cell, datetime) and cell.tzinfo is None:
        return cell.replace(tzinfo=UTC)
    return cell
