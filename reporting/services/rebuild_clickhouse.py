"""Making ClickHouse's copy of the facts anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction

from events.errors import TargetDown
from reporting.archive.archived import months_with_details
from reporting.facts.copies import COPIES, copy_rows, lock_copies
from reporting.facts.version import note_change
from reporting.queries.clickhouse.server import ClickHouseDown, command

_MEMBERSHIPS = "membership_analytics"
_FORGET = "DELETE FROM {table} WHERE date >= {{since:Date}} AND date < {{until:Date}}"
_SPAN = """transaction_date >= %(opens)s AND transaction_date < %(closes)s
    AND local_time >= %(since)s AND local_time < %(until)s"""
_HAS_DETAILS = """
SELECT EXISTS (SELECT FROM order_report_detail WHERE transaction_date >= %(opens)s
               AND transaction_date < %(closes)s)
    OR EXISTS (SELECT FROM point_report_detail WHERE transaction_date >= %(opens)s
               AND transaction_date < %(closes)s)
"""
Progress = Callable[[int, int], None]


def rebuild_clickhouse(
    *, since: date, until: date, progress: Progress = lambda _done, _days: None
) -> int:
    """Copy the facts of these days (both included) and all memberships anew; count the rows.

    A month without details in PostgreSQL is left as it is: they may have been archived.
    `progress` hears days done and of all.
    Raises: ValueError if `until` comes before `since`; TargetDown if ClickHouse is.
    Writes: ClickHouse's tables, a month at a time; report_change.
    Safe under: replay and concurrency; copying waits while a month is made.
    """
    if until < since:
        raise ValueError("the last day comes before the first")
    days = (until - since).days + 1
    with transaction.atomic():
        copied = copy_rows(_MEMBERSHIPS, "true", {})
    done = since
    for first, end in months_with_details(since, until + timedelta(days=1)):
        with transaction.atomic():
            lock_copies(exclusively=True)
            copied += _copy_month(first, end)
            note_change()
        done = end
        progress((end - since).days, days)
    if done <= until:
        progress(days, days)
    return copied


def _copy_month(first: date, end: date) -> int:
    # No store's clock is more than a day away from UTC.
    asked = {
        "since": first,
        "until": end,
        "opens": datetime.combine(first, time(), UTC) - timedelta(days=1),
        "closes": datetime.combine(end, time(), UTC) + timedelta(days=1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HAS_DETAILS, asked)
        if not cursor.fetchone()[0]:
            return 0
    copied = 0
    for table in COPIES:
        if table == _MEMBERSHIPS:
            continue
        try:
            command(_FORGET.format(table=table), {"since": first, "until": end})
        except ClickHouseDown as error:
            raise TargetDown(f"ClickHouse: {error}") from error
        copied += copy_rows(table, _SPAN, asked)
    return copied
