"""What the tables of reports hold, and when their details are old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from reporting.archive.details import DETAILS
from reporting.services.restore_month import restore_month
from tests.reporting.test_reports import SUMMARIES, table

MONTH = timezone.now().date().replace(day=1)
LATER = timezone.now() + timedelta(days=130)
"""When this month is old enough."""
EVERYTHING = (*DETAILS, *SUMMARIES)


def content(*names: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of these tables."""
    return {name: table(name) for name in names or EVERYTHING}


def noted() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relation, part, rows, state FROM report_archive ORDER BY 1, 2")
        return list(cursor.fetchall())


def restore(at: datetime = LATER) -> dict[str, int]:
    return restore_month(month=MONTH, at=at, days=30).rows
