"""What is archived: so that no fact is counted again whose row has gone into a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection

from reporting.facts.months import months_of

_LAST = "SELECT max(month) FROM report_archive WHERE state <> 'back'"
_MONTHS = "SELECT DISTINCT month FROM report_archive WHERE state <> 'back' ORDER BY month"
# Partitions are months of UTC; see `archived_days`.
_ANY = """
SELECT EXISTS (SELECT FROM report_archive WHERE month <= %(until)s::date
               AND month + interval '1 month' >= %(since)s::date)
"""
# Days are those of each store, or kind of points, months those of UTC.
_IN_FILES = """
SELECT DISTINCT a.month FROM report_archive a JOIN {clocks} clock
  ON %(since)s::timestamp AT TIME ZONE clock.time_zone
     < (a.month + interval '1 month') AT TIME ZONE 'UTC'
 AND %(until)s::timestamp AT TIME ZONE clock.time_zone > a.month::timestamp AT TIME ZONE 'UTC'
WHERE a.relation = %(relation)s AND a.state <> 'back' ORDER BY a.month
"""
_HELD = """
SELECT one.id FROM {table} one JOIN report_archive a
  ON a.relation = %(relation)s AND a.state <> 'back' AND a.{ids} @> one.id
 AND a.month = date_trunc('month', one.{time} AT TIME ZONE 'UTC')::date
WHERE one.id = ANY(%(ids)s)
"""
_SALES = _HELD.format(table="promotions_order", time="ordered_at", ids="sales")
_RETURNS = _HELD.format(table="promotions_orderreturn", time="returned_at", ids="returns")
_OPERATIONS = _HELD.format(table="loyalty_pointoperation", time="transaction_time", ids="sales")
SOURCES = {"sales": _SALES, "returns": _RETURNS, "operations": _OPERATIONS}


def last_archived_month() -> date | None:
    """Return the first day of the latest month that is archived, None if none is."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        month: date | None = cursor.fetchone()[0]
    return month


def not_archived(ids: list[int], source: str, relation: str) -> list[int]:
    """Return the ids whose facts of this relation are in no file.

    `source`: sales, returns or operations, which is what the ids are of.
    """
    with connection.cursor() as cursor:
        cursor.execute(SOURCES[source], {"relation": relation, "ids": ids})
        held = {row[0] for row in cursor.fetchall()}
    return [one for one in ids if one not in held]


def was_archived(since: date, until: date) -> bool:
    """Tell whether a part of these days, the last not included, is or was in files.

    A month that was brought back counts: what was copied elsewhere need not have it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANY, {"since": since, "until": until})
        return bool(cursor.fetchone()[0])


def months_in_files(since: date, until: date, relation: str) -> list[date]:
    """Return the months whose details of this kind, about these days, are in files alone.

    The first day of each; `until` is not included. A list of details has nothing of them.
    """
    points = relation == "point_report_detail"
    clocks = "loyalty_loyaltyprogram" if points else "promotions_posconfig"
    asked: dict[str, date | str] = {"since": since, "until": until, "relation": relation}
    with connection.cursor() as cursor:
        cursor.execute(_IN_FILES.format(clocks=clocks), asked)
        return [row[0] for row in cursor.fetchall()]


def months_with_details(since: date, until: date) -> Iterator[tuple[date, date]]:
    """Cut the days into calendar months, less those whose details are in files."""
    first = since
    for gone, back in [*archived_days(since, until), (until, until)]:
        if first < gone:
            yield from months_of(first, gone)
        first = back


def archived_days(since: date, until: date) -> list[tuple[date, date]]:
    """Return the spans of days, each without its last, of which a part may be archived.

    Partitions are months of UTC, days those of the stores: a store's day may begin or end in the
    month beside it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS)
        months = [row[0] for row in cursor.fetchall()]
    spans: list[tuple[date, date]] = []
    for month in months:
        following = (month + timedelta(days=32)).replace(day=1)
        first = max(month - timedelta(days=1), since)
        end = min(following + timedelta(days=1), until)
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        elif first < end:
            spans.append((first, end))
    return spans
