"""Copying facts to ClickHouse."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from reporting.facts.copies import copy_rows, lock_copies
from reporting.facts.version import note_change
from reporting.services.load_facts import load_facts

_SOLD = "kind = 'sale' AND source_id = ANY(%(orders)s::bigint[])"
_BACK = "kind = 'return' AND source_id = ANY(%(returns)s::bigint[])"
_WANTED = {
    "promotion_performance": f"({_SOLD}) OR ({_BACK})",
    "order_analytics": f"({_SOLD}) OR ({_BACK})",
    "point_analytics": "operation_id = ANY(%(operations)s::bigint[])",
    "membership_analytics": "partner_id = ANY(%(partners)s::bigint[])",
}
_MISSING = """
SELECT array(SELECT unnest(%(orders)s::bigint[]) EXCEPT
             SELECT source_id FROM order_report_detail
             WHERE kind = 'sale' AND source_id = ANY(%(orders)s::bigint[])),
       array(SELECT unnest(%(returns)s::bigint[]) EXCEPT
             SELECT source_id FROM order_report_detail
             WHERE kind = 'return' AND source_id = ANY(%(returns)s::bigint[])),
       array(SELECT unnest(%(operations)s::bigint[]) EXCEPT
             SELECT operation_id FROM point_report_detail
             WHERE operation_id = ANY(%(operations)s::bigint[]))
"""


def copy_to_clickhouse(
    *,
    order_ids: Collection[int] = (),
    return_ids: Collection[int] = (),
    operation_ids: Collection[int] = (),
    partner_ids: Collection[int] = (),
) -> int:
    """Copy the facts of these orders, returns, ledger operations and members; count the rows.

    Raises: TargetDown if ClickHouse does not take them.
    Writes: ClickHouse's tables; facts in PostgreSQL that are not there yet; report_change.
    Safe under: replay and concurrency, of several rows with one key the last written counts.
    """
    asked = {
        "orders": sorted(order_ids),
        "returns": sorted(return_ids),
        "operations": sorted(operation_ids),
        "partners": sorted(partner_ids),
    }
    copied = 0
    with transaction.atomic():
        lock_copies(exclusively=False)
        _make_missing(asked)
        for table, wanted in _WANTED.items():
            copied += copy_rows(table, wanted, asked)
        # Pages of reports kept so far were made without these rows.
        note_change()
    return copied


def _make_missing(asked: dict[str, list[int]]) -> None:
    """Make the facts that the consumer whose work it is has not come to yet."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, asked)
        orders, returns, operations = cursor.fetchone()
    if orders or returns or operations:
        load_facts(order_ids=orders, return_ids=returns, operation_ids=operations)
