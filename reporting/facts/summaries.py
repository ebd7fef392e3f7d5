"""Making the summaries of a span of days anew from the details."""

from __future__ import annotations

from datetime import date

from django.db import connection

from reporting.facts import orders, points, promotions

# Details, and whose clock cuts their days.
_STORE = ("promotions_posconfig", "pos_config_id")
_CLOCKS = {
    "promotion_report_detail": _STORE,
    "order_report_detail": _STORE,
    "point_report_detail": ("loyalty_loyaltyprogram", "loyalty_program_id"),
}
# A time zone may have changed since a fact was made: what is of these days by the clock of today
# goes too, to be made again on them, unless the other day's details are in a file.
_FORGET = """
WITH gone AS (
    DELETE FROM {table} fact USING {clocks} clock
    WHERE clock.id = fact.{clock}
      AND transaction_date >= %(since)s::timestamp - interval '1 day'
      AND transaction_date < %(until)s::timestamp + interval '1 day'
      AND (local_time >= %(since)s AND local_time < %(until)s
        OR transaction_date AT TIME ZONE clock.time_zone >= %(since)s
       AND transaction_date AT TIME ZONE clock.time_zone < %(until)s
       AND NOT EXISTS (SELECT FROM report_archive a WHERE a.state <> 'back'
                       AND local_time >= a.month - interval '1 day'
                       AND local_time < a.month + interval '1 month 1 day'))
    RETURNING local_time::date AS day)
SELECT DISTINCT day FROM gone WHERE day < %(since)s OR day >= %(until)s
"""
_COUNT = "SELECT count(*) FROM {table} WHERE {span}"
# The partitions are by instant, days by the store's clock: no zone is more than a day away.
_SPAN = """
    transaction_date >= %(since)s::timestamp - interval '1 day'
    AND transaction_date < %(until)s::timestamp + interval '1 day'
    AND local_time >= %(since)s AND local_time < %(until)s
"""
_EMPTY = [
    f"DELETE FROM {table} WHERE {time} >= %(since)s AND {time} < %(until)s"  # noqa: S608
    for table, time in (
        ("promotion_report_hourly", "local_hour"),
        ("promotion_report_daily", "report_date"),
        ("promotion_report_customer", "report_date"),
        ("order_report_hourly", "local_hour"),
        ("membership_report_customer", "report_date"),
        ("point_report_hourly", "local_hour"),
    )
]
_WRITTEN = "WITH written AS (SELECT * FROM {table} WHERE {span})"


def lock_facts(*, exclusively: bool) -> None:
    """Wait for the right to write facts until the transaction ends.

    Those who add share it; who makes summaries anew has it alone, since a fact that came between
    the deletion and the sum would be counted twice.
    """
    shared = "" if exclusively else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(hashtext('reporting facts'))")


def forget_facts(since: date, until: date) -> list[date]:
    """Delete the details of the days from `since` up to, not including, `until`.

    Return the other days that lost some, which stood there by a clock of before.
    """
    others = set[date]()
    with connection.cursor() as cursor:
        for table, (clocks, clock) in _CLOCKS.items():
            sql = _FORGET.format(table=table, clocks=clocks, clock=clock)
            cursor.execute(sql, {"since": since, "until": until})
            others |= {row[0] for row in cursor.fetchall()}
    return sorted(others)


def count_facts(since: date, until: date) -> tuple[int, int, int]:
    """Return how many details of programs, orders and points there are of these days."""
    counts = []
    with connection.cursor() as cursor:
        for table in _CLOCKS:
            sql = _COUNT.format(table=table, span=_SPAN)
            cursor.execute(sql, {"since": since, "until": until})
            counts.append(int(cursor.fetchone()[0]))
    return counts[0], counts[1], counts[2]


def summarise_anew(since: date, until: date) -> None:
    """Delete the summaries of these days and make them from the details that are there."""
    asked = {"since": since, "until": until}
    parts = [
        ("promotion_report_detail", promotions.SUMMARISE),
        ("order_report_detail", orders.SUMMARISE),
        ("point_report_detail", points.SUMMARISE),
    ]
    with connection.cursor() as cursor:
        for sql in _EMPTY:
            cursor.execute(sql, asked)
        for table, summarise in parts:
            cursor.execute(_WRITTEN.format(table=table, span=_SPAN) + summarise, asked)
