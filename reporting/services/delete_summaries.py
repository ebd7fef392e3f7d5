"""Deleting summaries that are too old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from reporting.facts.summaries import lock_facts
from reporting.facts.version import note_change
from reporting.queries.retention import BEFORE_ALL, SUMMARIES

# What is owed in points is all that ever moved: the hours that go leave their sum, before all
# other hours, where no report of a period looks.
_FOLD = """
WITH gone AS (
    DELETE FROM point_report_hourly WHERE local_hour < %(before)s AND local_hour > %(folded)s
    RETURNING *
)
INSERT INTO point_report_hourly AS kept
SELECT loyalty_program_id, %(folded)s::timestamp, membership_product_id, sum(operations),
       sum(points_earned), sum(points_redeemed), sum(points_expired), sum(points_adjusted),
       sum(points_amount)
FROM gone GROUP BY 1, 3 ORDER BY 1, 3
ON CONFLICT (loyalty_program_id, local_hour, membership_product_id) DO UPDATE SET
    operations = kept.operations + excluded.operations,
    points_earned = kept.points_earned + excluded.points_earned,
    points_redeemed = kept.points_redeemed + excluded.points_redeemed,
    points_expired = kept.points_expired + excluded.points_expired,
    points_adjusted = kept.points_adjusted + excluded.points_adjusted,
    points_amount = kept.points_amount + excluded.points_amount
"""
_DELETE = "DELETE FROM {table} WHERE {time} < %(before)s"


@dataclass(frozen=True, slots=True)
class SummariesDeleted:
    """How many rows went, by table; those of points left their sum."""

    rows: dict[str, int]


def delete_summaries(*, before: date, rows: dict[str, int]) -> SummariesDeleted:
    """Delete the summaries of days before `before`; `rows`: how many there are, as planned.

    Raises: nothing of its own.
    Writes: the six summaries, report_change.
    Safe under: replay and concurrency; loading waits meanwhile, and what is owed stays the same.
    """
    if not any(rows.values()):
        return SummariesDeleted({})
    asked = {"before": before, "folded": BEFORE_ALL}
    gone: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        lock_facts(exclusively=True)
        cursor.execute(_FOLD, asked)
        for table, time in SUMMARIES.items():
            if table != "point_report_hourly":
                cursor.execute(_DELETE.format(table=table, time=time), asked)
                gone[table] = cursor.rowcount
        note_change()
    return SummariesDeleted(gone | {"point_report_hourly": rows["point_report_hourly"]})
