"""What retention would take now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import connection

from reporting.archive.details import Partition, partitions

SUMMARIES = {
    "promotion_report_hourly": "local_hour",
    "promotion_report_daily": "report_date",
    "promotion_report_customer": "report_date",
    "order_report_hourly": "local_hour",
    "membership_report_customer": "report_date",
    "point_report_hourly": "local_hour",
}
"""The summaries, and the column that says when."""
# What was folded stands before all hours (see `delete_summaries`), and stays.
BEFORE_ALL = datetime(1, 1, 1)  # noqa: DTZ001 - a wall clock's
_KEPT = "SELECT DISTINCT month FROM report_archive WHERE state = 'back' AND keep_until > %s"
_OLD_FILES = """
SELECT id, file FROM report_archive WHERE state <> 'deleted' AND month < %s ORDER BY month, id
"""
_OLD_ROWS = "SELECT count(*) FROM {table} WHERE {time} < %(before)s AND {time} > %(folded)s"


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file whose years are over."""

    archive_id: int
    file: str


@dataclass(frozen=True, slots=True)
class Retention:
    """What goes: details into files, summaries before a day and files for good."""

    partitions: Sequence[Partition]
    summaries_before: date
    summaries: dict[str, int]
    files: Sequence[OldFile]


def plan_retention(at: datetime) -> Retention:
    """Return what is older at that instant than the settings let it be."""
    today = at.astimezone(UTC).date()
    details_before = today - timedelta(days=settings.REPORT_DETAIL_DAYS)
    files_before = today - timedelta(days=settings.REPORT_ARCHIVE_DAYS)
    summaries_before = (today - timedelta(days=settings.REPORT_SUMMARY_DAYS)).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, (at,))
        kept = {row[0] for row in cursor.fetchall()}
        cursor.execute(_OLD_FILES, (files_before.replace(day=1),))
        files = [OldFile(*row) for row in cursor.fetchall()]
        summaries = {}
        for table, time in SUMMARIES.items():
            asked = {"before": summaries_before, "folded": BEFORE_ALL}
            cursor.execute(_OLD_ROWS.format(table=table, time=time), asked)
            summaries[table] = int(cursor.fetchone()[0])
    old = [
        one
        for one in partitions()
        if _next_month(one.month) <= details_before and one.month not in kept
    ]
    return Retention(old, summaries_before, summaries, files)


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
